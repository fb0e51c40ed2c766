//! What a block multiplies its branch's channels by, which it makes of their means.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::Convolution;
use crate::witness::{show_mean, show_pointwise};

/// A factor for each channel. Relevance and gradients take it for a constant: what it multiplies keeps all the relevance
/// of the product.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum Gate {
    /// σ(expand(ReLU(reduce(mean)))) (squeeze and excitation: Hu, Shen, Sun, CVPR 2018).
    Channels {
        /// 1×1, to a few channels.
        reduce: Convolution,
        /// 1×1, back to all of them.
        expand: Convolution,
    },
    /// σ of a convolution along the channels of the mean (ECA: Wang et al., CVPR 2020).
    AlongChannels {
        /// Its weights as those of a 1×1 convolution between all channels: a band.
        band: Convolution,
    },
}

impl Gate {
    /// x times the factor, `[N, C, H, W]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        product(&x, &self.factor(&x))
    }

    /// `[N, C, 1, 1]`.
    fn factor(&self, x: &Tensor<4>) -> Tensor<4> {
        let evidence = match self {
            Self::Channels { reduce, expand } => expand.forward(reduce.activate(mean(x))),
            Self::AlongChannels { band } => band.forward(mean(x)),
        };
        let factor = sigmoid(evidence.clone());
        show_pointwise("gate", [&evidence], &factor, |[evidence]| 1.0 / (1.0 + (-evidence).exp()));
        factor
    }

    /// The cotangent of the product to that of `x`, with the factor taken for a constant.
    pub fn pass(&self, x: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        product(&cotangent, &self.factor(x))
    }

    /// Its convolutions, each of which is given one place.
    pub(super) fn convolutions(&mut self) -> Vec<&mut Convolution> {
        match self {
            Self::Channels { reduce, expand } => vec![reduce, expand],
            Self::AlongChannels { band } => vec![band],
        }
    }
}

/// `[N, C, H, W]` to `[N, C, 1, 1]`.
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
