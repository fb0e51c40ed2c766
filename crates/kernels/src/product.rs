//! Products of packed matrices, tile by tile in the processor's registers.

use std::array::from_fn;
use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::lanes::Lanes;
use crate::processor::{Processor, Registers, Vectorised};

/// The left matrix's values: weights, a row for each result.
#[derive(Clone, Copy)]
pub enum Left<'a> {
    /// Row after row.
    Rows(&'a [f32]),
    /// In panels.
    Panels(Panels<'a>),
}

/// Rows of weights in panels of as many as a tile of a processor has: [panels, depth, rows]. They are cut between
/// panels alone.
#[derive(Clone, Copy)]
pub struct Panels<'a> {
    /// Rows of a panel.
    tile: usize,
    /// Terms of each sum.
    depth: usize,
    values: &'a [f32],
}

impl<'a> Panels<'a> {
    /// # Panics
    /// Where the values don't fill panels.
    pub fn new(tile: usize, depth: usize, values: &'a [f32]) -> Self {
        assert!(values.len().is_multiple_of((tile * depth).max(1)), "the weights don't fill their panels");
        Self { tile, depth, values }
    }

    /// A group's own of so many.
    fn group(self, group: usize, groups: usize) -> Self {
        let size = self.values.len() / groups;
        Self::new(self.tile, self.depth, &self.values[size * group..][..size])
    }

    /// Those of the rows from one on.
    ///
    /// # Panics
    /// Where a row is not a panel's first one.
    pub fn starting_at(self, row: usize) -> Self {
        assert!(row.is_multiple_of(self.tile), "rows begin in the middle of a panel");
        Self { values: &self.values[row * self.depth..], ..self }
    }
}

/// The right matrix's values: what the taps see, a column for each pixel.
#[derive(Clone, Copy)]
pub enum Right<'a> {
    /// In panels of as many columns as a tile has, [panels, depth, columns]; the last one has half as many where they
    /// are enough.
    Panels(&'a [f32]),
    /// Planes of so many pixels, one for each term. The columns are whole halves of tiles.
    Planes(&'a [f32], usize),
}

/// A block of rows times a tile of columns, and what becomes of the sums.
pub struct Product<'a> {
    /// Terms of each sum.
    pub depth: usize,
    /// Rows of results.
    pub rows: Range<usize>,
    /// Their weights.
    pub left: Left<'a>,
    /// What they are multiplied with.
    pub right: Right<'a>,
    /// The columns: places of a plane.
    pub columns: Range<usize>,
    /// What becomes of them, in the planes' shape.
    pub epilogue: Epilogue<'a>,
    /// Values of a plane of results; there is a plane for each row.
    pub plane: usize,
}

impl<'a> Left<'a> {
    /// A group's own of so many.
    pub fn group(self, group: usize, groups: usize) -> Self {
        match self {
            Self::Rows(values) => Self::Rows(&values[values.len() / groups * group..][..values.len() / groups]),
            Self::Panels(panels) => Self::Panels(panels.group(group, groups)),
        }
    }
}

