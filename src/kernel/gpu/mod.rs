//! Convolutions on the GPU: ours or Burn's, whichever was chosen.

mod direct;
mod ours;
mod pointwise;
mod spatial;
mod sums;
mod text;

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn_wgpu::{CubeTensor, Wgpu};

use ours::Work;
use text::Tiles;

pub use sums::{over_channels, quotient, sum};

use super::{Candidate, Direction, Extra, Geometry};

/// The tiles of a candidate; none if its kernels are Burn's.
fn tiles(candidate: Candidate) -> Option<Tiles> {
    match candidate {
        Candidate::Burn => None,
        Candidate::Tiled => Some(Tiles::Plain),
        Candidate::Wide => Some(Tiles::Wide),
    }
}

/// Whether a candidate has a kernel for a layer in this direction.
pub fn serves(candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
    tiles(candidate).is_none_or(|tiles| ours::serves(geometry, direction, tiles))
}

/// As `kernel::convolve`, for tensors on a GPU.
pub fn convolve(
    geometry: &Geometry,
    candidate: Candidate,
    x: Tensor<4>,
    weight: &Tensor<4>,
    bias: &Tensor<1>,
    extra: Extra<&Tensor<4>>,
    rectified: bool,
) -> Tensor<4> {
    let (values, weight, bias) = (buffer(x), buffer(weight.clone()), buffer(bias.clone()));
    let ours = tiles(candidate).and_then(|tiles| {
        let (direction, extra) = (Direction::Forward, extra.map(|tensor| buffer(tensor.clone())));
        let (x, weight, bias) = (&values, &weight, Some(&bias));
        Work { geometry, direction, tiles, x, weight, bias, extra, rectified }.run()
    });
    if let Some(result) = ours {
        return Tensor::from_primitive::<Wgpu>(result);
    }
    let result = apply_extra(Tensor::from_primitive::<Wgpu>(direct::convolve(geometry, values, weight, bias)), extra);
    if rectified { relu(result) } else { result }
}

/// As `kernel::vjp`, for tensors on a GPU.
pub fn vjp(
    geometry: &Geometry,
    candidate: Candidate,
    cotangent: Tensor<4>,
    weight: &Tensor<4>,
    extra: Extra<&Tensor<4>>,
    factor: Option<&Tensor<4>>,
) -> Tensor<4> {
    let (values, weight) = (buffer(cotangent), buffer(weight.clone()));
    let ours = tiles(candidate).and_then(|tiles| {
        let (direction, extra) = (Direction::Vjp, extra.map(|tensor| buffer(tensor.clone())));
        let (x, weight, bias, rectified) = (&values, &weight, None, false);
        Work { geometry, direction, tiles, x, weight, bias, extra, rectified }.run()
    });
    let result = match ours {
        Some(result) => Tensor::from_primitive::<Wgpu>(result),
        None => apply_extra(Tensor::from_primitive::<Wgpu>(direct::vjp(geometry, values, weight)), extra),
    };
    match factor {
        Some(factor) => result * factor.clone(),
        None => result,
    }
}

/// The GPU buffer of a tensor.
fn buffer<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    match tensor.try_into_primitive::<Wgpu>() {
        Ok(buffer) => buffer,
        Err(_) => unreachable!("there are two backends, and a layer's tensors are on one of them"),
    }
}

fn apply_extra(result: Tensor<4>, extra: Extra<&Tensor<4>>) -> Tensor<4> {
    match extra {
        Extra::None => result,
        Extra::Addend(addend) => result + addend.clone(),
        Extra::Mask(mask) => result.mask_fill(mask.clone().lower_equal_elem(0.0), 0.0),
    }
}
