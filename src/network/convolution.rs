//! A convolution with the BatchNorm after it merged in.

use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// A square 2-D convolution with bias.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// [C_out, C_in / groups, k, k].
    pub weight: Tensor<4>,
    /// [C_out].
    pub bias: Tensor<1>,
    /// s = γ/√(σ² + ε) of the BatchNorm that is merged in, [C_out]; ones where there is none.
    pub scale: Tensor<1>,
    /// Stride in both directions.
    pub stride: usize,
    /// Groups of channels.
    pub groups: usize,
}

impl Convolution {
    /// A linear layer, [outputs, inputs], on pictures of one pixel.
    pub fn linear(weight: Tensor<2>, bias: Tensor<1>) -> Self {
        let [outputs, inputs] = weight.dims();
        let scale = bias.ones_like();
        Self { weight: weight.reshape([outputs, inputs, 1, 1]), bias, scale, stride: 1, groups: 1 }
    }

    /// The convolution before its BatchNorm was merged in, w = w′/s, which has no bias. Where s is 0,
    /// w is lost; it is 0 here, so that such a channel takes no relevance.
    pub fn unmerged(&self) -> Self {
        let [channels] = self.scale.dims();
        let zero = self.scale.clone().equal_elem(0.0);
        let inverse = self.scale.clone().mask_fill(zero.clone(), 1.0).recip().mask_fill(zero, 0.0);
        Self {
            weight: self.weight.clone() * inverse.reshape([channels, 1, 1, 1]),
            bias: self.bias.zeros_like(),
            scale: self.scale.ones_like(),
            ..*self
        }
    }

    /// Half the kernel: torchvision's ResNets keep the size at stride 1.
    fn padding(&self) -> usize {
        self.kernel() / 2
    }

    fn kernel(&self) -> usize {
        self.weight.dims()[2]
    }

    /// [N, C_in, H, W] → [N, C_out, H′, W′].
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let options = ConvOptions::new([self.stride; 2], [self.padding(); 2], [1; 2], self.groups);
        conv2d(x, self.weight.clone(), Some(self.bias.clone()), options)
    }

    /// The vector-Jacobian product: the cotangent of the output [N, C_out, H′, W′] taken back to an
    /// input of `[height, width]`.
    pub fn vjp(&self, [height, width]: [usize; 2], cotangent: Tensor<4>) -> Tensor<4> {
        let [_, _, rows, columns] = cotangent.dims();
        let lost = |size: usize, out: usize| size + 2 * self.padding() - (out - 1) * self.stride - self.kernel();
        let padding_out = [lost(height, rows), lost(width, columns)];
        let options =
            ConvTransposeOptions::new([self.stride; 2], [self.padding(); 2], padding_out, [1; 2], self.groups);
        conv_transpose2d(cotangent, self.weight.clone(), None, options)
    }
}
