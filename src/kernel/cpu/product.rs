//! Products of packed matrices, tile by tile in the processor's registers.

use std::hint::select_unpredictable;

use super::Finish;
use super::lanes::Lanes;
use super::pass::Pass;
use crate::kernel::Extra;

/// The left matrix's values: weights, a row for each result.
#[derive(Clone, Copy)]
pub enum Left<'a> {
    /// Row after row.
    Rows(&'a [f32]),
    /// Panels of as many rows as a tile has: [panels, depth, rows].
    Panels(&'a [f32]),
}

/// A block of rows times a tile of columns, and what becomes of the sums.
pub struct Product<'a> {
    /// Terms of each sum.
    pub depth: usize,
    /// Rows of results.
    pub rows: std::ops::Range<usize>,
    /// Their weights.
    pub left: Left<'a>,
    /// Panels of as many columns as a tile has, [panels, depth, columns]; the last one has half as many
    /// where they are enough.
    pub right: &'a [f32],
    /// Where the columns' results go in a plane.
    pub pass: &'a Pass,
    /// The columns: values of the pass's grid.
    pub columns: std::ops::Range<usize>,
    /// What becomes of them, in the planes' shape.
    pub finish: Finish<'a>,
    /// Values of a plane of results; there is a plane for each row.
    pub plane: usize,
}

/// What this processor computes products with.
#[derive(Clone, Copy)]
pub struct Processor {
    /// Rows of a tile.
    pub rows: usize,
    /// Columns of a tile.
    pub columns: usize,
    run: unsafe fn(&Product<'_>, *mut f32),
}

impl<'a> Left<'a> {
    /// A group's own of so many.
    pub fn of(self, group: usize, groups: usize) -> Self {
        let share = |values: &'a [f32]| &values[values.len() / groups * group..][..values.len() / groups];
        match self {
            Self::Rows(values) => Self::Rows(share(values)),
            Self::Panels(values) => Self::Panels(share(values)),
        }
    }
}

impl Processor {
    /// The best there is here.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self { rows: 8, columns: 32, run: avx512 };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self { rows: 6, columns: 16, run: avx2 };
            }
        }
        Self { rows: 4, columns: 8, run: portable }
    }

    /// Writes a product's results to planes that begin at `into`.
    ///
    /// # Safety
    /// Every row's plane must be writable from `into` on, at the columns' places by nobody else.
    pub unsafe fn run(&self, product: &Product<'_>, into: *mut f32) {
        let rows = product.rows.len().next_multiple_of(self.rows);
        let columns = product.columns.len().next_multiple_of(self.columns / 2);
        let left = match product.left {
            Left::Rows(values) => values.len() >= product.rows.end * product.depth,
            Left::Panels(values) => values.len() >= (product.rows.start + rows) * product.depth,
        };
        assert!(left && product.right.len() >= columns * product.depth, "a matrix is too small");
        assert!(product.rows.start.is_multiple_of(self.rows), "rows begin in the middle of a tile");
        // SAFETY: the processor was asked for its registers; the matrices hold all that is read, as
        // asserted; the rest is the caller's promise.
        unsafe { (self.run)(product, into) }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn avx512(product: &Product<'_>, into: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { tiles::<std::arch::x86_64::__m512, 8, 4, 2>(product, into) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(product: &Product<'_>, into: *mut f32) {
    // SAFETY: the caller's promise.
    unsafe { tiles::<std::arch::x86_64::__m256, 6, 3, 2>(product, into) }
}

unsafe fn portable(product: &Product<'_>, into: *mut f32) {
    #[cfg(target_arch = "wasm32")]
    type Register = std::arch::wasm32::v128;
    #[cfg(not(target_arch = "wasm32"))]
    type Register = [f32; 4];
    // SAFETY: the caller's promise.
    unsafe { tiles::<Register, 4, 2, 2>(product, into) }
}

/// Room for the largest tile, 8 × 32.
#[repr(align(64))]
struct Sums([f32; 256]);

#[inline(always)]
unsafe fn tiles<L: Lanes, const ROWS: usize, const FEW: usize, const WIDTH: usize>(
    product: &Product<'_>,
    into: *mut f32,
) {
    let depth = product.depth;
    let mut sums = Sums([0.0; 256]);
    // The weights are the larger matrix by far where there are few pixels: they are read once.
    for row in product.rows.clone().step_by(ROWS) {
        let rows = ROWS.min(product.rows.end - row);
        let (left, step): ([*const f32; ROWS], _) = match product.left {
            // Where rows are missing, the last one is computed again.
            Left::Rows(values) => (std::array::from_fn(|at| values[(row + at.min(rows - 1)) * depth..].as_ptr()), 1),
            Left::Panels(values) => (std::array::from_fn(|at| values[row * depth..].as_ptr().wrapping_add(at)), ROWS),
        };
        let mut first = product.columns.start;
        while first < product.columns.end {
            let right = product.right[(first - product.columns.start) * depth..].as_ptr();
            let count = (product.columns.end - first).min(WIDTH * L::COUNT);
            // SAFETY: `Processor::run` has asserted the matrices' sizes.
            let columns = unsafe {
                if count > L::COUNT {
                    // The picture has three channels.
                    match left.first_chunk() {
                        Some(few) if rows <= FEW => tile::<L, FEW, WIDTH>(depth, *few, step, right, &mut sums),
                        _ => tile::<L, ROWS, WIDTH>(depth, left, step, right, &mut sums),
                    }
                    WIDTH * L::COUNT
                } else {
                    tile::<L, ROWS, 1>(depth, left, step, right, &mut sums);
                    L::COUNT
                }
            };
            for at in 0..rows {
                // SAFETY: the caller's promise.
                unsafe { finish(product, row + at, first, &sums.0[at * columns..][..count], into) };
            }
            first += columns;
        }
    }
}

/// left [ROWS, depth] · right [depth, WIDTH · lanes].
#[inline(always)]
unsafe fn tile<L: Lanes, const ROWS: usize, const WIDTH: usize>(
    depth: usize,
    left: [*const f32; ROWS],
    step: usize,
    right: *const f32,
    into: &mut Sums,
) {
    // SAFETY: the caller has all the values that are read, and `into` is large enough for every processor.
    unsafe {
        let mut sums = [[L::splat(0.0); WIDTH]; ROWS];
        for term in 0..depth {
            let right = right.add(term * WIDTH * L::COUNT);
            let values: [L; WIDTH] = std::array::from_fn(|at| L::load(right.add(at * L::COUNT)));
            for (sums, left) in sums.iter_mut().zip(left) {
                let left = L::splat(*left.add(term * step));
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum = sum.plus_product(left, value);
                }
            }
        }
        for (row, sums) in sums.iter().enumerate() {
            for (at, sum) in sums.iter().enumerate() {
                sum.store(into.0.as_mut_ptr().add((row * WIDTH + at) * L::COUNT));
            }
        }
    }
}

