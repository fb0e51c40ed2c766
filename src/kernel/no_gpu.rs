//! In a build without the GPU: all tensors are on the CPU, and nobody comes here.

use burn::tensor::Tensor;

use super::{Candidate, Direction, Extra, Geometry};

/// No candidate has one.
pub fn serves(_: Candidate, _: &Geometry, _: Direction) -> bool {
    false
}

/// Is not called.
pub fn convolve(
    _: &Geometry,
    _: Candidate,
    _: Tensor<4>,
    _: &Tensor<4>,
    _: &Tensor<1>,
    _: Extra<&Tensor<4>>,
    _: bool,
) -> Tensor<4> {
    elsewhere()
}

/// Is not called.
pub fn vjp(_: &Geometry, _: Candidate, _: Tensor<4>, _: &Tensor<4>, _: Extra<&Tensor<4>>) -> Tensor<4> {
    elsewhere()
}

fn elsewhere() -> ! {
    unreachable!("the only backend is the CPU's")
}
