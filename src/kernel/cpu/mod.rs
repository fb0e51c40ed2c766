//! Convolutions on the CPU as matrix products over tiles of pixels. What the taps of a kernel see is laid
//! out for the processor's registers once a tile; bias, addend, ReLU and mask come in as a sum is written.

mod columns;
mod fold;
mod lanes;
mod pass;
mod pool;
mod product;
mod total;
mod winograd;

pub use pool::max_pool;
pub use total::{total, weighted};

use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;

use self::columns::Columns;
use self::fold::fold;
use self::pass::Pass;
use self::product::{Left, Processor, Product};
use self::winograd::Filters;
use super::{Direction, Extra, Geometry};

/// Values of a matrix of patches that stay in the cache: 512 kB.
const TILE: usize = 1 << 17;

/// Channels that are too few to fill a tile's rows: the picture's.
const FEW: usize = 4;

/// What becomes of each sum of products before it is written.
#[derive(Clone, Copy)]
pub struct Finish<'a> {
    /// Added, for each channel.
    bias: Option<&'a [f32]>,
    extra: Extra<&'a [f32]>,
    /// Whether negative results become 0.
    relu: bool,
    /// In the result's shape, what it is multiplied by at last.
    factor: Option<&'a [f32]>,
}

impl<'a> Finish<'a> {
    /// The sums as they are.
    const NONE: Self = Self { bias: None, extra: Extra::None, relu: false, factor: None };

    /// A plane's own of all planes'.
    fn of(&self, work: &Work, plane: usize) -> Self {
        let rows = work.channels[1];
        let of_plane = |values: &'a [f32]| &values[plane * rows * work.areas[1]..][..rows * work.areas[1]];
        Self {
            bias: self.bias.map(|bias| &bias[plane % work.groups * rows..][..rows]),
            extra: self.extra.map(of_plane),
            factor: self.factor.map(of_plane),
            ..*self
        }
    }
}

/// x [N, C, H, W] to w ∗ x + bias with `extra`, [N, C′, H′, W′]; negative results become 0 where
/// `relu` is set.
pub fn convolve(
    geometry: &Geometry,
    x: &[f32],
    weight: &[f32],
    kept: Option<&Kept>,
    bias: &[f32],
    extra: Extra<&[f32]>,
    relu: bool,
) -> Vec<f32> {
    let Geometry { batch, inputs, outputs, groups, input, output, .. } = *geometry;
    let channels = [inputs / groups, outputs / groups];
    let work = Work { planes: batch * groups, groups, channels, areas: [input, output].map(area) };
    let mut result = Vec::with_capacity(work.size());
    let finish = Finish { bias: Some(bias), extra, relu, factor: None };
    if winograd::serves(geometry) {
        let make = || Filters::new(geometry, Direction::Forward, weight);
        let run = |filters: &Filters| winograd::run(&work, input, x, filters, &finish, &mut result);
        with(kept.map(|kept| &kept.forward), make, run);
    } else {
        work.run(&Pass::forward(geometry), x, Left::Rows(weight), &finish, &mut result);
    }
    // SAFETY: the pass's grid, or all tiles, make up the planes.
    unsafe { result.set_len(work.size()) };
    result
}

