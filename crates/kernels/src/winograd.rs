//! Convolutions of 3×3 and stride 1 with 16 products in place of 36 for each 2×2 of results: F(2×2, 3×3) of
//! Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016),
//!
//! Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//!
//! with g a filter, d the 4×4 that the results see, and ⊙ summed over the channels: 16 matrix products.
//! The vector-Jacobian product is one as well, of the turned filters.

use std::array::from_fn;
use std::cell::RefCell;
use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::geometry::{Direction, Geometry};
use crate::processor::Processor;
use crate::product::{Left, Panels, Product, Right};
use crate::threads::{Shared, for_each};
use crate::work::{Units, Work};

/// Number of values of a transformed filter, or of a transformed 4×4 tile.
const PARTS: usize = 16;

/// Number of channels whose filters are transformed before they are written.
const CHANNELS: usize = 4;

/// Approximate number of rows of results whose products are kept until they are transformed back; rounded to whole
/// tiles.
const ROWS: usize = 32;

/// Transformed filters G g Gᵀ.
#[derive(Debug)]
pub struct Filters {
    processor: Processor,
    groups: usize,
    /// Number of channels that are summed over, in a group.
    channels: usize,
    /// Values `[groups, 16, panels, channels, rows]`; a panel has as many rows as a tile of the processor.
    values: Vec<f32>,
}

impl Filters {
    /// The transformed filters of weights `[C′, C / groups, 3, 3]`.
    pub fn new(processor: Processor, geometry: &Geometry, direction: Direction, weights: &[f32]) -> Self {
        let Geometry { inputs, outputs, groups, .. } = *geometry;
        let [inputs, outputs] = [inputs / groups, outputs / groups];
        let transform = match processor.rows() {
            8 => transform::<8>,
            6 => transform::<6>,
            4 => transform::<4>,
            other => unreachable!("no processor has tiles of {other} rows"),
        };
        let (channels, rows) = match direction {
            Direction::Forward => (inputs, outputs),
            Direction::Vjp => (outputs, inputs),
        };
        let values = transform(direction, groups, [channels, rows], weights.as_chunks().0);
        Self { processor, groups, channels, values }
    }

    /// Whether these are filters of this convolution's sizes, for the same processor.
    pub fn serve(&self, processor: Processor, geometry: &Geometry) -> bool {
        self.processor == processor && self.groups == geometry.groups
    }

    /// The panels of one of the 16 parts, for a group.
    fn panels(&self, group: usize, part: usize) -> Panels<'_> {
        let size = self.values.len() / self.groups / PARTS;
        let values = &self.values[(group * PARTS + part) * size..][..size];
        Panels::new(self.processor.rows(), self.channels, values)
    }
}

fn transform<const LANES: usize>(
    direction: Direction,
    groups: usize,
    [channels, rows]: [usize; 2],
    filters: &[[f32; 9]],
) -> Vec<f32> {
    let panels = rows.div_ceil(LANES);
    let part = panels * channels * LANES;
    let mut values = Vec::<f32>::with_capacity(groups * PARTS * part);
    let whole = Shared::new(values.as_mut_ptr());
    for_each(groups * panels, |unit| {
        let (group, panel) = (unit / panels, unit % panels);
        let filters = &filters[group * channels * rows..][..channels * rows];
        // Missing rows repeat the last one.
        let row = |lane: usize| (panel * LANES + lane).min(rows - 1);
        // A few channels at a time, so that whole cache lines are written.
        let mut parts = [[[0f32; LANES]; CHANNELS]; PARTS];
        for first in (0..channels).step_by(CHANNELS) {
            let count = CHANNELS.min(channels - first);
            for at in 0..count {
                let channel = first + at;
                let lanes: [[f32; 9]; LANES] = from_fn(|lane| match direction {
                    Direction::Forward => filters[row(lane) * channels + channel],
                    Direction::Vjp => filters[channel * rows + row(lane)],
                });
                let filter: [[f32; LANES]; 9] = from_fn(|place| match direction {
                    Direction::Forward => lanes.map(|filter| filter[place]),
                    // Turned by 180 degrees.
                    Direction::Vjp => lanes.map(|filter| filter[8 - place]),
                });
                let [left, middle, right] = from_fn(|x| spread(from_fn(|y| filter[3 * y + x])));
                let made = (0..4).flat_map(|y| spread([left[y], middle[y], right[y]]));
                parts.iter_mut().zip(made).for_each(|(part, lanes)| part[at] = lanes);
            }
            for (number, lanes) in parts.iter().enumerate() {
                let to = (group * PARTS + number) * part + (panel * channels + first) * LANES;
                // SAFETY: each panel belongs to one unit, and all of them lie within the values.
                unsafe { whole.at(to).copy_from_nonoverlapping(lanes.as_flattened().as_ptr(), count * LANES) };
            }
        }
    });
    // SAFETY: the panels make up the values.
    unsafe { values.set_len(groups * PARTS * part) };
    values
}

