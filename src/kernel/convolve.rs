//! A layer's convolution and its vector-Jacobian product, on whichever device its tensors are.

use burn::tensor::{Tensor, TensorData};
use c3lrp_kernels::{Convolution, Extra, Geometry, Processor};

use super::candidate::Candidate;
use super::gpu;
use super::weight::Weight;
use crate::buffer::{on_cpu, slice};

/// w ∗ x + bias, with `extra`, then ReLU if `relu` is set: `[N, C, H, W]` to `[N, C′, H′, W′]`.
pub fn convolve(
    geometry: &Geometry,
    candidate: Candidate,
    x: Tensor<4>,
    weight: &Weight,
    bias: &Tensor<1>,
    extra: Extra<&Tensor<4>>,
    rectified: bool,
) -> Tensor<4> {
    let Geometry { batch, outputs, output: [height, width], .. } = *geometry;
    if let (Some(values), Some(weights), Some(bias), Some(extra)) =
        (on_cpu(&x), on_cpu(weight.tensor()), on_cpu(bias), extra.map(on_cpu).transpose())
    {
        let (values, weights, bias, extra) = (slice(&values), slice(&weights), slice(&bias), extra.as_ref().map(slice));
        let layer = on_processor(geometry, weights, weight);
        let result = layer.forward(values, bias, extra, rectified);
        return Tensor::from_data(TensorData::new(result, [batch, outputs, height, width]), &x.device());
    }
    gpu::convolve(geometry, candidate, x, weight.tensor(), bias, extra, rectified)
}

/// The vector-Jacobian product of w ∗ x, with `extra`, then times `factor` if given: a cotangent `[N, C′, H′, W′]` to
/// `[N, C, H, W]`.
pub fn vjp(
    geometry: &Geometry,
    candidate: Candidate,
    cotangent: Tensor<4>,
    weight: &Weight,
    extra: Extra<&Tensor<4>>,
    factor: Option<&Tensor<4>>,
) -> Tensor<4> {
    let Geometry { batch, inputs, input, .. } = *geometry;
    if let (Some(values), Some(weights), Some(extra)) =
        (on_cpu(&cotangent), on_cpu(weight.tensor()), extra.map(on_cpu).transpose())
    {
        let factor = factor.and_then(on_cpu);
        let (extra, factor) = (extra.as_ref().map(slice), factor.as_ref().map(slice));
        let result = on_processor(geometry, slice(&weights), weight).back(slice(&values), extra, factor);
        return Tensor::from_data(TensorData::new(result, [batch, inputs, input[0], input[1]]), &cotangent.device());
    }
    gpu::vjp(geometry, candidate, cotangent, weight.tensor(), extra, factor)
}

/// The convolution of the crate of kernels that computes this layer on the CPU.
fn on_processor<'a>(geometry: &Geometry, weights: &'a [f32], weight: &'a Weight) -> Convolution<'a> {
    Convolution { geometry: *geometry, weight: weights, cache: weight.layouts(), processor: Processor::here() }
}
