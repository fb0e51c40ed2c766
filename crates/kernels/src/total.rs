//! Sums over a whole tensor.

use std::array::from_fn;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::slice::from_raw_parts_mut;

use crate::lanes::Lanes;
use crate::processor::{Processor, Vectorised};
use crate::threads::{Shared, sum};
use crate::work::TILE;

/// The number of partial sums side by side. The compiler keeps them in registers, and each adds so few values that 32
/// bits are enough.
const LANES: usize = 16;

/// Σ of a term over all indices of some slices of the same length; `term` receives the values there.
///
/// # Panics
/// If the slices have different lengths.
fn total<const N: usize>(of: [&[f32]; N], term: impl Fn([f32; N]) -> f32 + Sync) -> f64 {
    let processor = Processor::here();
    in_units(common_length(of), |range| {
        processor.run(Terms { of: of.map(|values| &values[range.clone()]), term: &term })
    })
}

/// Σ of what work makes of so many indices, a range that stays in the cache at a time.
fn in_units(count: usize, work: impl Fn(Range<usize>) -> f64 + Sync) -> f64 {
    sum(count.div_ceil(TILE), |unit| work(unit * TILE..count.min((unit + 1) * TILE)))
}

fn common_length<const N: usize>(of: [&[f32]; N]) -> usize {
    let count = of.first().map_or(0, |values| values.len());
    assert!(of.iter().all(|values| values.len() == count), "slices of different lengths: {:?}", of.map(<[f32]>::len));
    count
}

/// One unit of a total: slices of the same length, and what is added up.
struct Terms<'a, const N: usize, T> {
    of: [&'a [f32]; N],
    term: &'a T,
}

impl<const N: usize, T: Fn([f32; N]) -> f32> Vectorised for Terms<'_, N, T> {
    type Output = f64;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f64 {
        let Self { of, term } = self;
        let mut sums = [0f32; LANES];
        let chunks = of.map(|values| values.as_chunks::<LANES>().0);
        for at in 0..chunks[0].len() {
            let chunk = chunks.map(|chunks| chunks[at]);
            let terms: [f32; LANES] = from_fn(|lane| term(from_fn(|of| chunk[of][lane])));
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        for at in chunks[0].len() * LANES..of[0].len() {
            sums[at % LANES] += term(of.map(|values| values[at]));
        }
        sums.into_iter().map(f64::from).sum()
    }
}

/// The relevance that a division by z leaves over, added up: Σ(R − z ⊙ quotient), over slices of one length.
///
/// # Panics
/// If the slices have different lengths.
pub fn absorbed(relevance: &[f32], z: &[f32], quotient: &[f32]) -> f64 {
    total([relevance, z, quotient], |[relevance, z, quotient]| relevance - z * quotient)
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
    sum(weights.len(), |channel| {
        let values = &planes[channel * area..][..area];
        processor.run(Terms { of: [values], term: &|[value]: [f32; 1]| value }) * f64::from(weights[channel])
    })
}

/// Σ of the products of two slices, element by element.
///
/// # Panics
/// If they have different lengths.
pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    total([a, b], |[a, b]| a * b)
}

/// Relevance divided by what it is divided among: R ⊘ (z + ε) where z > 0, and 0 elsewhere, in the shape of both; and what is
/// left, Σ(R − z ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn quotient(relevance: &[f32], z: &[f32], epsilon: f32) -> (Vec<f32>, f64) {
    quotients(relevance, z, |relevance, z| {
        // Divided in any case, since there are registers of values.
        let quotient = relevance / (z + epsilon);
        // Unlike `>`, this keeps NaN.
        if z <= 0.0 { 0.0 } else { quotient }
    })
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
    let count = common_length([relevance, z]);
    let mut result = Vec::<f32>::with_capacity(count);
    let whole = Shared::new(result.as_mut_ptr());
    let processor = Processor::here();
    let left = in_units(count, |range| {
        // SAFETY: the units are apart, and all of them lie within the result.
        let into = unsafe { from_raw_parts_mut(whole.at(range.start).cast(), range.len()) };
        processor.run(Quotients { relevance: &relevance[range.clone()], z: &z[range], into, by: &by })
    });
    // SAFETY: the units make up the result.
    unsafe { result.set_len(count) };
    (result, left)
}

/// One unit of quotients: slices of the same length.
struct Quotients<'a, B> {
    relevance: &'a [f32],
    z: &'a [f32],
    into: &'a mut [MaybeUninit<f32>],
    by: &'a B,
}

impl<B: Fn(f32, f32) -> f32> Vectorised for Quotients<'_, B> {
    type Output = f64;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f64 {
        let Self { relevance, z, into, by } = self;
        let mut sums = [0f32; LANES];
        let ((relevance, last_relevance), (z, last_z)) = (relevance.as_chunks::<LANES>(), z.as_chunks::<LANES>());
        let (into, last_into) = into.as_chunks_mut::<LANES>();
        for ((relevance, z), into) in relevance.iter().zip(z).zip(into) {
            let made: [f32; LANES] = from_fn(|lane| by(relevance[lane], z[lane]));
            for lane in 0..LANES {
                sums[lane] += relevance[lane] - z[lane] * made[lane];
            }
            *into = made.map(MaybeUninit::new);
        }
        for (((relevance, z), into), sum) in last_relevance.iter().zip(last_z).zip(last_into).zip(&mut sums) {
            let made = by(*relevance, *z);
            into.write(made);
            *sum += relevance - z * made;
        }
        sums.into_iter().map(f64::from).sum()
    }
}
