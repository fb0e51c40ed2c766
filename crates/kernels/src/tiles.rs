//! Tiles of a plane for Winograd's algorithm F(2×2, 3×3): what each of them sees, and the results that it makes.

use std::array::from_fn;
use std::ops::Range;

use crate::lanes::Lanes;
use crate::processor::Vectorised;

/// Number of values of a transformed 4×4 tile, and of a transformed filter.
pub const PARTS: usize = 16;

/// Number of values that may be read or written after those of the last tile: no register has more.
pub const BEYOND: usize = 16;

/// Rows of tiles of 2×2 results in planes of `size`, [height, width].
#[derive(Clone)]
pub struct Tiles {
    pub size: [usize; 2],
    pub rows: Range<usize>,
}

impl Tiles {
    /// Number of tiles in a row.
    pub fn across(&self) -> usize {
        self.size[1].div_ceil(2)
    }

    pub fn count(&self) -> usize {
        self.rows.len() * self.across()
    }
}

/// The pixels that some tiles see, even and odd columns apart, so that what neighbouring tiles see lies side by side. A
/// tile's four columns are even, odd, even and odd; the first one is left of its results.
#[derive(Default)]
pub struct Pixels {
    /// `[rows, 2, length]`, with zeros around the plane.
    values: Vec<f32>,
    length: usize,
}

impl Pixels {
    /// Makes room for these tiles, all zeros.
    pub fn clear(&mut self, tiles: &Tiles) {
        self.length = tiles.across() + 1 + BEYOND;
        self.values.clear();
        self.values.resize(2 * self.length * (2 * tiles.rows.len() + 2), 0.0);
    }

    /// Takes a plane's pixels, in place of those of another plane of this size.
    pub fn take(&mut self, tiles: &Tiles, plane: &[f32]) {
        let [height, width] = tiles.size;
        let rows = self.values.chunks_exact_mut(2 * self.length);
        for (y, columns) in (2 * tiles.rows.start..).zip(rows) {
            // The first tiles begin above the plane.
            let Some(y) = y.checked_sub(1).filter(|y| *y < height) else { continue };
            let (pairs, last) = plane[y * width..][..width].as_chunks::<2>();
            let (even, odd) = columns.split_at_mut(self.length);
            for ((even, odd), [left, right]) in even[1..].iter_mut().zip(&mut *odd).zip(pairs) {
                (*odd, *even) = (*left, *right);
            }
            if let [last] = last {
                odd[pairs.len()] = *last;
            }
        }
    }
}

/// Bᵀ d B for tiles of one channel: transforms what they see, and lays it out for the products.
pub struct Transform<'a> {
    pub tiles: &'a Tiles,
    pub pixels: &'a Pixels,
    /// Memory.
    pub parts: &'a mut Vec<f32>,
    /// `[16, panels, channels, columns]`; the last panel has half the columns if they are enough.
    pub panels: &'a mut [f32],
    pub columns: usize,
    pub channel: usize,
    pub channels: usize,
}

impl Vectorised for Transform<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { tiles, pixels: Pixels { values, length }, parts, panels, columns, channel, channels } = self;
        let (across, length, every) = (tiles.across(), *length, tiles.count() + BEYOND);
        let part = panels.len() / PARTS;
        let padded = part / channels;
        assert!(
            values.len() >= 2 * length * (2 * tiles.rows.len() + 2) && length > across + L::COUNT,
            "rows are missing"
        );
        assert!(
            padded <= every && columns.is_multiple_of(2 * L::COUNT) && channel < channels,
            "the panels are others'"
        );
        assert!(padded.is_multiple_of(columns / 2), "the panels are others'");
        parts.resize(PARTS * every, 0.0);
        for row in 0..tiles.rows.len() {
            let lines = [0, 1, 2, 3].map(|y| &values[2 * (2 * row + y) * length..][..2 * length]);
            for first in (0..across).step_by(L::COUNT) {
                // SAFETY: the lines are long enough for a register that begins at any tile, and there is room for one after
                // the last tile of a part; the rest is the caller's promise.
                unsafe {
                    let [a, b, c, d] = [0, length, 1, length + 1].map(|column| column + first);
                    let made = [down::<L>(lines, a), down(lines, b), down(lines, c), down(lines, d)];
                    // What is written beyond a row of tiles is written anew by the next one.
                    let to = parts.as_mut_ptr().add(row * across + first);
                    #[allow(
                        clippy::needless_range_loop,
                        reason = "an iterator would take the values out of their registers"
                    )]
                    for y in 0..4 {
                        let [a, b, c, d] = differences([made[0][y], made[1][y], made[2][y], made[3][y]]);
                        a.store(to.add(4 * y * every));
                        b.store(to.add((4 * y + 1) * every));
                        c.store(to.add((4 * y + 2) * every));
                        d.store(to.add((4 * y + 3) * every));
                    }
                }
            }
        }
        for (parts, panels) in parts.chunks_exact(every).zip(panels.chunks_exact_mut(part)) {
            for (values, panel) in parts[..padded].chunks(columns).zip(panels.chunks_mut(columns * channels)) {
                let to = &mut panel[channel * values.len()..][..values.len()];
                for at in (0..values.len()).step_by(L::COUNT) {
                    // SAFETY: both have a multiple of the registers' values, as asserted.
                    unsafe { L::load(values.as_ptr().add(at)).store(to.as_mut_ptr().add(at)) };
                }
            }
        }
    }
}

