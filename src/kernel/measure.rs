//! Which candidate does which layer's work on this adapter: by the clock, and only if its numbers are
//! right. What wins on one adapter loses on another, so that no table could say it.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use web_time::Instant;

use c3lrp_kernels::{Convolution, Processor};

use super::{Candidate, Direction, Extra, Geometry, Weight, gpu};
use crate::buffer::with_kept_buffers;
use crate::sentence::say;
use crate::{Error, Result};

/// Raised whenever a candidate or its check changes, so that what was remembered is not believed.
const EDITION: u32 = 2;

/// Milliseconds of repetitions of one candidate: enough to rise above the clock's grain.
const BUDGET: f64 = 5.0;

/// A candidate that took this many times as long as the best one for one shape is not tried for similar shapes, where
/// a run takes longer than the budget.
const HOPELESS: f64 = 1.5;

/// Largest difference from the CPU's result, as a share of the largest value. At most 4,608 products
/// are summed in another order, each sum rounded at 6e-8: 1e-5 is seen.
const TOLERANCE: f32 = 1e-4;

/// The measurements on an adapter. They can be stored, and passed in instead of measuring again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KernelTimings {
    edition: u32,
    /// The adapter's description.
    pub adapter: String,
    /// Each distinct shape of a layer, each way.
    pub layers: Vec<Timing>,
}

/// The candidates for one shape; those that lost clearly on one like it are not among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Which way.
    pub direction: Direction,
    /// The shape, of one picture.
    pub geometry: Geometry,
    /// The fastest of those that were right.
    pub chosen: Candidate,
    /// How long each of those took, in milliseconds.
    pub milliseconds: Vec<(Candidate, f64)>,
    /// Those that were not right, and why.
    pub dropped: Vec<(Candidate, String)>,
}

impl KernelTimings {
    /// For an adapter without measurements.
    pub fn new(adapter: &str) -> Self {
        Self { edition: EDITION, adapter: adapter.into(), layers: Vec::new() }
    }

    /// Whether it was found on this adapter with these candidates.
    pub fn fits(&self, adapter: &str) -> bool {
        self.edition == EDITION && self.adapter == adapter
    }

    /// Whether a candidate was right for a shape of the same kernel, with all that can become of its results.
    fn knows(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| timing.milliseconds.iter().any(|(tried, _)| *tried == candidate))
    }

    /// Whether a candidate need not be tried for a shape: on an adapter that is slow enough for trying to
    /// be felt, it lost clearly for another shape of the same kernel.
    fn rules_out(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| {
            let best = timing.milliseconds.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
            let own = timing.milliseconds.iter().find(|(tried, _)| *tried == candidate);
            own.is_some_and(|(_, time)| best > BUDGET && *time > HOPELESS * best)
        })
    }

    /// What was found for a shape.
    pub fn timing(&self, geometry: &Geometry, direction: Direction) -> Option<&Timing> {
        self.layers.iter().find(|timing| timing.direction == direction && timing.geometry == *geometry)
    }
}

/// Times the candidates for a shape, skipping clear losers by what was `measured` for others. `fault` takes the
/// GPU's faults since its last call.
///
/// # Errors
/// [`Error::Device`] where no candidate is right.
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
    let expected = match direction {
        Direction::Forward => on_cpu(geometry, &weight).forward(&x, &bias, Extra::None, false),
        Direction::Vjp => vjp(geometry, &x, &weight),
    };
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
        dropped: Vec::new(),
    };
    for candidate in Candidate::ALL {
        if !gpu::serves(candidate, geometry, direction) || measured.rules_out(candidate, geometry, direction) {
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

/// Whether a shape's weights are less than what it is given. It is tried in buffers that are kept for explanations;
/// those of heavier weights, and of Burn's copies of them, would only lie there.
pub fn light(geometry: &Geometry) -> bool {
    let Geometry { batch, inputs, outputs, groups, kernel, input, .. } = *geometry;
    outputs * inputs / groups * kernel * kernel < batch * inputs * input[0] * input[1]
}

/// Does work in the buffers for it.
fn within<T: Send>(light: bool, device: &Device, work: impl FnOnce() -> T + Send) -> T {
    if light { with_kept_buffers(device, work) } else { work() }
}

/// A layer's work on the CPU, of which nothing is kept.
fn on_cpu<'a>(geometry: &Geometry, weight: &'a [f32]) -> Convolution<'a> {
    Convolution { geometry: *geometry, weight, cache: None, processor: Processor::here() }
}

/// Shapes of one kind are the work of one shader.
fn kind(geometry: &Geometry) -> [usize; 4] {
    [geometry.kernel, geometry.stride, geometry.padding, geometry.groups]
}

/// Why a candidate is wrong for a small shape of the same kind, if it is: with sides, channels and a batch that
/// no tile divides, and everything that can become of a result. Read in one trip.
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
        // Then ReLU on the way there, and a factor on the way back.
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

/// The CPU's vector-Jacobian product, some channels at a time: laid out for it, the weights of all would be
/// there twice, and a browser's heap never shrinks.
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

/// Waits for the work submitted before, and for the GPU's reports about it. A rejected command takes down those
/// submitted with it, and its report may come late: it must not count against the next candidate.
async fn settle(any: &Tensor<1>, fault: impl Fn() -> Option<String>) -> Result<()> {
    for _ in 0..8 {
        crate::witness::read_one(any.clone().narrow(0, 0, 1)).await?;
        if fault().is_none() {
            break;
        }
    }
    Ok(())
}

/// Milliseconds of one of so many runs, of which the last one's result is given.
async fn time(run: impl Fn(usize) -> Tensor<4>) -> Result<f64> {
    let runs = async |count: usize| {
        let start = Instant::now();
        let last = run(count);
        // One value is read: it is there when all the work is done.
        crate::witness::read_one(last.slice([0..1, 0..1, 0..1, 0..1])).await?;
        Ok::<_, Error>(start.elapsed().as_secs_f64() * 1e3 / count as f64)
    };
    let once = runs(1).await?;
    let more = (BUDGET / once.max(0.1)) as usize;
    let found = if more < 2 { once } else { runs(more).await? };
    // No clock here knows more, and short numbers come back from JSON as they went.
    Ok((1e3 * found).round() / 1e3)
}

/// Why a result is wrong, if it is.
fn disagreement(expected: &[f32], found: &[f32]) -> Option<String> {
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let off = |(a, b): (&f32, &f32)| if (a - b).is_finite() { (a - b).abs() } else { f32::INFINITY };
    let error = expected.iter().zip(found).map(off).fold(0f32, f32::max);
    let right = expected.len() == found.len() && error <= TOLERANCE * largest;
    (!right).then(|| format!("it is off by {error:e} where {largest:e} is the largest value"))
}

/// Values in −1…1 that repeat from run to run.
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
