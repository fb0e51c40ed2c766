//! Work on values one by one: what is made of them, and sums over all of them, in one pass through the memory.

use std::array::from_fn;

use crate::lanes::Lanes;
use crate::processor::{Processor, Vectorised};
use crate::threads::{Shared, sum};
use crate::work::TILE;

/// The number of partial sums side by side. The compiler keeps them in registers, and each adds so few values that 32
/// bits are enough. What a browser downloads is shorter with fewer, and its registers hold four.
pub const LANES: usize = if cfg!(target_arch = "wasm32") { 8 } else { 16 };

/// New values, and sums over all indices, of slices of one length: `by` receives the values at an index, and makes a value of
/// each result and a summand of each sum.
///
/// # Panics
/// If the slices have different lengths.
pub fn elementwise<const I: usize, const O: usize, const S: usize>(
    of: [&[f32]; I],
    by: impl Fn([f32; I]) -> ([f32; O], [f32; S]) + Sync,
) -> ([Vec<f32>; O], [f64; S]) {
    let count = of.first().map_or(0, |values| values.len());
    assert!(of.iter().all(|values| values.len() == count), "slices of different lengths");
    let mut results: [Vec<f32>; O] = from_fn(|_| Vec::with_capacity(count));
    let whole = results.each_mut().map(|result| Shared::new(result.as_mut_ptr()));
    let processor = Processor::here();
    let sums = sum(count.div_ceil(TILE), |unit| {
        let range = unit * TILE..count.min((unit + 1) * TILE);
        // SAFETY: the units are apart, and all of them lie within the results.
        let into = whole.each_ref().map(|whole| unsafe { whole.at(range.start) });
        processor.run(Unit { of: of.map(|values| &values[range.clone()]), into, by: &by })
    });
    // SAFETY: the units make up the results.
    results.iter_mut().for_each(|result| unsafe { result.set_len(count) });
    (results, sums)
}

/// Some indices: slices of one length, and the places of as many values of each result.
pub struct Unit<'a, const I: usize, const O: usize, B> {
    pub of: [&'a [f32]; I],
    pub into: [*mut f32; O],
    pub by: &'a B,
}

impl<const I: usize, const O: usize, const S: usize, B> Vectorised for Unit<'_, I, O, B>
where
    B: Fn([f32; I]) -> ([f32; O], [f32; S]),
{
    type Output = [f64; S];

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> [f64; S] {
        let Self { of, into, by } = self;
        let count = of.first().map_or(0, |values| values.len());
        let chunks = of.map(|values| values.as_chunks::<LANES>().0);
        let mut sums = [[0f32; LANES]; S];
        for at in 0..count / LANES {
            let values = chunks.map(|chunks| chunks[at]);
            let mut made = [[0f32; LANES]; O];
            for lane in 0..LANES {
                let (results, terms) = by(from_fn(|input| values[input][lane]));
                made.iter_mut().zip(results).for_each(|(made, result)| made[lane] = result);
                sums.iter_mut().zip(terms).for_each(|(sum, term)| sum[lane] += term);
            }
            for (into, made) in into.iter().zip(made) {
                // SAFETY: a unit has a place for each of its values.
                unsafe { into.add(at * LANES).cast::<[f32; LANES]>().write_unaligned(made) };
            }
        }
        for at in count / LANES * LANES..count {
            let (results, terms) = by(of.map(|values| values[at]));
            for (into, result) in into.iter().zip(results) {
                // SAFETY: as above.
                unsafe { into.add(at).write(result) };
            }
            sums.iter_mut().zip(terms).for_each(|(sum, term)| sum[at % LANES] += term);
        }
        sums.map(|lanes| lanes.into_iter().map(f64::from).sum())
    }
}
