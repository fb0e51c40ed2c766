//! Convolutions on each device: on the CPU our own; on the GPU our own or Burn's, whichever is the
//! faster one there.

#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gpu;
mod measure;
mod pool;
mod sum;
#[cfg(test)]
mod tests;
mod weight;

pub use measure::{KernelTimings, Timing, light, measure};
pub use pool::{average_pool, average_pool_vjp, max_pool, max_pool_vjp};
pub use sum::{Epsilon, absorbed, divide, dot, epsilon_of, magnitude, quotient, stabilize, weighted};
pub use weight::{Part, Weight, WeightCache};

use c3lrp_kernels::{Convolution, Processor};
pub use c3lrp_kernels::{Direction, Extra, Geometry};

use burn::tensor::{Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::buffer::{on_cpu, slice};

/// What can do a layer's work on the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// Burn's own kernels.
    #[default]
    Burn,
    /// Ours: implicit matrix products over tiles that each thread keeps to itself, without barriers.
    Tiled,
}

impl Candidate {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Burn, Self::Tiled];

    fn serves(self, geometry: &Geometry, direction: Direction) -> bool {
        self == Self::Burn || gpu::serves(geometry, direction)
    }
}

/// Which candidate does a layer's work, each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kernels {
    /// Forward.
    pub forward: Candidate,
    /// Back.
    pub vjp: Candidate,
}

/// w ∗ x + bias, with `extra`, then ReLU where asked for: [N, C, H, W] to [N, C′, H′, W′].
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

/// The vector-Jacobian product of the convolution alone, with `extra`, then times `factor` where there is
/// one: a cotangent [N, C′, H′, W′] to [N, C, H, W].
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
    let result = gpu::vjp(geometry, candidate, cotangent, weight.tensor(), extra);
    match factor {
        Some(factor) => result * factor.clone(),
        None => result,
    }
}

/// A layer's work on the CPU.
fn on_processor<'a>(geometry: &Geometry, weights: &'a [f32], weight: &'a Weight) -> Convolution<'a> {
    Convolution { geometry: *geometry, weight: weights, cache: weight.layouts(), processor: Processor::here() }
}
