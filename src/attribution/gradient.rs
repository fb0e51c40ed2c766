//! The gradient of a class's logit, and the two maps that are made from it.

use burn::tensor::activation::relu;
use burn::tensor::{Tensor, TensorData};

use super::{Account, Ledger};
use crate::kernel;
use crate::network::{Graph, Trace, size};
use crate::output::Target;
use crate::witness::{show_mean, show_pointwise, show_weighted_sum};

/// A map made from a gradient, with the numbers that check it.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The map, in the shape that its method gives.
    pub map: Tensor<4>,
    /// The sum of values times their gradients, as summands, and an account: what the biases contribute to the logit besides,
    /// and the sum of magnitudes. They add up because the network is affine as long as its ReLUs stay as they are. None if an
    /// attention map multiplies the values.
    pub account: Option<(Tensor<1>, Account)>,
}

impl Graded {
    fn settle(map: Tensor<4>, shares: Tensor<4>, ledger: &mut Ledger) -> Self {
        let account = ledger.settle(|| kernel::magnitude(&shares)).map(|account| (kernel::sum(&shares), account));
        Self { map, account }
    }
}

/// Input×Gradient: x ⊙ ∂y_c/∂x, `[1, C, H, W]`, where y_c is the target's logit, or for a contrast Σ_k v_k z_k (Shrikumar
/// et al. 2016). The batch must be 1.
/// Channel gates count as constants.
pub fn input_x_gradient(network: &Graph, trace: &Trace, target: &Target) -> Graded {
    let ledger = &mut ledger_of(network);
    let gradient = gradient(ledger, network, trace, target, 0);
    let input = trace.given(0);
    let map = input.clone() * gradient.clone();
    show_pointwise("product of input and gradient", [input, &gradient], &map, |[x, gradient]| x * gradient);
    Graded::settle(map.clone(), map, ledger)
}

/// Grad-CAM: ReLU(Σ_k α_k A_k), `[1, 1, h, w]`, where A_k are the channels of the input of the node `at`, and α_k is the
/// mean over the places of ∂y_c/∂A_k (Selvaraju et al. 2017). The batch must be 1.
pub fn grad_cam(network: &Graph, trace: &Trace, target: &Target, at: usize) -> Graded {
    let ledger = &mut ledger_of(network);
    let activations = trace.given(at);
    let [_, channels, height, width] = activations.dims();
    let gradient = gradient(ledger, network, trace, target, at);
    let weights = gradient.clone().reshape([1, channels, height * width]).mean_dim(2).reshape([1, channels]);
    show_mean("mean of the gradient", &gradient, &weights);
    let weights = weights.reshape([1, channels, 1, 1]);
    let map = relu((activations.clone() * weights.clone()).sum_dim(1));
    show_weighted_sum("weighted sum of the activations", activations, &weights, &map);
    Graded::settle(map, activations.clone() * gradient, ledger)
}

fn ledger_of(network: &Graph) -> Ledger {
    if network.attention().is_some() { Ledger::closed() } else { Ledger::open() }
}

/// The gradient of y_c with respect to the input of the node `first`. Unlike relevance, it also goes through the
/// attention branch.
fn gradient(ledger: &mut Ledger, network: &Graph, trace: &Trace, target: &Target, first: usize) -> Tensor<4> {
    let head = &network.head;
    let of_features = match target {
        Target::Class { output, sign } => {
            ledger.take(*sign, || head.bias.clone().narrow(0, *output, 1));
            head.weight.tensor().clone().narrow(0, *output, 1) * *sign
        }
        Target::Contrast(weights) => {
            let weights = TensorData::new(weights.clone(), [1, weights.len(), 1, 1]);
            let weights = Tensor::from_data(weights, &trace.logits.device());
            ledger.take_bias(head, &weights, 1.0);
            head.vjp(size(&trace.features), weights)
        }
    };
    network.back(trace, first, of_features, &mut |layer, cotangent| ledger.take_bias(layer, cotangent, 1.0))
}