/// Bias, addend, ReLU, mask and factor, on the way to the result.
#[inline(always)]
unsafe fn finish(product: &Product<'_>, row: usize, first: usize, sums: &[f32], into: *mut f32) {
    let Finish { bias, extra, relu, factor } = product.finish;
    let bias = bias.map_or(0.0, |bias| bias[row]);
    let least = if relu { 0.0 } else { f32::NEG_INFINITY };
    // Unlike `max`, it keeps what is not a number.
    let at_least = |value: f32| if value < least { least } else { value };
    let plane = row * product.plane;
    if product.pass.is_dense() {
        let range = plane + first..plane + first + sums.len();
        // SAFETY: the columns' places in the row's plane are ours.
        let into = unsafe { std::slice::from_raw_parts_mut(into.add(range.start), sums.len()) };
        match extra {
            Extra::None => into.iter_mut().zip(sums).for_each(|(into, sum)| *into = at_least(sum + bias)),
            Extra::Addend(addend) => {
                let terms = sums.iter().zip(&addend[range.clone()]);
                into.iter_mut().zip(terms).for_each(|(into, (sum, added))| *into = at_least(sum + bias + added));
            }
            Extra::Mask(mask) => {
                let terms = sums.iter().zip(&mask[range.clone()]);
                into.iter_mut()
                    .zip(terms)
                    .for_each(|(into, (sum, mask))| *into = if *mask > 0.0 { at_least(sum + bias) } else { 0.0 });
            }
        }
        if let Some(factor) = factor {
            into.iter_mut().zip(&factor[range]).for_each(|(into, factor)| *into *= factor);
        }
        return;
    }
    for (sum, target) in sums.iter().zip(product.pass.targets(first..first + sums.len())) {
        let place = plane + target;
        let value = at_least(sum + bias);
        let value = match extra {
            Extra::None => value,
            Extra::Addend(addend) => at_least(sum + bias + addend[place]),
            Extra::Mask(mask) => select_unpredictable(mask[place] > 0.0, value, 0.0),
        };
        let value = factor.map_or(value, |factor| value * factor[place]);
        // SAFETY: as above.
        unsafe { into.add(place).write(value) };
    }
}
