//! A gate: multiplies a branch's channels by factors that it computes from their means.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::Convolution;
use crate::witness::{show_mean, show_pointwise};

/// A factor for each channel. It counts as a constant for relevance and gradients: all the relevance of the product
/// goes to what it multiplies.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum Gate {
    /// σ(expand(ReLU(reduce(mean)))) (squeeze and excitation: Hu, Shen, Sun, CVPR 2018).
    Channels {
        /// A 1×1 convolution to a few channels.
        reduce: Convolution,
        /// A 1×1 convolution back to all channels.
        expand: Convolution,
    },
    /// σ of a convolution along the means of the channels (ECA: Wang et al., CVPR 2020).
    AlongChannels {
        /// Its weights as those of a 1×1 convolution between all channels: a band matrix.
        band: Convolution,
    },
}

impl Gate {
    /// x times the factor, `[N, C, H, W]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        product(&x, &self.factor(&x))
    }

    /// The factors, `[N, C, 1, 1]`.
    fn factor(&self, x: &Tensor<4>) -> Tensor<4> {
        let evidence = match self {
            Self::Channels { reduce, expand } => expand.forward(reduce.activate(mean(x))),
            Self::AlongChannels { band } => band.forward(mean(x)),
        };
        let factor = sigmoid(evidence.clone());
        show_pointwise("gate", [&evidence], &factor, |[evidence]| 1.0 / (1.0 + (-evidence).exp()));
        factor
    }

    /// Takes the product's cotangent to that of `x`, with the factor as a constant.
    pub fn pass(&self, x: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        product(&cotangent, &self.factor(x))
    }

    /// Its convolutions; the input of each is 1×1.
    pub(super) fn convolutions(&mut self) -> Vec<&mut Convolution> {
        match self {
            Self::Channels { reduce, expand } => vec![reduce, expand],
            Self::AlongChannels { band } => vec![band],
        }
    }
}

/// The mean over the places: `[N, C, H, W]` to `[N, C, 1, 1]`.
fn mean(x: &Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let mean = x.clone().reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels]);
    show_mean("gate's average", x, &mean);
    mean.reshape([batch, channels, 1, 1])
}

fn product(x: &Tensor<4>, factor: &Tensor<4>) -> Tensor<4> {
    let product = x.clone() * factor.clone();
    show_pointwise("product with a gate", [x, factor], &product, |[x, factor]| x * factor);
    product
}
