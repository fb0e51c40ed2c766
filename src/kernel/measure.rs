//! Chooses kernels for each layer on this adapter by measuring, among those whose numbers are right. What is fastest on
//! one adapter is slow on another, so no fixed table could say it.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use web_time::Instant;

use c3lrp_kernels::{Convolution, Processor};

use super::{Candidate, Direction, Extra, Geometry, Weight, gpu};
use crate::buffer::with_kept_buffers;
use crate::sentence::say;
use crate::{Error, Result};

/// Raised whenever a candidate or its check changes, so that older measurements are no longer used.
const EDITION: u32 = 3;

/// For how many milliseconds one candidate is repeated: long enough for the clock's resolution.
const BUDGET: f64 = 5.0;

/// A candidate that took this many times as long as the best one for one shape is not tried for similar shapes, if a
/// run takes longer than [`BUDGET`].
const HOPELESS: f64 = 1.5;

/// The candidate that is tried only where the others take longer than [`SLOW`] for one run: its shaders are long, and a
/// real GPU, or a small network on any, would compile them in vain.
const SLOW_ONLY: Candidate = Candidate::Wide;

/// How many milliseconds a run has to take before it is worth compiling long shaders for.
const SLOW: f64 = 25.0;

/// The largest allowed difference from the CPU's result, as a share of the largest value. At most 4,608 products are
/// added in another order, each sum rounded at 6e-8; differences of 1e-5 occur.
const TOLERANCE: f32 = 1e-4;

/// The measurements on an adapter. They can be stored, and passed in instead of measuring again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KernelTimings {
    edition: u32,
    /// The adapter's description.
    pub adapter: String,
    /// One entry for each distinct shape of a layer and each direction.
    pub layers: Vec<Timing>,
}

/// The measurements for one shape; candidates that clearly lost for a similar shape are missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timing {
    /// Forward or backward.
    pub direction: Direction,
    /// The shape, for one picture.
    pub geometry: Geometry,
    /// The fastest candidate whose numbers were right.
    pub chosen: Candidate,
    /// How long each of the correct candidates took, in milliseconds.
    pub milliseconds: Vec<(Candidate, f64)>,
    /// How long the CPU took for the same, in milliseconds.
    pub cpu: f64,
    /// The candidates that were wrong, and why.
    pub dropped: Vec<(Candidate, String)>,
}

/// How long a network's convolutions take on both devices, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Totals {
    /// On the GPU.
    pub gpu: f64,
    /// On the CPU.
    pub cpu: f64,
}

impl KernelTimings {
    /// An empty list for an adapter.
    pub fn new(adapter: &str) -> Self {
        Self { edition: EDITION, adapter: adapter.into(), layers: Vec::new() }
    }

    /// Whether it was measured on this adapter, in this edition.
    pub fn fits(&self, adapter: &str) -> bool {
        self.edition == EDITION && self.adapter == adapter
    }

    /// Whether a candidate was right for another shape with the same kernel, with everything that can be applied to its
    /// results.
    fn knows(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| timing.milliseconds.iter().any(|(tried, _)| *tried == candidate))
    }

    /// Whether a candidate need not be tried for a shape: it clearly lost for another shape with the same kernel, on an
    /// adapter so slow that trying takes noticeable time.
    fn rules_out(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| {
            let best = timing.milliseconds.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
            let own = timing.milliseconds.iter().find(|(tried, _)| *tried == candidate);
            own.is_some_and(|(_, time)| best > BUDGET && *time > HOPELESS * best)
        })
    }

    /// How long these layers take forward and back with the kernels that were chosen, and on the CPU, in milliseconds.
    /// Shapes that were not measured count nothing.
    pub fn totals(&self, layers: &[Geometry]) -> Totals {
        let timings = layers.iter().flat_map(|geometry| {
            [Direction::Forward, Direction::Vjp].into_iter().filter_map(|direction| self.timing(geometry, direction))
        });
        timings.fold(Totals::default(), |Totals { gpu, cpu }, timing| {
            let fastest = timing.milliseconds.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
            Totals { gpu: gpu + fastest, cpu: cpu + timing.cpu }
        })
    }

    /// The measurement for a shape, if there is one.
    pub fn timing(&self, geometry: &Geometry, direction: Direction) -> Option<&Timing> {
        self.layers.iter().find(|timing| timing.direction == direction && timing.geometry == *geometry)
    }
}

