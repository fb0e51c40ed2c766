//! The gradient of a class's logit, and the two maps that are made of it.

use burn::tensor::activation::relu;
use burn::tensor::{Tensor, TensorData};

use super::Ledger;
use crate::network::{Graph, Trace, size};
use crate::output::Target;
use crate::witness::{show_mean, show_pointwise, show_weighted_sum};

/// What is made of a gradient.
#[derive(Clone, Debug)]
pub struct Graded {
    /// The map, of each method's own shape.
    pub map: Tensor<4>,
    /// Σ of values times their gradients, what the biases have of the logit besides, and Σ of magnitudes: the
    /// network is affine where its ReLUs stay as they are. None where an attention map multiplies it.
    pub account: Option<[Tensor<1>; 3]>,
}

impl Graded {
    fn settle(map: Tensor<4>, shares: Tensor<4>, ledger: &mut Ledger) -> Self {
        let account = ledger.settle(&shares).map(|[taken, magnitude]| [shares.sum(), taken, magnitude]);
        Self { map, account }
    }
}

/// Input×Gradient: x ⊙ ∂y_c/∂x, `[1, C, H, W]`, with y_c the target's logit, or its contrast Σ_k v_k z_k (Shrikumar et al. 2016). The batch must be 1.
/// Gates of channels are constants.
pub fn input_x_gradient(network: &Graph, trace: &Trace, target: &Target) -> Graded {
    let ledger = &mut ledger_of(network);
    let gradient = gradient(ledger, network, trace, target, 0);
    let input = trace.given(0);
    let map = input.clone() * gradient.clone();
    show_pointwise("product of input and gradient", [input, &gradient], &map, |[x, gradient]| x * gradient);
    Graded::settle(map.clone(), map, ledger)
}

/// Grad-CAM: ReLU(Σ_k α_k A_k), [1, 1, h, w], with A_k the channels of what the node `at` is given, and α_k the mean
/// over the places of ∂y_c/∂A_k (Selvaraju et al. 2017). The batch must be 1.
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

/// ∂y_c / ∂ of what the node `first` is given. Unlike relevance, it goes through the attention branch as well.
fn gradient(ledger: &mut Ledger, network: &Graph, trace: &Trace, target: &Target, first: usize) -> Tensor<4> {
    let head = &network.head;
    let of_features = match target {
        Target::Class { output, sign } => {
            ledger.take(|| head.bias.clone().narrow(0, *output, 1) * *sign);
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
