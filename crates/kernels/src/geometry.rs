//! The sizes of a layer's work.

use serde::{Deserialize, Serialize};

/// Forward, or the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Input to output.
    Forward,
    /// The vector-Jacobian product: the output's cotangent to the input's.
    Vjp,
}

/// The sizes of a convolution with a square kernel, and of what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Geometry {
    /// N.
    pub batch: usize,
    /// Channels of the input, C.
    pub inputs: usize,
    /// Channels of the output, C′.
    pub outputs: usize,
    /// Groups of channels.
    pub groups: usize,
    /// k of the k×k kernel.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// H, W.
    pub input: [usize; 2],
    /// H′, W′.
    pub output: [usize; 2],
}

impl Geometry {
    /// Of a weight [C′, C / groups, k, k] and an input of N pictures of `size`.
    pub fn new(weight: [usize; 4], stride: usize, groups: usize, batch: usize, size: [usize; 2]) -> Self {
        let [outputs, inputs, kernel, _] = weight;
        // Half the kernel: torchvision's ResNets keep the size at stride 1.
        let padding = kernel / 2;
        let output = size.map(|side| (side + 2 * padding - kernel) / stride + 1);
        Self { batch, inputs: inputs * groups, outputs, groups, kernel, stride, padding, input: size, output }
    }

    /// Requires that the sizes fit each other.
    ///
    /// # Panics
    /// Where they don't: what would be computed lies outside what is given.
    pub(crate) fn check(&self) {
        let Self { inputs, outputs, groups, kernel, stride, padding, input, output, .. } = *self;
        let divided = groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups);
        let side = |input: usize| (input + 2 * padding).checked_sub(kernel).map(|room| room / stride.max(1) + 1);
        let sides = input.map(side) == output.map(Some);
        assert!(
            divided && stride > 0 && kernel > 0 && sides,
            "the sizes of a convolution don't fit each other: {self:?}"
        );
    }

    /// Values of all inputs, of all outputs, and of the weights.
    pub(crate) fn sizes(&self) -> [usize; 3] {
        let Self { batch, inputs, outputs, groups, kernel, input, output, .. } = *self;
        let area = |[height, width]: [usize; 2]| height * width;
        let weights = outputs * (inputs / groups) * kernel * kernel;
        [batch * inputs * area(input), batch * outputs * area(output), weights]
    }
}