/// Times the candidates for a shape, skipping those that clearly lost in what was `measured` for other shapes. `fault`
/// returns the GPU's fault since its last call, if there was one.
///
/// # Errors
/// [`Error::Device`] if no candidate is right.
pub async fn measure(
    geometry: &Geometry,
    direction: Direction,
    device: &Device,
    measured: &KernelTimings,
    fault: impl Fn() -> Option<String>,
) -> Result<Timing> {
    let Geometry { batch, inputs, outputs, groups, kernel, input, output, .. } = *geometry;
    let (channels, [height, width]) = match direction {
        Direction::Forward => (inputs, input),
        Direction::Vjp => (outputs, output),
    };
    let x = noise(batch * channels * height * width, 1);
    let weight = noise(outputs * inputs / groups * kernel * kernel, 2);
    let bias = noise(outputs, 3);
    let start = Instant::now();
    let expected = match direction {
        Direction::Forward => on_cpu(geometry, &weight).forward(&x, &bias, Extra::None, false),
        Direction::Vjp => vjp(geometry, &x, &weight),
    };
    let cpu = rounded(start.elapsed().as_secs_f64() * 1e3);
    let x = TensorData::new(x, [batch, channels, height, width]);
    let weight = TensorData::new(weight, [outputs, inputs / groups, kernel, kernel]);
    let bias = TensorData::new(bias, [outputs]);
    let light = light(geometry);
    let (x, weight, bias) = within(light, device, || {
        let [x, weight] = [x, weight].map(|data| Tensor::<4>::from_data(data, device));
        (x, Weight::from(weight), Tensor::<1>::from_data(bias, device))
    });
    let run = |candidate| match direction {
        Direction::Forward => super::convolve(geometry, candidate, x.clone(), &weight, &bias, Extra::None, false),
        Direction::Vjp => super::vjp(geometry, candidate, x.clone(), &weight, Extra::None, None),
    };
    let runs = |candidate, count| within(light, device, || (1..count).fold(run(candidate), |_, _| run(candidate)));

    let mut timing = Timing {
        direction,
        geometry: *geometry,
        chosen: Candidate::Burn,
        milliseconds: Vec::new(),
        cpu,
        dropped: Vec::new(),
    };
    for candidate in Candidate::ALL {
        if !gpu::serves(candidate, geometry, direction) || measured.rules_out(candidate, geometry, direction) {
            continue;
        }
        if candidate == SLOW_ONLY && timing.milliseconds.iter().any(|(_, time)| *time <= SLOW) {
            continue;
        }
        settle(&bias, &fault).await?;
        let found = match measured.knows(candidate, geometry, direction) {
            true => Ok(None),
            false => small(geometry, direction, candidate, device).await,
        };
        let found = match found {
            Ok(None) => {
                let result = within(light, device, || run(candidate).reshape([-1]));
                crate::witness::read_one::<1>(result).await.map(|found| disagreement(&expected, &found))
            }
            wrong => wrong,
        };
        let wrong = match (fault(), found) {
            (Some(fault), _) => Some(fault),
            (None, Err(error)) => Some(error.to_string()),
            (None, Ok(wrong)) => wrong,
        };
        match wrong {
            Some(reason) => {
                log::warn!("the {candidate:?} kernel is not used for {geometry:?} ({direction:?}): {reason}");
                timing.dropped.push((candidate, reason));
            }
            None => timing.milliseconds.push((candidate, time(|count| runs(candidate, count)).await?)),
        }
    }
    settle(&bias, &fault).await?;
    let fastest = timing.milliseconds.iter().min_by(|(_, a), (_, b)| a.total_cmp(b));
    timing.chosen = fastest.map(|(candidate, _)| *candidate).ok_or_else(|| {
        let reasons: Vec<_> = timing.dropped.iter().map(|(_, reason)| reason.as_str()).collect();
        Error::Device(say!(
            "no-kernel",
            "every kernel for a {kernel}×{kernel} convolution failed on it: {reasons:semicolon}",
            kernel,
            reasons
        ))
    })?;
    Ok(timing)
}