impl Product<'_> {
    /// Writes a product's results to planes that begin at `into`.
    ///
    /// # Safety
    /// Every row's plane must be writable from `into` on, at the columns' places by nobody else.
    pub unsafe fn run(&self, processor: Processor, into: *mut f32) {
        let (product, tile) = (self, processor.rows());
        let rows = product.rows.len().next_multiple_of(tile);
        let columns = product.columns.len().next_multiple_of(processor.columns() / 2);
        let left = match product.left {
            Left::Rows(values) => values.len() >= product.rows.end * product.depth,
            Left::Panels(Panels { tile: own, depth, values }) => {
                let fit = own == tile && depth == product.depth;
                fit && values.len() >= (product.rows.start + rows) * product.depth
            }
        };
        let right = match product.right {
            Right::Panels(values) => values.len() >= columns * product.depth,
            Right::Planes(values, plane) => {
                let whole = columns == product.columns.len() && product.columns.end <= plane;
                whole && values.len() >= plane * product.depth
            }
        };
        assert!(left && right, "a matrix is too small");
        let end = product.rows.end.saturating_sub(1) * product.plane + product.columns.end;
        assert!(
            product.epilogue.reaches(product.rows.end, end),
            "the bias, the addend, the mask or the factor is too small"
        );
        assert!(product.rows.start.is_multiple_of(tile), "rows begin in the middle of a tile");
        // SAFETY: the matrices hold all that is read, as asserted; the rest is the caller's promise.
        unsafe {
            match processor.registers() {
                #[cfg(target_arch = "x86_64")]
                Registers::Avx512 => self.strips::<8, 4>(processor, into),
                #[cfg(target_arch = "x86_64")]
                Registers::Avx2 => self.strips::<6, 3>(processor, into),
                #[cfg(target_arch = "aarch64")]
                Registers::Neon => self.strips::<8, 3>(processor, into),
                Registers::Portable => self.strips::<4, 2>(processor, into),
            }
        }
    }

    /// Strips of as many rows as a tile has. The weights are the larger matrix by far where there are few pixels: they
    /// are read once.
    ///
    /// # Safety
    /// As for [`Product::run`]; a tile of the processor has so many rows, and the matrices hold all that is read.
    unsafe fn strips<const ROWS: usize, const FEW: usize>(&self, processor: Processor, into: *mut f32) {
        let depth = self.depth;
        for row in self.rows.clone().step_by(ROWS) {
            let rows = row..self.rows.end.min(row + ROWS);
            // SAFETY: the caller's promise.
            unsafe {
                match self.left {
                    Left::Rows(values) => {
                        // Where rows are missing, the last one is computed again.
                        let at = |at: usize| values[(row + at).min(rows.end - 1) * depth..].as_ptr();
                        self.strip::<_, ROWS, FEW>(processor, RowByRow(from_fn::<_, ROWS, _>(at)), rows, into);
                    }
                    Left::Panels(Panels { values, .. }) => {
                        let panel = Panel::<ROWS>(values[row * depth..].as_ptr());
                        self.strip::<_, ROWS, FEW>(processor, panel, rows, into);
                    }
                }
            }
        }
    }

    /// A strip of rows: whole tiles, then what is left of the columns, of which a single one needs no tile. Each is compiled as a
    /// function of its own, since a larger one gets worse code from browsers.
    ///
    /// # Safety
    /// As for [`Product::strips`].
    unsafe fn strip<W: Weights, const ROWS: usize, const FEW: usize>(
        &self,
        processor: Processor,
        weights: W,
        rows: Range<usize>,
        into: *mut f32,
    ) {
        let (all, tile) = (self.columns.clone(), processor.columns());
        let rest = all.len() % tile;
        // More than half a tile is served by a whole one.
        let end = if rest > tile / 2 { all.end } else { all.end - rest };
        let part = |columns| Part { product: self, weights, rows: rows.clone(), columns, into };
        // The picture has three channels.
        if rows.len() <= FEW {
            processor.multiply(Tiled::<_, FEW, 2>(part(all.start..end)));
        } else {
            processor.multiply(Tiled::<_, ROWS, 2>(part(all.start..end)));
        }
        match all.end - end {
            0 => {}
            1 => processor.multiply(Column::<_, ROWS>(part(end..all.end))),
            _ => processor.multiply(Tiled::<_, ROWS, 1>(part(end..all.end))),
        }
    }
}

/// Weights of a strip of rows.
trait Weights: Copy {
    /// A row's weight of a term.
    ///
    /// # Safety
    /// It must be there.
    unsafe fn get(self, row: usize, term: usize) -> f32;

    /// The weights from a term on.
    ///
    /// # Safety
    /// There are as many.
    unsafe fn after(self, terms: usize) -> Self;
}

/// Where each row begins.
#[derive(Clone, Copy)]
struct RowByRow<const ROWS: usize>([*const f32; ROWS]);

impl<const ROWS: usize> Weights for RowByRow<ROWS> {
    #[inline(always)]
    unsafe fn get(self, row: usize, term: usize) -> f32 {
        // SAFETY: the caller's promise.
        unsafe { *self.0[row].add(term) }
    }

    #[inline(always)]
    unsafe fn after(mut self, terms: usize) -> Self {
        for row in &mut self.0 {
            // SAFETY: the caller's promise.
            *row = unsafe { row.add(terms) };
        }
        self
    }
}

/// Where a panel begins that has so many rows.
#[derive(Clone, Copy)]
struct Panel<const ROWS: usize>(*const f32);

impl<const ROWS: usize> Weights for Panel<ROWS> {
    #[inline(always)]
    unsafe fn get(self, row: usize, term: usize) -> f32 {
        // SAFETY: the caller's promise.
        unsafe { *self.0.add(term * ROWS + row) }
    }

    #[inline(always)]
    unsafe fn after(self, terms: usize) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { self.0.add(terms * ROWS) })
    }
}

/// Some columns of a strip of rows.
struct Part<'a, W> {
    product: &'a Product<'a>,
    weights: W,
    rows: Range<usize>,
    columns: Range<usize>,
    /// Where the product's planes begin.
    into: *mut f32,
}

impl<W> Part<'_, W> {
    /// Where the first term of a column lies, and how far the next term is where that is known from the planes.
    fn right(&self, column: usize) -> (*const f32, Option<usize>) {
        match self.product.right {
            Right::Panels(values) => {
                (values[(column - self.product.columns.start) * self.product.depth..].as_ptr(), None)
            }
            Right::Planes(values, plane) => (values[column..].as_ptr(), Some(plane)),
        }
    }
}

/// Columns in tiles of so many rows and registers.
struct Tiled<'a, W, const ROWS: usize, const WIDTH: usize>(Part<'a, W>);

