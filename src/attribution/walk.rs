//! The walk from the class to the pixels.

use burn::tensor::{Tensor, TensorData};
use serde::Deserialize;

use super::Rule;
use crate::network::{ResNet, Trace};

/// What relevance starts as, at the explained class; it is zero at every other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// The class's softmax probability, as in the paper's figure.
    #[default]
    Probability,
    /// The class's logit.
    Logit,
}

/// Relevance [N, 3, H, W] of the picture's values for the class `target`, which starts with
/// `relevance`. `N` must be 1.
///
/// An attention map is a factor: what it multiplies keeps all the relevance of the product.
pub fn attribute(network: &ResNet, trace: &Trace, target: usize, relevance: f32, rule: &Rule) -> Tensor<4> {
    let [batch, classes] = trace.logits.dims();
    let mut start = vec![0f32; classes];
    start[target] = relevance;
    let start = Tensor::<2>::from_data(TensorData::new(start, [batch, classes]), &trace.logits.device());

    // Equation 2: the linear layer, with no bias in the denominator.
    let contributions = trace.logits.clone() - network.bias.clone();
    let features = rule
        .propagate(trace.features.clone(), contributions, start, |cotangent| cotangent.matmul(network.weight.clone()));

    let last = &trace.blocks[trace.blocks.len() - 1].output;
    let [_, channels, height, width] = last.dims();
    let mut relevance = rule.propagate(last.clone(), trace.features.clone(), features, |cotangent| {
        (cotangent / (height * width) as f32).reshape([batch, channels, 1, 1]).expand([batch, channels, height, width])
    });
    for (block, activations) in network.blocks.iter().zip(&trace.blocks).rev() {
        relevance = rule.propagate(activations.input.clone(), activations.output.clone(), relevance, |cotangent| {
            block.vjp(activations, cotangent)
        });
    }
    let stem = &trace.stem;
    let relevance = rule.propagate(stem.output.clone(), trace.pool.output.clone(), relevance, |cotangent| {
        trace.pool.vjp(&stem.output, cotangent)
    });
    rule.propagate(stem.input.clone(), stem.output.clone(), relevance, |cotangent| network.stem.vjp(stem, cotangent))
}