/// The vector-Jacobian product of `convolve`'s sum of products, with `extra`, times `factor`: a cotangent
/// [N, C′, H′, W′] to [N, C, H, W].
pub fn vjp(
    geometry: &Geometry,
    cotangent: &[f32],
    weight: &[f32],
    kept: Option<&Kept>,
    extra: Extra<&[f32]>,
    factor: Option<&[f32]>,
) -> Vec<f32> {
    let Geometry { batch, inputs, outputs, groups, kernel, input, output, .. } = *geometry;
    let channels = [outputs / groups, inputs / groups];
    let work = Work { planes: batch * groups, groups, channels, areas: [output, input].map(area) };
    let mut result = Vec::with_capacity(work.size());
    let finish = Finish { bias: None, extra, relu: false, factor };
    if winograd::serves(geometry) {
        let make = || Filters::new(geometry, Direction::Vjp, weight);
        let run = |filters: &Filters| winograd::run(&work, input, cotangent, filters, &finish, &mut result);
        with(kept.map(|kept| &kept.back), make, run);
    } else if kernel > 1 && channels[1] <= FEW {
        let places =
            Geometry { inputs: inputs * kernel * kernel, kernel: 1, stride: 1, padding: 0, input: output, ..*geometry };
        let columns = vjp(&places, cotangent, weight, kept, Extra::None, None);
        fold(geometry, &work, &columns, &finish, &mut result);
    } else {
        let passes: Vec<_> = Pass::back(geometry).collect();
        let kept = kept.map(|kept| &kept.columns);
        // They may be of pictures so small that a phase of the stride was missing.
        let kept = kept.filter(|kept| kept.get().is_none_or(|columns| columns.serve(geometry, &passes)));
        let run = |columns: &Columns| {
            for pass in &passes {
                if let Some(panels) = columns.of(pass) {
                    work.run(pass, cotangent, Left::Panels(panels), &finish, &mut result);
                }
            }
        };
        with(kept, || Columns::pack(geometry, weight, &passes), run);
    }
    // SAFETY: the passes' grids, all tiles or all rows make up the planes.
    unsafe { result.set_len(work.size()) };
    result
}

/// What is laid out of a convolution's weights, where it is kept.
#[derive(Debug, Default)]
pub struct Kept {
    columns: OnceLock<Columns>,
    forward: OnceLock<Filters>,
    back: OnceLock<Filters>,
}

/// Does something with what is kept, or made and forgotten.
fn with<T>(kept: Option<&OnceLock<T>>, make: impl FnOnce() -> T, act: impl FnOnce(&T)) {
    match kept {
        Some(kept) => act(kept.get_or_init(make)),
        None => act(&make()),
    }
}

/// R ⊘ (z + ε) where z > 0, and 0 elsewhere, both in one shape; and what that leaves, Σ(R − z ⊙ quotient).
pub fn quotient(relevance: &[f32], z: &[f32], epsilon: f32) -> (Vec<f32>, f64) {
    let count = relevance.len().min(z.len());
    let mut result = Vec::<f32>::with_capacity(count);
    let whole = Shared(result.as_mut_ptr());
    let left = total([relevance, z], |at, [relevance, z]| {
        // Unlike `>`, it keeps what is not a number.
        let value = if z <= 0.0 { 0.0 } else { relevance / (z + epsilon) };
        // SAFETY: each place is met once, and all of them lie within the result.
        unsafe { whole.at(at).write(value) };
        relevance - z * value
    });
    // SAFETY: the places make up the result.
    unsafe { result.set_len(count) };
    (result, left)
}

fn area([height, width]: [usize; 2]) -> usize {
    height * width
}

/// From planes of channels to planes of others.
struct Work {
    /// Pictures times groups.
    planes: usize,
    groups: usize,
    /// Of the source and of the results, in a group.
    channels: [usize; 2],
    /// Pixels of a channel, likewise.
    areas: [usize; 2],
}

impl Work {
    /// Values of the result.
    fn size(&self) -> usize {
        self.planes * self.channels[1] * self.areas[1]
    }

