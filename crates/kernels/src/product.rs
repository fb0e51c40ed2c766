//! Products of packed matrices, tile by tile in the processor's registers.

use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::lanes::Lanes;
#[cfg(not(all(target_arch = "wasm32", feature = "relaxed-simd")))]
use crate::lanes::Quad;
#[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
use crate::processor::relaxed;
use crate::processor::{Processor, Registers, Vectorised};
#[cfg(target_arch = "x86_64")]
use crate::processor::{avx2, avx512};

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
        // SAFETY: the processor was asked for its registers; the matrices hold all that is read, as
        // asserted; the rest is the caller's promise.
        unsafe {
            match processor.registers() {
                #[cfg(target_arch = "x86_64")]
                Registers::Avx512 => avx512(Tiled::<8, 4, 2> { product, into }),
                #[cfg(target_arch = "x86_64")]
                Registers::Avx2 => avx2(Tiled::<6, 3, 2> { product, into }),
                #[cfg(target_arch = "aarch64")]
                Registers::Neon => Tiled::<8, 3, 2> { product, into }.run::<std::arch::aarch64::float32x4_t>(),
                #[cfg(all(target_arch = "wasm32", feature = "relaxed-simd"))]
                Registers::Portable => relaxed(Tiled::<4, 2, 2> { product, into }),
                #[cfg(not(all(target_arch = "wasm32", feature = "relaxed-simd")))]
                Registers::Portable => Tiled::<4, 2, 2> { product, into }.run::<Quad>(),
            }
        }
    }
}

/// A product in tiles of so many rows and registers; of fewer rows where it has no more.
struct Tiled<'a, const ROWS: usize, const FEW: usize, const WIDTH: usize> {
    product: &'a Product<'a>,
    /// Where its planes begin.
    into: *mut f32,
}

impl<const ROWS: usize, const FEW: usize, const WIDTH: usize> Vectorised for Tiled<'_, ROWS, FEW, WIDTH> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        // SAFETY: the caller's promise.
        unsafe { tiles::<L, ROWS, FEW, WIDTH>(self.product, self.into) };
    }
}

/// Room for a row of the largest tile, which is 8 × 32.
#[repr(align(64))]
struct Sums([f32; 32]);

#[inline(always)]
unsafe fn tiles<L: Lanes, const ROWS: usize, const FEW: usize, const WIDTH: usize>(
    product: &Product<'_>,
    into: *mut f32,
) {
    let depth = product.depth;
    // The weights are the larger matrix by far where there are few pixels: they are read once.
    for row in product.rows.clone().step_by(ROWS) {
        let rows = ROWS.min(product.rows.end - row);
        let (left, step): ([*const f32; ROWS], _) = match product.left {
            // Where rows are missing, the last one is computed again.
            Left::Rows(values) => (std::array::from_fn(|at| values[(row + at.min(rows - 1)) * depth..].as_ptr()), 1),
            Left::Panels(Panels { values, .. }) => {
                (std::array::from_fn(|at| values[row * depth..].as_ptr().wrapping_add(at)), ROWS)
            }
        };
        let mut first = product.columns.start;
        while first < product.columns.end {
            let count = (product.columns.end - first).min(WIDTH * L::COUNT);
            let (right, apart) = match product.right {
                Right::Panels(values) => (values[(first - product.columns.start) * depth..].as_ptr(), None),
                Right::Planes(values, plane) => (values[first..].as_ptr(), Some(plane)),
            };
            // SAFETY: `Product::run` has asserted the sizes of the matrices and of what is applied to their product; the
            // rest is the caller's promise.
            unsafe {
                if count > L::COUNT {
                    // The picture has three channels.
                    match left.first_chunk() {
                        Some(few) if rows <= FEW => {
                            let made = tile::<L, FEW, WIDTH>(depth, *few, step, right, apart);
                            finish(product, row..row + rows, first..first + count, made, into);
                        }
                        _ => {
                            let made = tile::<L, ROWS, WIDTH>(depth, left, step, right, apart);
                            finish(product, row..row + rows, first..first + count, made, into);
                        }
                    }
                } else {
                    let made = tile::<L, ROWS, 1>(depth, left, step, right, apart);
                    finish(product, row..row + rows, first..first + count, made, into);
                }
            }
            first += count;
        }
    }
}

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

/// left [ROWS, depth] · right [depth, WIDTH · lanes], whose rows lie so many values `apart`; one after another where
/// nothing is said.
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize, const WIDTH: usize>(
    depth: usize,
    left: [*const f32; ROWS],
    step: usize,
    right: *const f32,
    apart: Option<usize>,
) -> [[L; WIDTH]; ROWS] {
    // SAFETY: the caller has all the values that are read.
    unsafe {
        let mut sums = [[L::splat(0.0); WIDTH]; ROWS];
        let apart = apart.unwrap_or(WIDTH * L::COUNT);
        for term in 0..depth {
            let right = right.add(term * apart);
            let values: [L; WIDTH] = std::array::from_fn(|at| L::load(right.add(at * L::COUNT)));
            for (sums, left) in sums.iter_mut().zip(left) {
                let left = L::splat(*left.add(term * step));
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = sum.plus_product(left, value);
                }
            }
        }
        sums
    }
}