impl<W: Weights, const ROWS: usize, const WIDTH: usize> Vectorised for Tiled<'_, W, ROWS, WIDTH> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Part { product, weights, ref rows, ref columns, into } = self.0;
        for first in columns.clone().step_by(WIDTH * L::COUNT) {
            let columns = first..columns.end.min(first + WIDTH * L::COUNT);
            // SAFETY: `Product::run` has asserted the sizes of the matrices and of what is applied to their product; the
            // rest is the caller's promise.
            unsafe {
                let made = match self.0.right(first) {
                    (right, None) => tile::<L, ROWS, WIDTH>(product.depth, weights, right, WIDTH * L::COUNT),
                    (right, Some(apart)) => tile::<L, ROWS, WIDTH>(product.depth, weights, right, apart),
                };
                finish(product, rows.clone(), columns, made, into);
            }
        }
    }
}

/// A single column, whose panel has room for a register.
struct Column<'a, W, const ROWS: usize>(Part<'a, W>);

impl<W: Weights, const ROWS: usize> Vectorised for Column<'_, W, ROWS> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Part { product, weights, ref rows, ref columns, into } = self.0;
        let (right, apart) = self.0.right(columns.start);
        // SAFETY: as for whole tiles.
        unsafe {
            let made: [f32; ROWS] = column(product.depth, weights, right, apart.unwrap_or(L::COUNT));
            for (row, made) in rows.clone().zip(made) {
                product.epilogue.write(row, row * product.plane + columns.start, &[made], into);
            }
        }
    }
}

/// Room for a row of the largest tile, which is 8 × 32.
#[repr(align(64))]
struct Sums([f32; 32]);

/// Writes a tile's sums as far as they are of the product's rows and columns.
///
/// # Safety
/// The processor has such registers, and what is applied to the sums reaches the rows and columns. Their places must be
/// writable, by nobody else.
#[inline(always)]
unsafe fn finish<L: Lanes, const ROWS: usize, const WIDTH: usize>(
    product: &Product<'_>,
    rows: Range<usize>,
    columns: Range<usize>,
    made: [[L; WIDTH]; ROWS],
    into: *mut f32,
) {
    let (epilogue, plane) = (product.epilogue, product.plane);
    // Whole rows never leave the registers.
    let whole = columns.len() == WIDTH * L::COUNT;
    if whole && rows.len() == ROWS {
        for (at, made) in made.into_iter().enumerate() {
            let row = rows.start + at;
            // SAFETY: the caller's promise.
            unsafe { epilogue.write_lanes(row, row * plane + columns.start, made, into) };
        }
        return;
    }
    for (row, made) in rows.zip(made) {
        let (mut sums, place) = (Sums([0.0; 32]), row * plane + columns.start);
        // SAFETY: the caller's promise; no tile has longer rows.
        unsafe {
            if whole {
                epilogue.write_lanes(row, place, made, into);
                continue;
            }
            for (at, sum) in made.into_iter().enumerate() {
                sum.store(sums.0.as_mut_ptr().add(at * L::COUNT));
            }
            epilogue.write(row, place, &sums.0[..columns.len()], into);
        }
    }
}

/// The strip's weights [ROWS, depth] · right [depth, WIDTH · lanes], whose rows lie so many values `apart`.
///
/// # Safety
/// The processor has such registers, and all the values that are read are there.
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize, const WIDTH: usize>(
    depth: usize,
    mut weights: impl Weights,
    mut right: *const f32,
    apart: usize,
) -> [[L; WIDTH]; ROWS] {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums = [[L::splat(0.0); WIDTH]; ROWS];
        // One term at a time: browsers' compilers unroll this themselves, and run out of registers where it is written out.
        for _ in 0..depth {
            let values: [L; WIDTH] = from_fn(|at| L::load(right.add(at * L::COUNT)));
            for (row, sums) in sums.iter_mut().enumerate() {
                let weight = L::splat(weights.get(row, 0));
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = sum.plus_product(weight, value);
                }
            }
            weights = weights.after(1);
            right = right.wrapping_add(apart);
        }
        sums
    }
}

/// The strip's weights [ROWS, depth] · right [depth], whose values lie so far `apart`; four sums for each row, so that none
/// waits for the one before it.
///
/// # Safety
/// All the values that are read are there.
#[inline(always)]
unsafe fn column<const ROWS: usize>(
    depth: usize,
    mut weights: impl Weights,
    right: *const f32,
    apart: usize,
) -> [f32; ROWS] {
    const SUMS: usize = 4;
    let mut sums = [[0.0; ROWS]; SUMS];
    for first in (0..depth).step_by(SUMS) {
        let terms = SUMS.min(depth - first);
        // SAFETY: the caller's promise.
        unsafe {
            for (term, sums) in sums.iter_mut().enumerate().take(terms) {
                let value = *right.add((first + term) * apart);
                for (row, sum) in sums.iter_mut().enumerate() {
                    *sum += weights.get(row, term) * value;
                }
            }
            weights = weights.after(terms);
        }
    }
    let [a, b, c, d] = sums;
    from_fn(|row| (a[row] + b[row]) + (c[row] + d[row]))
}
