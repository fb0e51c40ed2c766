//! What comes before the blocks: the 7×7 convolution with ReLU, and the max-pool.

use burn::tensor::{Int, Tensor};

use super::Convolution;
use super::witness::{show_pool, show_pool_back};
use crate::kernel;

/// `conv1`, `bn1` and ReLU.
#[derive(Clone, Debug)]
pub struct Stem {
    /// The 7×7 convolution of stride 2, with `bn1` merged in.
    pub conv1: Convolution,
}

/// The stem's activations.
#[derive(Clone, Debug)]
pub struct StemTrace {
    /// The picture, [N, 3, H, W].
    pub input: Tensor<4>,
    /// After the ReLU.
    pub output: Tensor<4>,
}

impl Stem {
    /// [N, 3, H, W] → [N, C, H/2, W/2].
    pub fn forward(&self, input: Tensor<4>) -> StemTrace {
        let output = self.conv1.activate(input.clone());
        StemTrace { input, output }
    }

    /// The vector-Jacobian product of the whole stem; `meet` is shown the convolution with the cotangent of its
    /// output.
    pub fn back(
        &self,
        trace: &StemTrace,
        cotangent: Tensor<4>,
        meet: impl FnOnce(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        let [_, _, height, width] = trace.input.dims();
        let cotangent = relu_vjp(&trace.output, cotangent);
        meet(&self.conv1, &cotangent);
        self.conv1.vjp([height, width], cotangent)
    }
}

/// ReLU's vector-Jacobian product, from its output.
pub(super) fn relu_vjp(output: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
    cotangent.mask_fill(output.clone().lower_equal_elem(0.0), 0.0)
}

/// The max-pool 3×3 of stride 2 and padding 1, with the places of the maxima.
#[derive(Clone, Debug)]
pub struct MaxPool {
    /// [N, C, H/2, W/2].
    pub output: Tensor<4>,
    places: Tensor<4, Int>,
}

impl MaxPool {
    /// Pools [N, C, H, W].
    pub fn forward(x: Tensor<4>) -> Self {
        let (output, places) = kernel::max_pool(x.clone());
        show_pool(&x, &output);
        Self { output, places }
    }

    /// The vector-Jacobian product: each cotangent goes to the place of its maximum in `input`.
    pub fn vjp(&self, input: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        let result = kernel::max_pool_vjp(input.clone(), self.places.clone(), cotangent.clone());
        show_pool_back(input, &cotangent, &result);
        result
    }
}