    /// Writes what a pass makes. `left` has the weights of all groups, `result` room for all planes.
    fn run(&self, pass: &Pass, source: &[f32], left: Left<'_>, finish: &Finish<'_>, result: &mut Vec<f32>) {
        let (processor, [channels, rows]) = (Processor::detect(), self.channels);
        let [seen, made] = [channels * self.areas[0], rows * self.areas[1]];
        let depth = channels * pass.places().len();
        let whole = Shared(result.as_mut_ptr());
        assert!(result.capacity() >= self.size(), "the result has no room");
        let units = Units::new(self.planes, [pass.pixels(), processor.columns / 2], rows, depth, &processor);
        for_each(units.count(), |unit| {
            let (plane, columns, rows_of) = units.get(unit);
            let (group, finish) = (plane % self.groups, finish.of(self, plane));
            PANELS.with_borrow_mut(|right| {
                let source = &source[plane * seen..][..seen];
                processor.using(|| pass.panels(source, columns.clone(), processor.columns, right));
                let left = left.of(group, self.groups);
                let product = Product {
                    depth,
                    rows: rows_of,
                    left,
                    right,
                    pass: (!pass.is_dense()).then_some(pass),
                    columns,
                    finish,
                    plane: self.areas[1],
                };
                // SAFETY: no two units share a result, and all of a plane's lie within it.
                unsafe { processor.run(&product, whole.at(plane * made)) };
            });
        });
    }
}

thread_local! {
    /// Room for a tile's patches, kept: fresh memory costs more than what is written to it.
    static PANELS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A pass in units of work that are as equal as can be: runs of columns that stay in the cache, times
/// blocks of rows. Threads share what there is more of, rows or columns, since each of them lays out all of
/// the other.
struct Units {
    planes: usize,
    pixels: usize,
    rows: usize,
    /// Of columns, and how many columns their lengths are multiples of.
    runs: usize,
    columns: usize,
    /// Of rows, likewise.
    blocks: usize,
    tile: usize,
}

impl Units {
    /// For columns in multiples of so many.
    fn new(planes: usize, [pixels, columns]: [usize; 2], rows: usize, depth: usize, processor: &Processor) -> Self {
        let tile = processor.rows;
        let [most_runs, most_blocks] = [pixels.div_ceil(columns), rows.div_ceil(tile)];
        let fitting = (TILE / depth.max(1)).max(processor.columns);
        let least = pixels.div_ceil(fitting).max(1);
        let threads = threads().div_ceil(planes);
        let (runs, blocks) = if rows > pixels {
            (least, threads.min(most_blocks))
        } else {
            let runs = least.next_multiple_of(threads).min(most_runs).max(1);
            (runs, threads.div_ceil(runs).min(most_blocks))
        };
        Self { planes, pixels, rows, runs, columns, blocks, tile }
    }

    fn count(&self) -> usize {
        self.planes * self.blocks * self.runs
    }

    /// A unit's plane, columns and rows.
    fn get(&self, unit: usize) -> (usize, Range<usize>, Range<usize>) {
        let (rest, run) = (unit / self.runs, unit % self.runs);
        let share = |all: usize, unit: usize, at: usize, of: usize| {
            let units = all.div_ceil(unit);
            all.min(units * at / of * unit)..all.min(units * (at + 1) / of * unit)
        };
        let columns = share(self.pixels, self.columns, run, self.runs);
        (rest / self.blocks, columns, share(self.rows, self.tile, rest % self.blocks, self.blocks))
    }
}

/// A result that units of work write to in different places.
struct Shared<T>(*mut T);

// SAFETY: it is only written to, by each unit where no other one does.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// The place must lie within the result.
    unsafe fn at(&self, start: usize) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.0.add(start) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn for_each(units: usize, work: impl Fn(usize) + Send + Sync) {
    use rayon::prelude::*;
    (0..units).into_par_iter().for_each(work);
}

/// The sum of what units of work give, added in their order.
fn sum(units: usize, work: impl Fn(usize) -> f64 + Send + Sync) -> f64 {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        let parts: Vec<_> = (0..units).into_par_iter().map(work).collect();
        parts.into_iter().sum()
    }
    #[cfg(target_arch = "wasm32")]
    (0..units).map(work).sum()
}

#[cfg(target_arch = "wasm32")]
fn for_each(units: usize, work: impl Fn(usize)) {
    (0..units).for_each(work);
}

fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    1
}
