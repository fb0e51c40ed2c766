//! Convolutions on the CPU as matrix products over tiles of pixels. What the taps of a kernel see is laid
//! out for the processor's registers once a tile; bias, addend, ReLU and mask come in as a sum is written.

mod lanes;
mod pass;
mod product;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::OnceLock;

use self::pass::Pass;
use self::product::{Left, Processor, Product};
use super::{Extra, Geometry};

/// Values of a matrix of patches that stay in the cache: 512 kB.
const TILE: usize = 1 << 17;

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

/// x [N, C, H, W] to w ∗ x + bias with `extra`, [N, C′, H′, W′]; negative results become 0 where
/// `relu` is set.
pub fn convolve(
    geometry: &Geometry,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    extra: Extra<&[f32]>,
    relu: bool,
) -> Vec<f32> {
    let Geometry { batch, inputs, outputs, groups, input, output, .. } = *geometry;
    let channels = [inputs / groups, outputs / groups];
    let work = Work { planes: batch * groups, groups, channels, areas: [input, output].map(area) };
    let mut result = Vec::with_capacity(work.size());
    let finish = Finish { bias: Some(bias), extra, relu, factor: None };
    work.run(&Pass::forward(geometry), x, Left::Rows(weight), &finish, &mut result);
    // SAFETY: the pass's grid makes up the planes.
    unsafe { result.set_len(work.size()) };
    result
}

/// The vector-Jacobian product of `convolve`'s sum of products, with `extra`, times `factor`: a cotangent
/// [N, C′, H′, W′] to [N, C, H, W]. What is laid out of the weights is kept in `columns`.
pub fn vjp(
    geometry: &Geometry,
    cotangent: &[f32],
    weight: &[f32],
    columns: Option<&OnceLock<Columns>>,
    extra: Extra<&[f32]>,
    factor: Option<&[f32]>,
) -> Vec<f32> {
    let Geometry { batch, inputs, outputs, groups, input, output, .. } = *geometry;
    let channels = [outputs / groups, inputs / groups];
    let work = Work { planes: batch * groups, groups, channels, areas: [output, input].map(area) };
    let mut result = Vec::with_capacity(work.size());
    let finish = Finish { bias: None, extra, relu: false, factor };
    let passes: Vec<_> = Pass::back(geometry).collect();
    let pack = || Columns::pack(geometry, weight, &passes);
    let kept = columns.map(|columns| columns.get_or_init(pack)).filter(|columns| columns.serve(geometry, &passes));
    let packed;
    let columns = match kept {
        Some(columns) => columns,
        None => {
            packed = pack();
            &packed
        }
    };
    for pass in &passes {
        if let Some(panels) = columns.of(pass) {
            work.run(pass, cotangent, Left::Panels(panels), &finish, &mut result);
        }
    }
    // SAFETY: the passes' grids make up the planes.
    unsafe { result.set_len(work.size()) };
    result
}

/// R ⊘ (z + ε) where z > 0, and 0 elsewhere; both in one shape.
pub fn quotient(relevance: &[f32], z: &[f32], epsilon: f32) -> Vec<f32> {
    let count = relevance.len().min(z.len());
    let mut result = Vec::with_capacity(count);
    let whole = Shared(result.as_mut_ptr());
    for_each(count.div_ceil(TILE), |unit| {
        let range = unit * TILE..count.min((unit + 1) * TILE);
        for (at, (relevance, z)) in range.clone().zip(relevance[range.clone()].iter().zip(&z[range])) {
            // Unlike `>`, it keeps what is not a number.
            let value = if *z <= 0.0 { 0.0 } else { relevance / (z + epsilon) };
            // SAFETY: no two units share a value, and all lie within the result.
            unsafe { whole.at(at).write(value) };
        }
    });
    // SAFETY: the units make up the result.
    unsafe { result.set_len(count) };
    result
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
        let units = Units::new(self.planes, pass.pixels(), rows, depth, &processor);
        for_each(units.count(), |unit| {
            let (plane, columns, rows_of) = units.get(unit);
            let group = plane % self.groups;
            let finish = Finish {
                bias: finish.bias.map(|bias| &bias[group * rows..][..rows]),
                extra: finish.extra.map(|values| &values[plane * made..][..made]),
                factor: finish.factor.map(|values| &values[plane * made..][..made]),
                ..*finish
            };
            PANELS.with_borrow_mut(|right| {
                pass.panels(&source[plane * seen..][..seen], columns.clone(), processor.columns, right);
                let left = left.of(group, self.groups);
                let product =
                    Product { depth, rows: rows_of, left, right, pass, columns, finish, plane: self.areas[1] };
                // SAFETY: no two units share a result, and all of a plane's lie within it.
                unsafe { processor.run(&product, whole.at(plane * made)) };
            });
        });
    }
}

