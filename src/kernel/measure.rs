//! Chooses kernels for each layer on this adapter by measuring, among those whose numbers are right. What is fastest on
//! one adapter is slow on another, so no fixed table could say it.

use burn::tensor::{Device, Tensor, TensorData};
use web_time::Instant;

use super::timings::BUDGET;
use super::trial::{disagreement, noise, on_cpu, trial, vjp};
use super::{Candidate, Direction, Extra, Geometry, KernelTimings, Timing, Weight, gpu};
use crate::buffer::with_kept_buffers;
use crate::sentence::say;
use crate::{Error, Result};

/// The candidate that is tried only where the others take longer than [`SLOW`] for one run: its shaders are long, and a
/// real GPU, or a small network on any, would compile them in vain.
const SLOW_ONLY: Candidate = Candidate::Wide;

/// How many milliseconds a run has to take before it is worth compiling long shaders for.
const SLOW: f64 = 25.0;

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
        if candidate == SLOW_ONLY && timing.fastest().is_some_and(|(_, time)| time <= SLOW) {
            continue;
        }
        settle(&bias, &fault).await?;
        let found = match measured.knows(candidate, geometry, direction) {
            true => Ok(None),
            false => trial(geometry, direction, candidate, device).await,
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
    timing.chosen = timing.fastest().map(|(candidate, _)| candidate).ok_or_else(|| {
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
