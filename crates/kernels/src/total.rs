//! Sums over a whole tensor.

use std::ops::Range;
use std::slice::from_raw_parts_mut;

use crate::elementwise::{LANES, Unit, elementwise};
use crate::lanes::Lanes;
use crate::processor::{Processor, Vectorised};
use crate::threads::{Shared, sum};

/// The number of places of planes that are added at a time.
const PLACES: usize = 512;

/// The number of planes whose magnitudes are added in 32 bits.
const FEW_PLANES: usize = 64;

/// Σ of a term over all indices of some slices of the same length; `term` receives the values there.
fn total<const N: usize>(of: [&[f32]; N], term: impl Fn([f32; N]) -> f32 + Sync) -> f64 {
    let ([], [sum]) = elementwise(of, |values| ([], [term(values)]));
    sum
}

/// The sum of all magnitudes, Σ|x|.
pub fn magnitude(values: &[f32]) -> f64 {
    total([values], |[value]| value.abs())
}

/// The sum of all squares, Σx².
pub fn squares(values: &[f32]) -> f64 {
    total([values], |[value]| value * value)
}

/// The weighted sum of planes, Σ wₚ·Σ xₚ, for planes of one size, one after another, with a weight for each.
///
/// # Panics
/// If the values don't make up a plane for each weight.
pub fn weighted(planes: &[f32], weights: &[f32]) -> f64 {
    let area = planes.len() / weights.len().max(1);
    assert!(area * weights.len() == planes.len(), "{} values are no {} planes", planes.len(), weights.len());
    let processor = Processor::here();
    let [sum] = sum(weights.len(), |channel| {
        let by = |[value]: [f32; 1]| ([], [value]);
        let [sum] = processor.run(Unit { of: [&planes[channel * area..][..area]], into: [], by: &by });
        [sum * f64::from(weights[channel])]
    });
    sum
}

/// Σ of the products of two slices, element by element.
///
/// # Panics
/// If they have different lengths.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    total([a, b], |[a, b]| a * b)
}

/// The sum of planes of one size, one after another, place by place, and Σ|x|.
///
/// # Panics
/// If the values don't make up whole planes of `area` places.
pub fn over_planes(planes: &[f32], area: usize) -> (Vec<f32>, f64) {
    assert!(area > 0 && planes.len().is_multiple_of(area), "{} values are no planes of {area}", planes.len());
    let mut result = vec![0f32; area];
    let whole = Shared::new(result.as_mut_ptr());
    let processor = Processor::here();
    let [magnitude] = sum(area.div_ceil(PLACES), |unit| {
        let range = unit * PLACES..area.min((unit + 1) * PLACES);
        // SAFETY: the units are apart, and all of them lie within the result.
        let into = unsafe { from_raw_parts_mut(whole.at(range.start), range.len()) };
        [processor.run(Planes { planes, area, range, into })]
    });
    (result, magnitude)
}

/// Some places of planes, and where their sums come to.
struct Planes<'a> {
    planes: &'a [f32],
    area: usize,
    range: Range<usize>,
    into: &'a mut [f32],
}

impl Vectorised for Planes<'_> {
    /// Σ|x|
    type Output = f64;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f64 {
        let Self { planes, area, range, into } = self;
        let mut magnitude = 0.0;
        for planes in planes.chunks(FEW_PLANES * area) {
            let mut magnitudes = [0f32; LANES];
            for plane in planes.chunks_exact(area) {
                let (values, last_values) = plane[range.clone()].as_chunks::<LANES>();
                let (into, last_into) = into.as_chunks_mut::<LANES>();
                for (into, values) in into.iter_mut().zip(values) {
                    for lane in 0..LANES {
                        into[lane] += values[lane];
                        magnitudes[lane] += values[lane].abs();
                    }
                }
                for ((into, value), magnitude) in last_into.iter_mut().zip(last_values).zip(&mut magnitudes) {
                    *into += value;
                    *magnitude += value.abs();
                }
            }
            magnitude += magnitudes.into_iter().map(f64::from).sum::<f64>();
        }
        magnitude
    }
}
