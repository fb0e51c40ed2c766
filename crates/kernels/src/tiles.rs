//! Tiles of a plane for Winograd's algorithms F(m×m, 3×3): what each of them sees, and the results that it makes.

use std::array::from_fn;
use std::ops::Range;

use crate::lanes::Lanes;
use crate::processor::Vectorised;
use crate::transforms::{differences, gathered};

/// Number of values that may be read or written after those of the last tile: no register has more.
pub const BEYOND: usize = 16;

/// Rows of tiles of m×m results in planes of `size`, [height, width].
#[derive(Clone)]
pub struct Tiles {
    pub size: [usize; 2],
    /// m.
    pub side: usize,
    pub rows: Range<usize>,
}

impl Tiles {
    /// Number of tiles in a row.
    pub fn across(&self) -> usize {
        self.size[1].div_ceil(self.side)
    }

    pub fn count(&self) -> usize {
        self.rows.len() * self.across()
    }
}

/// The pixels that some tiles see. Every m-th column belongs to the same phase, so that what neighbouring tiles see lies side
/// by side. A tile's first column is left of its results.
#[derive(Default)]
pub struct Pixels {
    /// `[rows, m, length]`, with zeros around the plane.
    values: Vec<f32>,
    length: usize,
}

impl Pixels {
    /// Makes room for these tiles, all zeros.
    pub fn clear(&mut self, tiles: &Tiles) {
        self.length = tiles.across() + 1 + BEYOND;
        self.values.clear();
        self.values.resize(tiles.side * self.length * (tiles.side * tiles.rows.len() + 2), 0.0);
    }

    /// Takes a plane's pixels, in place of those of another plane of this size.
    pub fn take<const SIDE: usize>(&mut self, tiles: &Tiles, plane: &[f32]) {
        let [height, width] = tiles.size;
        let rows = self.values.chunks_exact_mut(SIDE * self.length);
        for (y, phases) in (SIDE * tiles.rows.start..).zip(rows) {
            // The first tiles begin above the plane.
            let Some(y) = y.checked_sub(1).filter(|y| *y < height) else { continue };
            let row = &plane[y * width..][..width];
            for first in 0..SIDE {
                // A zero is left of the row.
                let phase = &mut phases[(first + 1) % SIDE * self.length + (first + 1) / SIDE..];
                phase.iter_mut().zip(row.iter().skip(first).step_by(SIDE)).for_each(|(into, value)| *into = *value);
            }
        }
    }
}

/// Bᵀ d B for tiles of one channel: transforms what they see, and lays it out for the products.
pub struct Transform<'a, const SEEN: usize, const SIDE: usize> {
    pub tiles: &'a Tiles,
    pub pixels: &'a Pixels,
    /// Memory.
    pub parts: &'a mut Vec<f32>,
    /// `[(m + 2)², panels, channels, columns]`; the last panel has half the columns if they are enough.
    pub panels: &'a mut [f32],
    pub columns: usize,
    pub channel: usize,
    pub channels: usize,
}

