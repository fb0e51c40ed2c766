//! In a build without the feature `gpu`: all tensors are on the CPU, so these functions are never reached.

use burn::tensor::Tensor;

use super::{Candidate, Direction, Divisor, Epsilon, Extra, Geometry, Term};

/// Always false.
pub fn serves(_: Candidate, _: &Geometry, _: Direction) -> bool {
    false
}

/// Never called: no tensor is on a GPU.
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

/// Never called: no tensor is on a GPU.
pub fn vjp(
    _: &Geometry,
    _: Candidate,
    _: Tensor<4>,
    _: &Tensor<4>,
    _: Extra<&Tensor<4>>,
    _: Option<&Tensor<4>>,
) -> Tensor<4> {
    elsewhere()
}

/// Never called: no tensor is on a GPU.
pub fn quotient<const D: usize>(_: &Tensor<D>, _: &Tensor<D>, _: &Epsilon, _: Divisor) -> (Tensor<D>, Tensor<1>) {
    elsewhere()
}

/// Never called: no tensor is on a GPU.
pub fn sum<const D: usize, const K: usize>(_: Term, _: [&Tensor<D>; K], _: usize) -> Tensor<1> {
    elsewhere()
}

/// Never called: no tensor is on a GPU.
pub fn over_channels(_: &Tensor<4>) -> (Tensor<4>, Tensor<1>) {
    elsewhere()
}

fn elsewhere() -> ! {
    unreachable!("the only backend is the CPU's")
}