/// Whether a shape's weights are smaller than its input. Such a shape is tried in buffers that are kept for
/// explanations; the buffers of larger weights, and of Burn's copies of them, would only occupy memory afterwards.
pub fn light(geometry: &Geometry) -> bool {
    let Geometry { batch, inputs, outputs, groups, kernel, input, .. } = *geometry;
    outputs * inputs / groups * kernel * kernel < batch * inputs * input[0] * input[1]
}

/// Runs work in the buffers that suit the shape.
fn within<T: Send>(light: bool, device: &Device, work: impl FnOnce() -> T + Send) -> T {
    if light { with_kept_buffers(device, work) } else { work() }
}

/// The same layer on the CPU, without any cache.
fn on_cpu<'a>(geometry: &Geometry, weight: &'a [f32]) -> Convolution<'a> {
    Convolution { geometry: *geometry, weight, cache: None, processor: Processor::here() }
}

/// Shapes of the same kind use the same shader.
fn kind(geometry: &Geometry) -> [usize; 4] {
    [geometry.kernel, geometry.stride, geometry.padding, geometry.groups]
}

/// Why a candidate is wrong for a small shape of the same kind, if it is. The shape's sides, channels and batch are not
/// multiples of any tile, and everything that can be applied to a result is tried. All results are read in one trip.
async fn small(
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

/// The CPU's vector-Jacobian product, a few channels at a time: the layout of all weights at once would double them,
/// and a browser's heap never shrinks.
fn vjp(geometry: &Geometry, cotangent: &[f32], weight: &[f32]) -> Vec<f32> {
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

/// Waits for the work submitted so far, and for the GPU's faults about it. A rejected command takes down those
/// submitted with it, and its fault may arrive late; it must not count against the next candidate.
async fn settle(any: &Tensor<1>, fault: impl Fn() -> Option<String>) -> Result<()> {
    for _ in 0..8 {
        crate::witness::read_one(any.clone().narrow(0, 0, 1)).await?;
        if fault().is_none() {
            break;
        }
    }
    Ok(())
}

/// How long a run takes, in milliseconds: the mean of as many as fit into [`BUDGET`].
async fn time(run: impl Fn(usize) -> Tensor<4>) -> Result<f64> {
    let runs = async |count: usize| {
        let start = Instant::now();
        let last = run(count);
        // One value is read: when it arrives, all the work is done.
        crate::witness::read_one(last.slice([0..1, 0..1, 0..1, 0..1])).await?;
        Ok::<_, Error>(start.elapsed().as_secs_f64() * 1e3 / count as f64)
    };
    let once = runs(1).await?;
    let more = (BUDGET / once.max(0.1)) as usize;
    let found = if more < 2 { once } else { runs(more).await? };
    Ok(rounded(found))
}

/// Milliseconds with three decimals: no clock here is more precise, and short numbers come back from JSON unchanged.
fn rounded(milliseconds: f64) -> f64 {
    (1e3 * milliseconds).round() / 1e3
}

/// Why a result is wrong, if it is.
fn disagreement(expected: &[f32], found: &[f32]) -> Option<String> {
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let off = |(a, b): (&f32, &f32)| if (a - b).is_finite() { (a - b).abs() } else { f32::INFINITY };
    let error = expected.iter().zip(found).map(off).fold(0f32, f32::max);
    let right = expected.len() == found.len() && error <= TOLERANCE * largest;
    (!right).then(|| format!("it is off by {error:e} where {largest:e} is the largest value"))
}

/// Values from −1 to 1, the same in every run.
fn noise(count: usize, seed: u32) -> Vec<f32> {
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