/// G g, for each lane.
#[inline(always)]
fn spread<const LANES: usize>([a, b, c]: [[f32; LANES]; 3]) -> [[f32; LANES]; 4] {
    let half = |sign: f32| from_fn(|lane| 0.5 * (a[lane] + sign * b[lane] + c[lane]));
    [a, half(1.0), half(-1.0), c]
}

/// Bᵀ d.
#[inline(always)]
fn differences([a, b, c, d]: [f32; 4]) -> [f32; 4] {
    [a - c, b + c, c - b, b - d]
}

/// Aᵀ m.
#[inline(always)]
fn gathered([a, b, c, d]: [f32; 4]) -> [f32; 2] {
    [a + b + c, b - c - d]
}

/// Rows of tiles of 2×2 results in planes of `size`, [height, width].
#[derive(Clone)]
struct Tiles {
    size: [usize; 2],
    rows: Range<usize>,
}

impl Tiles {
    /// Number of tiles in a row.
    fn across(&self) -> usize {
        self.size[1].div_ceil(2)
    }

    fn count(&self) -> usize {
        self.rows.len() * self.across()
    }
}

/// Memory for a unit's matrices, kept between units: fresh memory costs more than writing to it.
#[derive(Default)]
struct Scratch {
    /// The transformed tiles, `[16, panels, channels, columns]`.
    seen: Vec<f32>,
    /// The transformed tiles of one channel, `[16, tiles]`.
    channel: Vec<f32>,
    /// The products, [16, rows, tiles].
    products: Vec<f32>,
    /// Rows of pixels while they are transformed.
    lines: Vec<f32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Writes all results; `result` must have room for them. Planes are of `size`, `[height, width]`.
pub fn run(
    processor: Processor,
    work: &Work,
    size: [usize; 2],
    source: &[f32],
    filters: &Filters,
    epilogue: &Epilogue<'_>,
    result: &mut Vec<f32>,
) {
    let ([channels, rows], area) = (work.channels, size[0] * size[1]);
    let whole = Shared::new(result.as_mut_ptr());
    assert!(result.capacity() >= work.size(), "the result has no room");
    let [down, across] = size.map(|side| side.div_ceil(2));
    // Runs of whole rows of tiles.
    let units = Units::new(work.planes, [down * across, across], rows, PARTS * channels, processor);
    for_each(units.count(), |unit| {
        let (plane, tiles, of_unit) = units.get(unit);
        let tiles = Tiles { size, rows: tiles.start / across..tiles.end / across };
        let epilogue = work.epilogue(epilogue, plane);
        SCRATCH.with_borrow_mut(|scratch| {
            processor.using(|| {
                scratch.transform_input(&source[plane * channels * area..][..channels * area], &tiles, processor);
                let step = processor.step(ROWS);
                for first in of_unit.clone().step_by(step) {
                    let rows_of = first..of_unit.end.min(first + step);
                    scratch.multiply(filters, plane % work.groups, rows_of.clone(), processor);
                    // SAFETY: no two units share a result, and all of a plane's lie within it.
                    unsafe { scratch.write(&tiles, rows_of, &epilogue, whole.at(plane * rows * area)) };
                }
            });
        });
    });
}

impl Scratch {
    /// Bᵀ d B for all channels of a picture, laid out for the products.
    #[inline(always)]
    fn transform_input(&mut self, picture: &[f32], tiles: &Tiles, processor: Processor) {
        let (area, count, columns) = (tiles.size[0] * tiles.size[1], tiles.count(), processor.columns());
        let channels = picture.len() / area;
        let part = count.next_multiple_of(columns / 2) * channels;
        self.seen.resize(PARTS * part, 0.0);
        self.channel.resize(PARTS * count, 0.0);
        for (number, plane) in picture.chunks_exact(area).enumerate() {
            transform_input(plane, tiles, &mut self.lines, &mut self.channel);
            for (values, into) in self.channel.chunks_exact(count).zip(self.seen.chunks_exact_mut(part)) {
                for (values, into) in values.chunks(columns).zip(into.chunks_mut(columns * channels)) {
                    let columns = into.len() / channels;
                    copy(values, &mut into[number * columns..][..columns]);
                }
            }
        }
    }

