//! A convolution, with the BatchNorm after it merged in.

use std::sync::Arc;

use burn::tensor::Tensor;

use super::Witness;
use super::phases::Phases;
use super::witness::{Look, Work};
use crate::kernel::{self, Direction, Extra, Geometry, Kernels, Weight};

/// A square 2-D convolution with bias.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// Weights `[C_out, C_in / groups, k, k]`.
    pub weight: Weight,
    /// Bias `[C_out]`.
    pub bias: Tensor<1>,
    /// s = γ/√(σ² + ε) of the BatchNorm that is merged in, `[C_out]`; ones if there is none.
    pub scale: Tensor<1>,
    /// Stride in both directions.
    pub stride: usize,
    /// Rows and columns of zeros on every side of the input.
    pub padding: usize,
    /// Distance between the kernel's taps, in the input's places. If it is above 1, the stride is 1 and the size is
    /// kept.
    pub dilation: usize,
    /// Number of groups of channels.
    pub groups: usize,
    /// The kernels that compute it on a GPU.
    pub kernels: Kernels,
    /// Some of its filters, kept on the CPU to check the device's work; none if weight and bias are not those of the
    /// file.
    pub witness: Option<Arc<Witness>>,
}

impl Convolution {
    /// This convolution without its bias.
    pub fn unbiased(&self) -> Self {
        Self { bias: self.bias.zeros_like(), witness: None, ..self.clone() }
    }

    /// One output of this convolution, which has one group of channels.
    pub fn only(&self, output: usize) -> Self {
        let own = || output..output + 1;
        Self {
            weight: self.weight.tensor().clone().slice([own()]).into(),
            bias: self.bias.clone().slice([own()]),
            scale: self.scale.clone().slice([own()]),
            witness: None,
            ..self.clone()
        }
    }

    /// This convolution with the signs of its outputs flipped.
    pub fn negated(&self) -> Self {
        Self {
            weight: self.weight.tensor().clone().neg().into(),
            bias: self.bias.clone().neg(),
            scale: self.scale.clone().neg(),
            witness: None,
            ..self.clone()
        }
    }

    /// The convolution before its BatchNorm was merged in: w = w′/s, without bias. Where s is 0, w is lost; it is 0
    /// here, so that such a channel takes no relevance.
    pub fn unmerged(&self) -> Self {
        let [channels] = self.scale.dims();
        let zero = self.scale.clone().equal_elem(0.0);
        let inverse = self.scale.clone().mask_fill(zero.clone(), 1.0).recip().mask_fill(zero, 0.0);
        Self {
            weight: (self.weight.tensor().clone() * inverse.reshape([channels, 1, 1, 1])).into(),
            bias: self.bias.zeros_like(),
            scale: self.scale.ones_like(),
            witness: None,
            ..self.clone()
        }
    }

    /// The sizes of its work on `batch` pictures of `size`, `[height, width]`.
    pub fn geometry(&self, batch: usize, size: [usize; 2]) -> Geometry {
        let Self { stride, padding, dilation, groups, .. } = *self;
        let phases = Phases::new(dilation, size);
        let batch = batch * phases.count();
        Geometry::padded(self.weight.tensor().dims(), [stride, padding / dilation], groups, batch, phases.size())
    }

    /// Height and width of its output for an input of `size`; none if the kernel is larger than the padded input.
    pub fn output_size(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        let [.., kernel, _] = self.weight.tensor().dims();
        let reach = (kernel - 1) * self.dilation + 1;
        let side = |side: usize| Some((side + 2 * self.padding).checked_sub(reach)? / self.stride + 1);
        Some([side(size[0])?, side(size[1])?])
    }

    /// `[N, C_in, H, W]` → `[N, C_out, H′, W′]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.run(x, Extra::None, false)
    }

    /// [`Self::forward`], then ReLU.
    pub fn activate(&self, x: Tensor<4>) -> Tensor<4> {
        self.run(x, Extra::None, true)
    }

    /// [`Self::forward`] plus a skip connection, then ReLU.
    pub fn activate_with(&self, x: Tensor<4>, skip: &Tensor<4>) -> Tensor<4> {
        self.run(x, Extra::Addend(skip), true)
    }

    fn run(&self, x: Tensor<4>, extra: Extra<&Tensor<4>>, rectified: bool) -> Tensor<4> {
        let [batch, _, height, width] = x.dims();
        let geometry = self.geometry(batch, [height, width]);
        let phases = Phases::new(self.dilation, [height, width]);
        let x = phases.split(x);
        let extra = extra.map(|extra| phases.split(extra.clone()));
        let extra = extra.as_ref();
        let direction = Direction::Forward;
        let look = Look::at(&geometry, direction, &x);
        let result = kernel::convolve(&geometry, self.kernels.forward, x, &self.weight, &self.bias, extra, rectified);
        #[cfg(test)]
        let result = crate::witness::fault::strike(direction, result);
        let Self { weight, bias, witness, .. } = self;
        let witness = witness.as_deref();
        Work { weight, bias, witness, geometry, direction, extra, rectified, factor: None, result: &result }.show(look);
        phases.join(result)
    }

    /// The vector-Jacobian product: the cotangent of the output `[N, C_out, H′, W′]` taken back to an
    /// input of `size`, `[height, width]`.
    pub fn vjp(&self, size: [usize; 2], cotangent: Tensor<4>) -> Tensor<4> {
        self.back(size, cotangent, Extra::None, None)
    }

    /// [`Self::vjp`], times a factor in the input's shape.
    pub fn vjp_times(&self, factor: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        self.back(size(factor), cotangent, Extra::None, Some(factor))
    }

    /// [`Self::vjp`], then back through the ReLU whose output was the input.
    pub fn vjp_through_relu(&self, input: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        self.back(size(input), cotangent, Extra::Mask(input), None)
    }

    /// [`Self::vjp`] plus the skip connection's cotangent, then times `factor` if it is given.
    pub fn vjp_with(&self, skip: &Tensor<4>, cotangent: Tensor<4>, factor: Option<&Tensor<4>>) -> Tensor<4> {
        self.back(size(skip), cotangent, Extra::Addend(skip), factor)
    }

    fn back(
        &self,
        size: [usize; 2],
        cotangent: Tensor<4>,
        extra: Extra<&Tensor<4>>,
        factor: Option<&Tensor<4>>,
    ) -> Tensor<4> {
        let [batch, ..] = cotangent.dims();
        let geometry = self.geometry(batch, size);
        let phases = Phases::new(self.dilation, size);
        let cotangent = phases.split(cotangent);
        let extra = extra.map(|extra| phases.split(extra.clone()));
        let extra = extra.as_ref();
        let factor = factor.map(|factor| phases.split(factor.clone()));
        let factor = factor.as_ref();
        let direction = Direction::Vjp;
        let look = Look::at(&geometry, direction, &cotangent);
        let result = kernel::vjp(&geometry, self.kernels.vjp, cotangent, &self.weight, extra, factor);
        #[cfg(test)]
        let result = crate::witness::fault::strike(direction, result);
        let Self { weight, bias, witness, .. } = self;
        let witness = witness.as_deref();
        Work { weight, bias, witness, geometry, direction, extra, rectified: false, factor, result: &result }
            .show(look);
        phases.join(result)
    }
}

/// A tensor's height and width.
pub(crate) fn size(x: &Tensor<4>) -> [usize; 2] {
    let [_, _, height, width] = x.dims();
    [height, width]
}

/// ReLU's vector-Jacobian product, from its output.
pub(super) fn relu_vjp(output: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
    cotangent.mask_fill(output.clone().lower_equal_elem(0.0), 0.0)
}
