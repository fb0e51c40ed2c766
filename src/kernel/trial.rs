//! Whether a kernel's numbers are right: the CPU computes the same.

use burn::tensor::{Device, Tensor, TensorData};

use c3lrp_kernels::{Convolution, Processor};

use super::{Candidate, Direction, Extra, Geometry, Weight};
use crate::Result;

/// The largest allowed difference from the CPU's result, as a share of the largest value. At most 4,608 products are
/// added in another order, each sum rounded at 6e-8; differences of 1e-5 occur.
const TOLERANCE: f32 = 1e-4;

/// Why a candidate is wrong for a small shape of the same kind, if it is. The shape's sides, channels and batch are not
/// multiples of any tile, and everything that can be applied to a result is tried. All results are read in one trip.
pub async fn trial(
    geometry: &Geometry,
    direction: Direction,
    candidate: Candidate,
    device: &Device,
) -> Result<Option<String>> {
    let Geometry { kernel, stride, padding, groups, .. } = *geometry;
    let (batch, inputs, outputs) = (3, 3 * groups, 5 * groups);
    let weight = [outputs, inputs / groups, kernel, kernel];
    let geometry = Geometry::padded(weight, [stride, padding], groups, batch, [9.max(kernel), 14.max(kernel)]);
    let [there, back] = [(outputs, geometry.output), (inputs, geometry.input)]
        .map(|(channels, [rows, columns])| [batch, channels, rows, columns]);
    let [given, made] = match direction {
        Direction::Forward => [back, there],
        Direction::Vjp => [there, back],
    };
    let values = |shape: [usize; 4], seed| noise(shape.iter().product(), seed);
    let weight_shape = [outputs, inputs / groups, kernel, kernel];
    let (x, weight, bias) = (values(given, 1), values(weight_shape, 2), noise(outputs, 3));
    let (beside, times) = (values(made, 4), values(made, 5));
    let plain = match direction {
        Direction::Forward => on_cpu(&geometry, &weight).forward(&x, &bias, Extra::None, false),
        Direction::Vjp => on_cpu(&geometry, &weight).back(&x, Extra::None, None),
    };
    let on =
        |values: &[f32], shape: [usize; 4]| Tensor::<4>::from_data(TensorData::new(values.to_vec(), shape), device);
    let (x, weight) = (on(&x, given), Weight::from(on(&weight, weight_shape)));
    let bias = Tensor::<1>::from_data(TensorData::new(bias, [outputs]), device);
    let (beside_there, times_there) = (on(&beside, made), on(&times, made));
    let (mut expected, mut tensors) = (Vec::new(), Vec::new());
    for extra in [Extra::None, Extra::Addend(()), Extra::Mask(())] {
        // Then ReLU in the forward direction, and a factor in the backward direction.
        for then in [false, true] {
            let with = extra.map(|()| &beside_there);
            let result = match direction {
                Direction::Forward => super::convolve(&geometry, candidate, x.clone(), &weight, &bias, with, then),
                Direction::Vjp => {
                    super::vjp(&geometry, candidate, x.clone(), &weight, with, then.then_some(&times_there))
                }
            };
            #[cfg(test)]
            let result = crate::witness::fault::strike(direction, result);
            tensors.push(result.reshape([-1]));
            expected.extend(plain.iter().zip(&beside).zip(&times).map(|((value, beside), times)| {
                let value = match extra {
                    Extra::None => *value,
                    Extra::Addend(()) => value + beside,
                    Extra::Mask(()) if *beside <= 0.0 => 0.0,
                    Extra::Mask(()) => *value,
                };
                match (then, direction) {
                    (false, _) => value,
                    (true, Direction::Forward) => value.max(0.0),
                    (true, Direction::Vjp) => value * times,
                }
            }));
        }
    }
    let ((), found) = crate::witness::read(device, || ((), tensors)).await?;
    let wrong = disagreement(&expected, &found.concat());
    Ok(wrong.map(|wrong| format!("with what becomes of its results, {wrong}")))
}

/// The same layer on the CPU, without any cache.
pub fn on_cpu<'a>(geometry: &Geometry, weight: &'a [f32]) -> Convolution<'a> {
    Convolution { geometry: *geometry, weight, cache: None, processor: Processor::here() }
}

/// The CPU's vector-Jacobian product, a few channels at a time: the layout of all weights at once would double them,
/// and a browser's heap never shrinks.
pub fn vjp(geometry: &Geometry, cotangent: &[f32], weight: &[f32]) -> Vec<f32> {
    let Geometry { batch, inputs, groups, kernel, .. } = *geometry;
    let step = if batch * groups == 1 { 128 } else { inputs };
    let filter = inputs / groups * kernel * kernel;
    let mut result = Vec::new();
    for first in (0..inputs).step_by(step) {
        let some = Geometry { inputs: step.min(inputs - first), ..*geometry };
        let taken = some.inputs / groups * kernel * kernel;
        let of_some = |filter: &[f32]| filter[first * kernel * kernel..][..taken].to_vec();
        let weight: Vec<f32> = weight.chunks_exact(filter).flat_map(of_some).collect();
        result.extend(on_cpu(&some, &weight).back(cotangent, Extra::None, None));
    }
    result
}

/// Why a result is wrong, if it is.
pub fn disagreement(expected: &[f32], found: &[f32]) -> Option<String> {
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let off = |(a, b): (&f32, &f32)| if (a - b).is_finite() { (a - b).abs() } else { f32::INFINITY };
    let error = expected.iter().zip(found).map(off).fold(0f32, f32::max);
    let right = expected.len() == found.len() && error <= TOLERANCE * largest;
    (!right).then(|| format!("it is off by {error:e} where {largest:e} is the largest value"))
}

/// Values from −1 to 1, the same in every run.
pub fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    let mut next = || {
        // Marsaglia's xorshift32.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as i32 as f32 / 2f32.powi(31)
    };
    (0..count).map(|_| next()).collect()
}
