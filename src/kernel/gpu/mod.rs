//! Convolutions on the GPU: ours or Burn's, whichever was chosen.

mod direct;
mod ours;
mod pointwise;
mod spatial;
mod text;

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use burn_wgpu::{CubeTensor, Wgpu};

use super::{Candidate, Direction, Extra, Geometry};

/// Whether a candidate has a kernel for a layer in this direction.
pub fn serves(candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
    match candidate {
        Candidate::Burn => true,
        Candidate::Tiled => ours::serves(geometry, direction, false),
        Candidate::Wide => ours::serves(geometry, direction, true),
    }
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
    if candidate != Candidate::Burn {
        let extra = extra.map(|tensor| buffer(tensor.clone()));
        let (towards, wide) = (Direction::Forward, candidate == Candidate::Wide);
        let result = ours::run(geometry, towards, wide, &values, &weight, Some(&bias), &extra, rectified);
        if let Some(result) = result {
            return Tensor::from_primitive::<Wgpu>(result);
        }
    }
    let result = apply_extra(Tensor::from_primitive::<Wgpu>(direct::convolve(geometry, values, weight, bias)), extra);
    if rectified { relu(result) } else { result }
}

/// As `kernel::vjp`, for tensors on a GPU and without the factor.
pub fn vjp(
    geometry: &Geometry,
    candidate: Candidate,
    cotangent: Tensor<4>,
    weight: &Tensor<4>,
    extra: Extra<&Tensor<4>>,
) -> Tensor<4> {
    let (values, weight) = (buffer(cotangent), buffer(weight.clone()));
    if candidate != Candidate::Burn {
        let extra = extra.map(|tensor| buffer(tensor.clone()));
        let (towards, wide) = (Direction::Vjp, candidate == Candidate::Wide);
        if let Some(result) = ours::run(geometry, towards, wide, &values, &weight, None, &extra, false) {
            return Tensor::from_primitive::<Wgpu>(result);
        }
    }
    apply_extra(Tensor::from_primitive::<Wgpu>(direct::vjp(geometry, values, weight)), extra)
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
