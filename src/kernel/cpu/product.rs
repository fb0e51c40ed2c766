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
    /// Where the columns' results go in a plane, if not one after another.
    pub pass: Option<&'a Pass>,
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
    registers: Registers,
}

#[derive(Clone, Copy)]
enum Registers {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
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
                return Self { rows: 8, columns: 32, registers: Registers::Avx512 };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self { rows: 6, columns: 16, registers: Registers::Avx2 };
            }
        }
        Self { rows: 4, columns: 8, registers: Registers::Portable }
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
        unsafe {
            match self.registers {
                #[cfg(target_arch = "x86_64")]
                Registers::Avx512 => avx512(|| tiles::<std::arch::x86_64::__m512, 8, 4, 2>(product, into)),
                #[cfg(target_arch = "x86_64")]
                Registers::Avx2 => avx2(|| tiles::<std::arch::x86_64::__m256, 6, 3, 2>(product, into)),
                Registers::Portable => tiles::<Quad, 4, 2, 2>(product, into),
            }
        }
    }

    /// Does work that is compiled for the processor's registers as far as it is inlined.
    #[inline(always)]
    pub fn using<T>(&self, work: impl FnOnce() -> T) -> T {
        match self.registers {
            // SAFETY: the processor was asked for its registers.
            #[cfg(target_arch = "x86_64")]
            Registers::Avx512 => unsafe { avx512(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Registers::Avx2 => unsafe { avx2(work) },
            Registers::Portable => work(),
        }
    }
}

#[cfg(target_arch = "wasm32")]
type Quad = std::arch::wasm32::v128;
#[cfg(not(target_arch = "wasm32"))]
type Quad = [f32; 4];

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn avx512<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
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
                let (plane, sums) = ((row + at) * product.plane, &sums.0[at * columns..][..count]);
                // SAFETY: the caller's promise.
                unsafe {
                    match product.pass {
                        None => product.finish.write(row + at, plane + first, sums, into),
                        Some(pass) => {
                            let places = pass.targets(first..first + count).map(|target| plane + target);
                            product.finish.scatter(row + at, places, sums, into);
                        }
                    }
                }
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

impl Finish<'_> {
    /// Writes a row's sums to neighbours that begin at a place of the planes.
    ///
    /// # Safety
    /// The places must be writable, by nobody else.
    #[inline(always)]
    pub unsafe fn write(&self, row: usize, place: usize, sums: &[f32], into: *mut f32) {
        let Self { extra, factor, .. } = *self;
        let (bias, at_least) = (self.bias(row), self.at_least());
        let range = place..place + sums.len();
        // SAFETY: the caller's promise.
        let into = unsafe { std::slice::from_raw_parts_mut(into.add(place), sums.len()) };
        match extra {
            Extra::None => into.iter_mut().zip(sums).for_each(|(into, sum)| *into = at_least(sum + bias)),
            Extra::Addend(addend) => {
                let terms = sums.iter().zip(&addend[range.clone()]);
                into.iter_mut().zip(terms).for_each(|(into, (sum, added))| *into = at_least(sum + bias + added));
            }
            Extra::Mask(mask) => {
                let terms = sums.iter().zip(&mask[range.clone()]);
                into.iter_mut().zip(terms).for_each(|(into, (sum, mask))| {
                    // Without a branch, which would often be guessed wrong.
                    let value = at_least(sum + bias);
                    *into = if *mask > 0.0 { value } else { 0.0 };
                });
            }
        }
        if let Some(factor) = factor {
            into.iter_mut().zip(&factor[range]).for_each(|(into, factor)| *into *= factor);
        }
    }

    /// Writes a row's sums to some places of the planes.
    ///
    /// # Safety
    /// As above.
    #[inline(always)]
    unsafe fn scatter(&self, row: usize, places: impl Iterator<Item = usize>, sums: &[f32], into: *mut f32) {
        let Self { extra, factor, .. } = *self;
        let (bias, at_least) = (self.bias(row), self.at_least());
        for (sum, place) in sums.iter().zip(places) {
            let value = at_least(sum + bias);
            let value = match extra {
                Extra::None => value,
                Extra::Addend(addend) => at_least(sum + bias + addend[place]),
                Extra::Mask(mask) => select_unpredictable(mask[place] > 0.0, value, 0.0),
            };
            let value = factor.map_or(value, |factor| value * factor[place]);
            // SAFETY: the caller's promise.
            unsafe { into.add(place).write(value) };
        }
    }

    fn bias(&self, row: usize) -> f32 {
        self.bias.map_or(0.0, |bias| bias[row])
    }

    #[inline(always)]
    fn at_least(&self) -> impl Fn(f32) -> f32 + use<> {
        let least = if self.relu { 0.0 } else { f32::NEG_INFINITY };
        // Unlike `max`, it keeps what is not a number.
        move |value| if value < least { least } else { value }
    }
}