    /// The products of some rows' filters with the transformed tiles.
    #[inline(always)]
    fn multiply(&mut self, filters: &Filters, group: usize, rows: Range<usize>, processor: Processor) {
        let (count, seen) = (self.channel.len() / PARTS, self.seen.len() / PARTS);
        let depth = seen / count.next_multiple_of(processor.columns() / 2);
        self.products.resize(PARTS * ROWS * count, 0.0);
        for (part, products) in self.products.chunks_exact_mut(ROWS * count).enumerate() {
            let product = Product {
                depth,
                rows: 0..rows.len(),
                left: Left::Panels(filters.panels(group, part).starting_at(rows.start)),
                right: Right::Panels(&self.seen[part * seen..][..seen]),
                columns: 0..count,
                epilogue: Epilogue::NONE,
                plane: count,
            };
            // SAFETY: there is room for as many rows.
            unsafe { product.run(processor, products.as_mut_ptr()) };
        }
    }

    /// Writes the rows' results, computed from their products, to planes that begin at `into`.
    ///
    /// # Safety
    /// The tiles' results must be writable in the rows' planes, and nobody else may use them.
    #[inline(always)]
    unsafe fn write(&mut self, tiles: &Tiles, rows: Range<usize>, epilogue: &Epilogue<'_>, into: *mut f32) {
        let (count, area) = (tiles.count(), tiles.size[0] * tiles.size[1]);
        for (at, row) in rows.enumerate() {
            let parts = from_fn(|part| &self.products[(part * ROWS + at) * count..][..count]);
            transform_output(parts, tiles, &mut self.lines, |place, values| {
                // SAFETY: the caller's promise.
                unsafe { epilogue.write(row, row * area + place, values, into) };
            });
        }
    }
}

/// Bᵀ d B for rows of tiles of one channel, `[16, tiles]`.
#[inline(always)]
fn transform_input(picture: &[f32], tiles: &Tiles, lines: &mut Vec<f32>, into: &mut [f32]) {
    let ([height, width], across) = (tiles.size, tiles.across());
    let (count, length) = (tiles.count(), 2 * across + 2);
    // There are zeros around the picture; the last line consists of them.
    lines.clear();
    lines.resize(5 * length, 0.0);
    let (lines, zeros) = lines.split_at_mut(4 * length);
    for (number, tile) in tiles.rows.clone().enumerate() {
        let of: [&[f32]; 4] = from_fn(|at| match (2 * tile + at).checked_sub(1) {
            Some(row) if row < height => &picture[row * width..][..width],
            _ => &zeros[..width],
        });
        each(of, four(lines, length, 1..width + 1), differences);
        for (line, into) in lines.chunks_exact(length).zip(into.chunks_exact_mut(4 * count)) {
            let range = number * across..(number + 1) * across;
            let [first, second, third, fourth] = four(into, count, range);
            // From one tile to the next are two pixels.
            let pairs = &line.as_chunks::<2>().0[..=across];
            for at in (0..across / QUAD).map(|chunk| chunk * QUAD) {
                let [even, odd]: [[f32; QUAD + 1]; 2] = from_fn(|side| from_fn(|lane| pairs[at + lane][side]));
                let of = [first_of(&even), first_of(&odd), last_of(&even), last_of(&odd)];
                let made = side_by_side(of, differences);
                first[at..at + QUAD].copy_from_slice(&made[0]);
                second[at..at + QUAD].copy_from_slice(&made[1]);
                third[at..at + QUAD].copy_from_slice(&made[2]);
                fourth[at..at + QUAD].copy_from_slice(&made[3]);
            }
            for x in across / QUAD * QUAD..across {
                let ([a, b], [c, d]) = (pairs[x], pairs[x + 1]);
                [first[x], second[x], third[x], fourth[x]] = differences([a, b, c, d]);
            }
        }
    }
}

/// Aᵀ m A of the products, one row of pixels after another, each with the index of its first pixel.
#[inline(always)]
fn transform_output(parts: [&[f32]; PARTS], tiles: &Tiles, lines: &mut Vec<f32>, mut take: impl FnMut(usize, &[f32])) {
    let ([height, width], across) = (tiles.size, tiles.across());
    lines.resize(8 * across, 0.0);
    let (lines, apart) = lines.split_at_mut(4 * across);
    for (number, tile) in tiles.rows.clone().enumerate() {
        let parts: [&[f32]; PARTS] = from_fn(|part| &parts[part][number * across..][..across]);
        each(parts, four(apart, across, 0..across), |parts: [f32; PARTS]| {
            let columns: [[f32; 2]; 4] = from_fn(|x| gathered(from_fn(|y| parts[4 * y + x])));
            let [[a, b], [c, d]] = from_fn(|y| gathered(from_fn(|x| columns[x][y])));
            [a, b, c, d]
        });
        for (row, (line, apart)) in lines.chunks_exact_mut(2 * across).zip(apart.chunks_exact(2 * across)).enumerate() {
            let (even, odd) = apart.split_at(across);
            for ((pair, even), odd) in line.as_chunks_mut::<2>().0.iter_mut().zip(even).zip(odd) {
                *pair = [*even, *odd];
            }
            if 2 * tile + row < height {
                take((2 * tile + row) * width, &line[..width]);
            }
        }
    }
}

/// Number of floats computed side by side: as many as the smallest kind of register holds.
const QUAD: usize = 4;

/// The same range of each of four rows of `length` values.
#[inline(always)]
fn four(rows: &mut [f32], length: usize, range: Range<usize>) -> [&mut [f32]; 4] {
    let (upper, lower) = rows.split_at_mut(2 * length);
    let ((a, b), (c, d)) = (upper.split_at_mut(length), lower.split_at_mut(length));
    [a, b, c, d].map(|row| &mut row[range.clone()])
}

/// Copies values to the beginning of a panel's row of a multiple of [`QUAD`]. A call of `memcpy` for each few of them takes
/// longer.
#[inline(always)]
fn copy(values: &[f32], into: &mut [f32]) {
    let ((quads, rest), (into, _)) = (values.as_chunks::<QUAD>(), into.as_chunks_mut::<QUAD>());
    into.iter_mut().zip(quads).for_each(|(into, quad)| *into = *quad);
    if let Some(last) = into.get_mut(quads.len()) {
        last.iter_mut().zip(rest).for_each(|(into, value)| *into = *value);
    }
}

/// Applies `make` to the values at each index.
#[inline(always)]
fn each<const N: usize>(of: [&[f32]; N], into: [&mut [f32]; 4], make: impl Fn([f32; N]) -> [f32; 4]) {
    let [first, second, third, fourth] = into;
    let count = first.len();
    let of = of.map(|values| &values[..count]);
    for at in (0..count / QUAD).map(|chunk| chunk * QUAD) {
        let of = of.map(|values| first_of(&values[at..]));
        let made = side_by_side(of, &make);
        first[at..at + QUAD].copy_from_slice(&made[0]);
        second[at..at + QUAD].copy_from_slice(&made[1]);
        third[at..at + QUAD].copy_from_slice(&made[2]);
        fourth[at..at + QUAD].copy_from_slice(&made[3]);
    }
    for x in count / QUAD * QUAD..count {
        [first[x], second[x], third[x], fourth[x]] = make(of.map(|values| values[x]));
    }
}

/// Transforms several places at once, so that the compiler uses vector registers.
#[inline(always)]
fn side_by_side<const N: usize>(of: [[f32; QUAD]; N], make: impl Fn([f32; N]) -> [f32; 4]) -> [[f32; QUAD]; 4] {
    let made: [[f32; 4]; QUAD] = from_fn(|lane| make(of.map(|values| values[lane])));
    from_fn(|part| from_fn(|lane| made[lane][part]))
}

#[inline(always)]
fn first_of(values: &[f32]) -> [f32; QUAD] {
    from_fn(|lane| values[lane])
}

#[inline(always)]
fn last_of(values: &[f32]) -> [f32; QUAD] {
    first_of(&values[values.len() - QUAD..])
}
