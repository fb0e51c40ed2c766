//! Sums over a whole tensor.

use crate::processor::Processor;
use crate::threads::{Shared, sum};
use crate::work::TILE;

/// The number of partial sums side by side. The compiler keeps them in registers, and each adds so few values that 32
/// bits are enough.
const LANES: usize = 16;

/// Σ of a term over all indices of some slices of the same length; `term` receives the index and the values there.
///
/// # Panics
/// If the slices have different lengths.
fn total<const N: usize>(of: [&[f32]; N], term: impl Fn(usize, [f32; N]) -> f32 + Sync) -> f64 {
    let count = of.first().map_or(0, |values| values.len());
    assert!(of.iter().all(|values| values.len() == count), "slices of different lengths: {:?}", of.map(<[f32]>::len));
    let processor = Processor::here();
    sum(count.div_ceil(TILE), |unit| {
        processor.using(|| {
            let first = unit * TILE;
            let of = of.map(|values| &values[first..count.min(first + TILE)]);
            let mut sums = [0f32; LANES];
            let chunks = of.map(|values| values.as_chunks::<LANES>().0);
            for chunk in 0..chunks[0].len() {
                for (lane, sum) in sums.iter_mut().enumerate() {
                    *sum += term(first + chunk * LANES + lane, chunks.map(|chunks| chunks[chunk][lane]));
                }
            }
            for at in chunks[0].len() * LANES..of[0].len() {
                sums[at % LANES] += term(first + at, of.map(|values| values[at]));
            }
            sums.into_iter().map(f64::from).sum()
        })
    })
}

/// The relevance that a division by z leaves over, added up: Σ(R − z ⊙ quotient), over slices of one length.
///
/// # Panics
/// If the slices have different lengths.
pub fn absorbed(relevance: &[f32], z: &[f32], quotient: &[f32]) -> f64 {
    total([relevance, z, quotient], |_, [relevance, z, quotient]| relevance - z * quotient)
}

/// The sum of all magnitudes, Σ|x|.
pub fn magnitude(values: &[f32]) -> f64 {
    total([values], |_, [value]| value.abs())
}

/// The sum of all squares, Σx².
pub fn squares(values: &[f32]) -> f64 {
    total([values], |_, [value]| value * value)
}

/// The weighted sum of planes, Σ wₚ·Σ xₚ, for planes of one size, one after another, with a weight for each.
///
/// # Panics
/// If the values don't make up a plane for each weight.
pub fn weighted(planes: &[f32], weights: &[f32]) -> f64 {
    let area = planes.len() / weights.len().max(1);
    assert!(area * weights.len() == planes.len(), "{} values are no {} planes", planes.len(), weights.len());
    let processor = Processor::here();
    sum(weights.len(), |channel| {
        processor.using(|| {
            let (lanes, rest) = planes[channel * area..][..area].as_chunks::<LANES>();
            let mut sums = [0f32; LANES];
            for values in lanes {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            }
            let all = sums.iter().chain(rest).copied().map(f64::from).sum::<f64>();
            all * f64::from(weights[channel])
        })
    })
}

/// Σ of the products of two slices, element by element.
///
/// # Panics
/// If they have different lengths.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    total([a, b], |_, [a, b]| a * b)
}

/// Relevance divided by what it is divided among: R ⊘ (z + ε) where z > 0, and 0 elsewhere, in the shape of both; and what is
/// left, Σ(R − z ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn quotient(relevance: &[f32], z: &[f32], epsilon: f32) -> (Vec<f32>, f64) {
    // Unlike `>`, this keeps NaN.
    quotients(relevance, z, |relevance, z| if z <= 0.0 { 0.0 } else { relevance / (z + epsilon) })
}

/// Relevance divided with a stabilizer: R ⊘ (z + ε), or if `signed` R ⊘ (z + ε·sign(z)) with sign(0) = 1, in the shape of
/// both; and what is left, Σ(R − z ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn divide(relevance: &[f32], z: &[f32], epsilon: f32, signed: bool) -> (Vec<f32>, f64) {
    match signed {
        true => quotients(relevance, z, |relevance, z| relevance / (z + if z < 0.0 { -epsilon } else { epsilon })),
        false => quotients(relevance, z, |relevance, z| relevance / (z + epsilon)),
    }
}

/// What `by` computes from each R and z, and Σ(R − z ⊙ that).
fn quotients(relevance: &[f32], z: &[f32], by: impl Fn(f32, f32) -> f32 + Sync) -> (Vec<f32>, f64) {
    let count = relevance.len();
    let mut result = Vec::<f32>::with_capacity(count);
    let whole = Shared::new(result.as_mut_ptr());
    let left = total([relevance, z], |at, [relevance, z]| {
        let value = by(relevance, z);
        // SAFETY: each place is met once, and all of them lie within the result.
        unsafe { whole.at(at).write(value) };
        relevance - z * value
    });
    // SAFETY: the places make up the result.
    unsafe { result.set_len(count) };
    (result, left)
}
