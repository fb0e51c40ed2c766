//! Sums the contributions of each position in a kernel at the pixels that receive them.

use crate::epilogue::Epilogue;
use crate::geometry::Geometry;
use crate::threads::{Shared, for_each};
use crate::work::{PANELS, Work};

/// Sums the contributions of all positions in the kernel to a pixel: `[N, C · k · k, H′, W′]` to `[N, C, H, W]`.
pub fn fold(geometry: &Geometry, work: &Work, columns: &[f32], epilogue: &Epilogue<'_>, result: &mut Vec<f32>) {
    let Geometry { kernel, stride, input: [height, width], output: [rows, across], .. } = *geometry;
    let (channels, whole) = (work.channels[1], Shared::new(result.as_mut_ptr()));
    assert!(result.capacity() >= work.size(), "the result has no room");
    let (length, sent) = (width.div_ceil(stride), kernel * kernel * rows * across);
    for_each(work.planes * channels * height, |unit| {
        let (plane, channel, y) = (unit / height / channels, unit / height % channels, unit % height);
        PANELS.with_borrow_mut(|line| {
            line.clear();
            line.resize(stride * length + width, 0.0);
            let (phases, row) = line.split_at_mut(stride * length);
            gather(geometry, &columns[unit / height * sent..][..sent], y, phases);
            for (number, phase) in phases.chunks_exact(length).enumerate() {
                row.iter_mut().skip(number).step_by(stride).zip(phase).for_each(|(into, sum)| *into = *sum);
            }
            let place = (channel * height + y) * width;
            // SAFETY: each unit has a row to itself, and all of a plane's lie within it.
            unsafe {
                work.epilogue(epilogue, plane).write(channel, place, row, whole.at(plane * channels * height * width))
            };
        });
    });
}

/// Adds what a channel's columns, `[k, k, H′, W′]`, send to row `y`: `[stride, ⌈W / stride⌉]`, so that the pixels of
/// a phase of the stride lie one after another.
#[inline(always)]
fn gather(geometry: &Geometry, columns: &[f32], y: usize, phases: &mut [f32]) {
    let Geometry { kernel, stride, padding, input: [_, width], output: [rows, across], .. } = *geometry;
    let length = width.div_ceil(stride);
    // Input y = stride · output + place − padding.
    let shift = |place: usize| place as isize - padding as isize;
    for down in 0..kernel {
        let Ok(from) = usize::try_from(y as isize - shift(down)) else { continue };
        if !from.is_multiple_of(stride) || from / stride >= rows {
            continue;
        }
        for place in 0..kernel {
            let line = &columns[((down * kernel + place) * rows + from / stride) * across..][..across];
            let (shift, phase) = (shift(place).div_euclid(stride as isize), shift(place).rem_euclid(stride as isize));
            let phase = phases[phase as usize * length..][..length].iter_mut().skip(shift.max(0) as usize);
            phase.zip(line.iter().skip((-shift).max(0) as usize)).for_each(|(sum, value)| *sum += value);
        }
    }
}
