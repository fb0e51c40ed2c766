//! A convolution's work, split into units for threads.

use std::cell::RefCell;
use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::{Left, Product, Right};
use crate::threads::{Shared, for_each, threads};

/// Number of values of a matrix of patches that stays in the cache: 512 kB.
pub const TILE: usize = 1 << 17;

/// Planes with fewer pixels are laid out: the weights are then read only once, and not again for the last tile.
const LAID_OUT: usize = 128;

/// Number of values in a cache line. Straight from planes, a narrower tile would use only part of each line.
const LINE: usize = 16;

/// From this number of rows on, it pays to lay planes out for a narrow tile.
const MANY: usize = 64;

/// The work of a pass, from planes of source channels to planes of result channels.
pub struct Work {
    /// Pictures times groups.
    pub planes: usize,
    pub groups: usize,
    /// Number of channels of the source and of the results, in a group.
    pub channels: [usize; 2],
    /// Number of pixels in a channel of the source and of the results.
    pub areas: [usize; 2],
}

impl Work {
    /// Number of values of the result.
    pub fn size(&self) -> usize {
        self.planes * self.channels[1] * self.areas[1]
    }

    /// The epilogue of one plane.
    pub fn epilogue<'a>(&self, epilogue: &Epilogue<'a>, plane: usize) -> Epilogue<'a> {
        epilogue.for_plane([plane, self.groups, self.channels[1], self.areas[1]])
    }

    /// Computes a pass. `left` holds the weights of all groups; `result` must have room for all planes.
    pub fn run(
        &self,
        processor: Processor,
        pass: &Pass,
        source: &[f32],
        left: Left<'_>,
        epilogue: &Epilogue<'_>,
        result: &mut Vec<f32>,
    ) {
        let [channels, rows] = self.channels;
        let [seen, made] = [channels * self.areas[0], rows * self.areas[1]];
        let depth = channels * pass.places().len();
        let whole = Shared::new(result.as_mut_ptr());
        assert!(result.capacity() >= self.size(), "the result has no room");
        let units = Units::new(self.planes, [pass.pixels(), processor.columns() / 2], rows, depth, processor);
        for_each(units.count(), |unit| {
            let (plane, columns, rows_of) = units.get(unit);
            let (group, epilogue) = (plane % self.groups, self.epilogue(epilogue, plane));
            let (source, left) = (&source[plane * seen..][..seen], left.group(group, self.groups));
            let multiply = |right: Right<'_>, columns: Range<usize>| {
                let rows = rows_of.clone();
                let product = Product { depth, rows, left, right, columns, epilogue, plane: self.areas[1] };
                // SAFETY: no two units share a result, and all of a plane's lie within it.
                unsafe { product.run(processor, whole.at(plane * made)) };
            };
            // The planes themselves serve as panels as far as they fill tiles.
            let half = processor.columns() / 2;
            let narrow = processor.columns() < LINE && rows >= MANY;
            let in_place = pass.is_identity() && self.areas[0] >= LAID_OUT && !narrow;
            let served = if in_place { columns.len() / half * half } else { 0 };
            let (planes, rest) = (columns.start..columns.start + served, columns.start + served..columns.end);
            if !planes.is_empty() {
                multiply(Right::Planes(source, self.areas[0]), planes);
            }
            if !rest.is_empty() {
                PANELS.with_borrow_mut(|right| {
                    pass.panels(source, rest.clone(), processor.columns(), right);
                    multiply(Right::Panels(right), rest);
                });
            }
        });
    }
}

thread_local! {
    /// Memory for a tile's patches, kept between tiles: fresh memory costs more than writing to it.
    pub static PANELS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Splits a pass into units of work that are as equal as possible: runs of columns that stay in the cache, times blocks
/// of rows. Threads share the larger of the two, since each of them lays out all of the other.
pub struct Units {
    planes: usize,
    pixels: usize,
    rows: usize,
    /// Number of runs of columns, and the number that their lengths are multiples of.
    runs: usize,
    columns: usize,
    /// Number of blocks of rows, and the number that their heights are multiples of.
    blocks: usize,
    tile: usize,
}

impl Units {
    /// `columns` is the number that the runs' lengths are multiples of.
    pub fn new(planes: usize, [pixels, columns]: [usize; 2], rows: usize, depth: usize, processor: Processor) -> Self {
        let tile = processor.rows();
        let [most_runs, most_blocks] = [pixels.div_ceil(columns), rows.div_ceil(tile)];
        let fitting = (TILE / depth.max(1)).max(processor.columns());
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

    pub fn count(&self) -> usize {
        self.planes * self.blocks * self.runs
    }

    /// The plane, columns and rows of a unit.
    pub fn get(&self, unit: usize) -> (usize, Range<usize>, Range<usize>) {
        let (rest, run) = (unit / self.runs, unit % self.runs);
        let share = |all: usize, unit: usize, at: usize, of: usize| {
            let units = all.div_ceil(unit);
            all.min(units * at / of * unit)..all.min(units * (at + 1) / of * unit)
        };
        let columns = share(self.pixels, self.columns, run, self.runs);
        (rest / self.blocks, columns, share(self.rows, self.tile, rest % self.blocks, self.blocks))
    }
}
