//! The gradient of a class's logit, and the two maps that are made of it.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use crate::network::{ResNet, Trace};

/// Input×Gradient: x ⊙ ∂y_c/∂x, [1, 3, H, W], with y_c the logit of the class `target` (Shrikumar et
/// al. 2016). The batch must be 1.
pub fn input_x_gradient(network: &ResNet, trace: &Trace, target: usize) -> Tensor<4> {
    let stem = &trace.stem;
    let gradient = trace.pool.vjp(&stem.output, gradient(network, trace, target, 0));
    stem.input.clone() * network.stem.vjp(stem, gradient)
}

/// Grad-CAM: ReLU(Σ_k α_k A_k), [1, 1, h, w], with A_k the channels of the output of a stage (1 to 4),
/// and α_k the mean over the places of ∂y_c/∂A_k (Selvaraju et al. 2017). The batch must be 1.
pub fn grad_cam(network: &ResNet, trace: &Trace, target: usize, stage: usize) -> Tensor<4> {
    let blocks = network.depths.iter().take(stage).sum::<usize>();
    let activations = match blocks.checked_sub(1).and_then(|last| trace.blocks.get(last)) {
        Some(last) => last.output.clone(),
        None => trace.pool.output.clone(),
    };
    let [_, channels, height, width] = activations.dims();
    let gradient = gradient(network, trace, target, blocks);
    let weights = gradient.reshape([1, channels, height * width]).mean_dim(2).reshape([1, channels, 1, 1]);
    relu((activations * weights).sum_dim(1))
}

/// ∂y_c / ∂ of what the block `first` is given; of the last block's output where `first` is the
/// number of blocks. Unlike relevance, it goes through the attention branch as well.
fn gradient(network: &ResNet, trace: &Trace, target: usize, first: usize) -> Tensor<4> {
    let [_, channels, height, width] = trace.blocks[trace.blocks.len() - 1].output.dims();
    let of_features = network.fc.weight.tensor().clone().narrow(0, target, 1) / (height * width) as f32;
    let mut gradient = of_features.expand([1, channels, height, width]);
    for (index, (block, activations)) in network.blocks.iter().zip(&trace.blocks).enumerate().skip(first).rev() {
        gradient = block.vjp(activations, gradient);
        if let Some((attention, _)) = network.attention.as_ref().filter(|(_, at)| *at == index) {
            gradient = attention.vjp(trace.blocks[index - 1].output.clone(), gradient);
        }
    }
    gradient
}