impl<const SEEN: usize, const SIDE: usize> Vectorised for Transform<'_, SEEN, SIDE> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { tiles, pixels: Pixels { values, length }, parts, panels, columns, channel, channels } = self;
        let (across, length, every) = (tiles.across(), *length, tiles.count() + BEYOND);
        let part = panels.len() / (SEEN * SEEN);
        let padded = part / channels;
        assert!(
            values.len() >= SIDE * length * (SIDE * tiles.rows.len() + 2) && length > across + L::COUNT,
            "rows are missing"
        );
        assert!(
            padded <= every && columns.is_multiple_of(2 * L::COUNT) && channel < channels,
            "the panels don't fit the tiles"
        );
        assert!(padded.is_multiple_of(columns / 2), "the panels don't fit the tiles");
        parts.resize(SEEN * SEEN * every, 0.0);
        for row in 0..tiles.rows.len() {
            let lines = values[SIDE * SIDE * row * length..].as_ptr();
            for first in (0..across).step_by(L::COUNT) {
                // SAFETY: the lines are long enough for a register that begins at any tile, and there is room for one after
                // the last tile of a part; the rest is the caller's promise.
                #[allow(
                    clippy::needless_range_loop,
                    reason = "an iterator would take the values out of their registers"
                )]
                unsafe {
                    let mut made = [[L::splat(0.0); SEEN]; SEEN];
                    for x in 0..SEEN {
                        let mut column = [L::splat(0.0); SEEN];
                        let from = lines.add(x % SIDE * length + x / SIDE + first);
                        for y in 0..SEEN {
                            column[y] = L::load(from.add(y * SIDE * length));
                        }
                        made[x] = differences(column);
                    }
                    // What is written beyond a row of tiles is written anew by the next one.
                    let to = parts.as_mut_ptr().add(row * across + first);
                    for y in 0..SEEN {
                        let mut line = [L::splat(0.0); SEEN];
                        for x in 0..SEEN {
                            line[x] = made[x][y];
                        }
                        let line = differences(line);
                        for x in 0..SEEN {
                            line[x].store(to.add((SEEN * y + x) * every));
                        }
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

/// The results of tiles of one channel, `[m rows, m columns, tiles]`.
#[derive(Default)]
pub struct Results {
    values: Vec<f32>,
    line: Vec<f32>,
}

impl Results {
    /// A row of pixels of a row of tiles, the `y`th of m.
    pub fn line<const SIDE: usize>(&mut self, tiles: &Tiles, row: usize, y: usize) -> &[f32] {
        let (across, every) = (tiles.across(), tiles.count() + BEYOND);
        let columns: [&[f32]; SIDE] = from_fn(|x| &self.values[(SIDE * y + x) * every + row * across..][..across]);
        self.line.resize(SIDE * across, 0.0);
        for (tile, pixels) in self.line.as_chunks_mut::<SIDE>().0.iter_mut().enumerate() {
            *pixels = from_fn(|x| columns[x][tile]);
        }
        &self.line[..tiles.size[1]]
    }
}

/// Aᵀ m A: the results of tiles of one channel, from their products.
pub struct Inverse<'a, const SEEN: usize, const SIDE: usize> {
    /// The products: `count` for each of the (m + 2)² parts, which are so many values `apart`.
    pub products: &'a [f32],
    pub apart: usize,
    pub count: usize,
    pub results: &'a mut Results,
}

impl<const SEEN: usize, const SIDE: usize> Vectorised for Inverse<'_, SEEN, SIDE> {
    type Output = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { products, apart, count, results: Results { values, .. } } = self;
        let every = count + BEYOND;
        assert!(products.len() >= (SEEN * SEEN - 1) * apart + every, "products are missing");
        values.resize(SIDE * SIDE * every, 0.0);
        for first in (0..count).step_by(L::COUNT) {
            // SAFETY: there are so many products and room for so many results, and as many more as a register has; the rest
            // is the caller's promise.
            #[allow(clippy::needless_range_loop, reason = "an iterator would take the values out of their registers")]
            unsafe {
                let of = products.as_ptr().add(first);
                let mut made = [[L::splat(0.0); SIDE]; SEEN];
                for x in 0..SEEN {
                    let mut column = [L::splat(0.0); SEEN];
                    for y in 0..SEEN {
                        column[y] = L::load(of.add((SEEN * y + x) * apart));
                    }
                    made[x] = gathered(column);
                }
                let to = values.as_mut_ptr().add(first);
                for y in 0..SIDE {
                    let mut line = [L::splat(0.0); SEEN];
                    for x in 0..SEEN {
                        line[x] = made[x][y];
                    }
                    let line: [L; SIDE] = gathered(line);
                    for x in 0..SIDE {
                        line[x].store(to.add((SIDE * y + x) * every));
                    }
                }
            }
        }
    }
}
