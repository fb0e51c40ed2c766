//! Sums over a whole tensor.

use super::product::Processor;
use super::{TILE, sum};

/// What is summed side by side: the compiler finds registers for them, and each takes in so few values
/// that 32 bits are enough.
const LANES: usize = 16;

/// Σ of a term at each place of some slices of one length; it is given the place and what lies there.
pub fn total<const N: usize>(of: [&[f32]; N], term: impl Fn(usize, [f32; N]) -> f32 + Sync) -> f64 {
    let count = of.iter().map(|values| values.len()).min().unwrap_or_default();
    let processor = Processor::detect();
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

/// Σ of planes, each times its weight.
pub fn weighted(planes: &[f32], weights: &[f32]) -> f64 {
    let area = planes.len() / weights.len().max(1);
    let processor = Processor::detect();
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
