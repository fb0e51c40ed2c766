//! The gradient of a class's logit, and the two maps that are made of it.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use super::Ledger;
use crate::network::{ResNet, Trace};
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

/// Input×Gradient: x ⊙ ∂y_c/∂x, [1, 3, H, W], with y_c the target's logit (Shrikumar et al. 2016). The batch must be 1.
pub fn input_x_gradient(network: &ResNet, trace: &Trace, target: Target) -> Graded {
    let ledger = &mut ledger_of(network);
    let stem = &trace.stem;
    let gradient = trace.pool.vjp(&stem.output, gradient(ledger, network, trace, target, 0));
    let gradient = network.stem.back(stem, gradient, |layer, cotangent| ledger.take_bias(layer, cotangent, 1.0));
    let map = stem.input.clone() * gradient.clone();
    show_pointwise("product of input and gradient", [&stem.input, &gradient], &map, |[x, gradient]| x * gradient);
    Graded::settle(map.clone(), map, ledger)
}

/// Grad-CAM: ReLU(Σ_k α_k A_k), [1, 1, h, w], with A_k the channels of the output of a stage (1 to 4),
/// and α_k the mean over the places of ∂y_c/∂A_k (Selvaraju et al. 2017). The batch must be 1.
pub fn grad_cam(network: &ResNet, trace: &Trace, target: Target, stage: usize) -> Graded {
    let ledger = &mut ledger_of(network);
    let blocks = network.depths.iter().take(stage).sum::<usize>();
    let activations = match blocks.checked_sub(1).and_then(|last| trace.blocks.get(last)) {
        Some(last) => last.output.clone(),
        None => trace.pool.output.clone(),
    };
    let [_, channels, height, width] = activations.dims();
    let gradient = gradient(ledger, network, trace, target, blocks);
    let weights = gradient.clone().reshape([1, channels, height * width]).mean_dim(2).reshape([1, channels]);
    show_mean("mean of the gradient", &gradient, &weights);
    let weights = weights.reshape([1, channels, 1, 1]);
    let map = relu((activations.clone() * weights.clone()).sum_dim(1));
    show_weighted_sum("weighted sum of the activations", &activations, &weights, &map);
    Graded::settle(map, activations * gradient, ledger)
}

fn ledger_of(network: &ResNet) -> Ledger {
    if network.attention.is_some() { Ledger::closed() } else { Ledger::open() }
}

/// ∂y_c / ∂ of what the block `first` is given; of the last block's output where `first` is the
/// number of blocks. Unlike relevance, it goes through the attention branch as well.
fn gradient(ledger: &mut Ledger, network: &ResNet, trace: &Trace, target: Target, first: usize) -> Tensor<4> {
    let [_, channels, height, width] = trace.blocks[trace.blocks.len() - 1].output.dims();
    let Target { output, sign } = target;
    ledger.take(|| network.fc.bias.clone().narrow(0, output, 1) * sign);
    let of_features = network.fc.weight.tensor().clone().narrow(0, output, 1) * sign / (height * width) as f32;
    let mut gradient = of_features.expand([1, channels, height, width]);
    for (index, (block, activations)) in network.blocks.iter().zip(&trace.blocks).enumerate().skip(first).rev() {
        gradient = block.back(activations, gradient, |layer, cotangent| ledger.take_bias(layer, cotangent, 1.0));
        if let Some((attention, _)) = network.attention.as_ref().filter(|(_, at)| *at == index) {
            gradient = attention.vjp(trace.blocks[index - 1].output.clone(), gradient);
        }
    }
    gradient
}
