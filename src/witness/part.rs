//! Parts of tensors that are read later.

use burn::tensor::{Slice, Tensor};

use super::gather::Pick;
use crate::buffer;

/// A part of a tensor, in order.
pub(crate) enum Part {
    /// All values of a tensor.
    Whole(Tensor<1>),
    /// Some of a tensor on the CPU, which are copied at once, so that the tensor isn't kept.
    Copied(Vec<f32>),
    /// Some of a tensor on a GPU, which are gathered together with others.
    Some(Pick),
}

impl Part {
    /// All values of a tensor.
    pub(super) fn of(tensor: Tensor<1>) -> Self {
        match Pick::of(&tensor, &[Slice::full()]) {
            Some(pick) => Self::Some(pick),
            None => Self::Whole(tensor),
        }
    }
}

/// The part of a tensor within ranges.
pub(crate) fn part<const D: usize>(tensor: &Tensor<D>, ranges: [impl Into<Slice> + Clone; D]) -> Part {
    let slices = ranges.map(Into::into);
    if let Some(values) = buffer::within(tensor, &slices) {
        return Part::Copied(values);
    }
    match Pick::of(tensor, &slices) {
        Some(pick) => Part::Some(pick),
        None => Part::of(tensor.clone().slice(slices).reshape([-1])),
    }
}

/// The values of all channels of a tensor `[N, C, H, W]` at one place: picture, row, column.
pub(crate) fn column(tensor: &Tensor<4>, [image, row, column]: [usize; 3]) -> Part {
    let [_, channels, ..] = tensor.dims();
    part(tensor, [image..image + 1, 0..channels, row..row + 1, column..column + 1])
}
