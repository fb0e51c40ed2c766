//! What relevance is divided by, and what sums consist of, on any device.

use burn::tensor::Tensor;

/// A stabilizer's ε.
#[derive(Clone, Debug)]
pub enum Epsilon {
    /// A number that is known.
    Number(f32),
    /// A number [1] that a device computed, and that has not been read.
    Computed(Box<Tensor<1>>),
}

impl Epsilon {
    /// Adds it to a layer's outputs, in their shape: z + ε.
    pub(super) fn added_to<const D: usize>(&self, z: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Number(epsilon) => z + *epsilon,
            Self::Computed(epsilon) => z + Tensor::clone(epsilon).reshape([1; D]),
        }
    }
}

/// What a relevance is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Divisor {
    /// z + ε
    Plain,
    /// z + ε·sign(z), with sign(0) = 1
    Signed,
    /// z + ε where z > 0; elsewhere the quotient is 0. This is Equation 1's division together with the vector-Jacobian
    /// product of the ReLU whose output is z.
    Rectified,
}

/// What is summed over the values of tensors.
#[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "the CPU's kernels have a function for each"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// a
    Value,
    /// |a|
    Magnitude,
    /// a·b
    Product,
    /// a·b, where b has a value for each channel of a
    Weighted,
}