/// The results of tiles of one channel, `[2 rows, 2 columns, tiles]`.
#[derive(Default)]
pub struct Results {
    values: Vec<f32>,
    line: Vec<f32>,
}

impl Results {
    /// A row of pixels of a row of tiles: the upper or the lower one.
    pub fn line(&mut self, tiles: &Tiles, row: usize, lower: bool) -> &[f32] {
        let (across, every) = (tiles.across(), tiles.count() + BEYOND);
        let [even, odd] =
            from_fn(|column| &self.values[(2 * usize::from(lower) + column) * every + row * across..][..across]);
        self.line.resize(2 * across, 0.0);
        for ((pair, even), odd) in self.line.as_chunks_mut::<2>().0.iter_mut().zip(even).zip(odd) {
            *pair = [*even, *odd];
        }
        &self.line[..tiles.size[1]]
    }
}

/// Aᵀ m A: the results of tiles of one channel, from their products.
pub struct Inverse<'a> {
    /// The products: `count` for each of the 16 parts, which are so many values `apart`.
    pub products: &'a [f32],
    pub apart: usize,
    pub count: usize,
    pub results: &'a mut Results,
}

impl Vectorised for Inverse<'_> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { products, apart, count, results: Results { values, .. } } = self;
        let every = count + BEYOND;
        assert!(products.len() >= (PARTS - 1) * apart + every, "products are missing");
        values.resize(4 * every, 0.0);
        for first in (0..count).step_by(L::COUNT) {
            // SAFETY: there are so many products and room for so many results, and as many more as a register has; the rest
            // is the caller's promise.
            unsafe {
                let of = products.as_ptr().add(first);
                let [a, b, c, d] = [0, apart, 2 * apart, 3 * apart].map(|column| of.add(column));
                let made = [up::<L>(a, apart), up(b, apart), up(c, apart), up(d, apart)];
                #[allow(
                    clippy::needless_range_loop,
                    reason = "an iterator would take the values out of their registers"
                )]
                for y in 0..2 {
                    let [even, odd] = gathered([made[0][y], made[1][y], made[2][y], made[3][y]]);
                    let to = values.as_mut_ptr().add(2 * y * every + first);
                    even.store(to);
                    odd.store(to.add(every));
                }
            }
        }
    }
}

/// Bᵀ d of the same column of some tiles' four rows.
///
/// # Safety
/// The processor has such registers, and there is one at the place of each line.
#[inline(always)]
unsafe fn down<L: Lanes>([a, b, c, d]: [&[f32]; 4], at: usize) -> [L; 4] {
    // SAFETY: the caller's promise.
    unsafe {
        differences([
            L::load(a.as_ptr().add(at)),
            L::load(b.as_ptr().add(at)),
            L::load(c.as_ptr().add(at)),
            L::load(d.as_ptr().add(at)),
        ])
    }
}

/// Aᵀ m of the same column of some tiles' products, whose parts are so many values `apart`.
///
/// # Safety
/// The processor has such registers, and there is one at the place and at each fourth part after it.
#[inline(always)]
unsafe fn up<L: Lanes>(of: *const f32, apart: usize) -> [L; 2] {
    // SAFETY: the caller's promise.
    unsafe {
        gathered([L::load(of), L::load(of.add(4 * apart)), L::load(of.add(8 * apart)), L::load(of.add(12 * apart))])
    }
}

/// Bᵀ d.
///
/// # Safety
/// The processor has such registers.
#[inline(always)]
unsafe fn differences<L: Lanes>([a, b, c, d]: [L; 4]) -> [L; 4] {
    // SAFETY: the caller's promise.
    unsafe { [a.minus(c), b.plus(c), c.minus(b), b.minus(d)] }
}

/// Aᵀ m.
///
/// # Safety
/// The processor has such registers.
#[inline(always)]
unsafe fn gathered<L: Lanes>([a, b, c, d]: [L; 4]) -> [L; 2] {
    // SAFETY: the caller's promise.
    unsafe { [a.plus(b).plus(c), b.minus(c).minus(d)] }
}
