//! A convolution's work in units for threads.

use std::cell::RefCell;
use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::{Left, Product, Right};
use crate::threads::{Shared, for_each, threads};

/// Values of a matrix of patches that stay in the cache: 512 kB.
pub const TILE: usize = 1 << 17;

/// Planes of fewer pixels are laid out, as the weights are then read once, and not once more for the last tile.
const LAID_OUT: usize = 128;

/// Values of a line of the cache. Of planes, a narrower tile takes parts of lines.
const LINE: usize = 16;

/// For so many rows it is worth while to lay planes out for a narrow tile.
const MANY: usize = 128;

/// From planes of channels to planes of others.
pub struct Work {
    /// Pictures times groups.
    pub planes: usize,
    pub groups: usize,
    /// Of the source and of the results, in a group.
    pub channels: [usize; 2],
    /// Pixels of a channel, likewise.
    pub areas: [usize; 2],
}

impl Work {
    /// Values of the result.
    pub fn size(&self) -> usize {
        self.planes * self.channels[1] * self.areas[1]
    }

    /// What becomes of a plane's sums.
    pub fn epilogue<'a>(&self, epilogue: &Epilogue<'a>, plane: usize) -> Epilogue<'a> {
        epilogue.for_plane([plane, self.groups, self.channels[1], self.areas[1]])
    }

    /// Writes what a pass makes. `left` has the weights of all groups, `result` room for all planes.
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
                let pass = (!pass.is_dense()).then_some(pass);
                let rows = rows_of.clone();
                let product = Product { depth, rows, left, right, pass, columns, epilogue, plane: self.areas[1] };
                // SAFETY: no two units share a result, and all of a plane's lie within it.
                unsafe { product.run(processor, whole.at(plane * made)) };
            };
            // The planes themselves serve as far as they fill tiles.
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
                    processor.using(|| pass.panels(source, rest.clone(), processor.columns(), right));
                    multiply(Right::Panels(right), rest);
                });
            }
        });
    }
}

thread_local! {
    /// Room for a tile's patches, kept: fresh memory costs more than what is written to it.
    pub static PANELS: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A pass in units of work that are as equal as can be: runs of columns that stay in the cache, times
/// blocks of rows. Threads share what there is more of, rows or columns, since each of them lays out all of
/// the other.
pub struct Units {
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

    /// A unit's plane, columns and rows.
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