/// Weights laid out for the way back.
#[derive(Debug)]
pub struct Columns {
    groups: usize,
    /// Places of the kernel that take part in a pass, and its panels of rows for a tile, [groups, panels,
    /// channels, taps, rows].
    passes: Vec<(Vec<usize>, Vec<f32>)>,
}

impl Columns {
    fn pack(geometry: &Geometry, weights: &[f32], passes: &[Pass]) -> Self {
        let pack = match Processor::detect().rows {
            8 => pack::<8>,
            6 => pack::<6>,
            _ => pack::<4>,
        };
        let of = |pass: &Pass| {
            let taps: Vec<_> = pass.places().collect();
            let panels = pack(geometry, weights, &taps);
            (taps, panels)
        };
        Self { groups: geometry.groups, passes: passes.iter().map(of).collect() }
    }

    /// Whether these are of the same convolution.
    fn serve(&self, geometry: &Geometry, passes: &[Pass]) -> bool {
        self.groups == geometry.groups && passes.iter().all(|pass| self.of(pass).is_some())
    }

    fn of(&self, pass: &Pass) -> Option<&[f32]> {
        let found = self.passes.iter().find(|(taps, _)| pass.places().eq(taps.iter().copied()));
        found.map(|(_, panels)| panels.as_slice())
    }
}

fn pack<const TILE: usize>(geometry: &Geometry, weights: &[f32], taps: &[usize]) -> Vec<f32> {
    let Geometry { groups, kernel, .. } = *geometry;
    let ([channels, rows], places) = ([geometry.outputs / groups, geometry.inputs / groups], kernel * kernel);
    let panels = rows.div_ceil(TILE);
    let panel = channels * taps.len() * TILE;
    let mut packed = vec![0f32; groups * panels * panel];
    let whole = Shared(packed.as_mut_ptr());
    // A few channels at once, so that both sides are used line by line.
    let block = 16;
    let blocks = channels.div_ceil(block);
    for_each(groups * blocks, |unit| {
        let (group, first) = (unit / blocks, unit % blocks * block);
        for tile in 0..panels {
            for channel in first..channels.min(first + block) {
                let from = ((group * channels + channel) * rows + tile * TILE) * places;
                let values = &weights[from..][..TILE.min(rows - tile * TILE) * places];
                let to = (group * panels + tile) * panel + channel * taps.len() * TILE;
                // SAFETY: each channel of a group belongs to one unit.
                let into = unsafe { std::slice::from_raw_parts_mut(whole.at(to), taps.len() * TILE) };
                for (into, place) in into.as_chunks_mut::<TILE>().0.iter_mut().zip(taps) {
                    if let (1, Some(values)) = (places, values.first_chunk()) {
                        *into = *values;
                    } else {
                        let values = values[*place..].iter().step_by(places);
                        into.iter_mut().zip(values).for_each(|(into, value)| *into = *value);
                    }
                }
            }
        }
    });
    packed
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
    fn new(planes: usize, pixels: usize, rows: usize, depth: usize, processor: &Processor) -> Self {
        let (columns, tile) = (processor.columns / 2, processor.rows);
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
struct Shared(*mut f32);

// SAFETY: it is only written to, by each unit where no other one does.
unsafe impl Sync for Shared {}

impl Shared {
    /// # Safety
    /// The place must lie within the result.
    unsafe fn at(&self, start: usize) -> *mut f32 {
        // SAFETY: the caller's promise.
        unsafe { self.0.add(start) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn for_each(units: usize, work: impl Fn(usize) + Send + Sync) {
    use rayon::prelude::*;
    (0..units).into_par_iter().for_each(work);
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
