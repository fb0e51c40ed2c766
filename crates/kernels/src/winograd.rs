//! Convolutions of 3×3 and stride 1 with fewer products: F(m×m, 3×3) of Lavin and Gray, "Fast Algorithms for Convolutional
//! Neural Networks" (2016),
//!
//! Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//!
//! with g a filter, d the (m + 2)×(m + 2) that m×m results see, and ⊙ summed over the channels: (m + 2)² matrix products. For
//! four results of 36 products, m = 2 takes 16, and m = 4 takes 9. The vector-Jacobian product is one as well, of the turned
//! filters.

use std::array::from_fn;
use std::cell::RefCell;
use std::ops::Range;

use crate::epilogue::Epilogue;
use crate::geometry::{Direction, Geometry};
use crate::processor::Processor;
use crate::product::{Left, Panels, Product, Right};
use crate::threads::{Shared, for_each};
use crate::tiles::{BEYOND, Inverse, Pixels, Results, Tiles, Transform};
use crate::transforms::spread;
use crate::work::{Units, Work};

/// Number of channels whose filters are transformed before they are written.
const CHANNELS: usize = 4;

/// Approximate number of rows of results whose products are kept until they are transformed back; rounded to whole
/// tiles.
const ROWS: usize = 32;

/// One of the algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// F(2×2, 3×3), with 16 products for four results.
    Two,
    /// F(4×4, 3×3), with 36 products for 16 results.
    Four,
}

impl Algorithm {
    /// m, the side of a tile of results.
    fn side(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// Number of values of a transformed tile, and of a transformed filter: (m + 2)².
    fn parts(self) -> usize {
        (self.side() + 2).pow(2)
    }
}

/// Transformed filters G g Gᵀ.
#[derive(Debug)]
pub struct Filters {
    processor: Processor,
    algorithm: Algorithm,
    groups: usize,
    /// Number of channels that are summed over, in a group.
    channels: usize,
    /// Values `[groups, (m + 2)², panels, channels, rows]`; a panel has as many rows as a tile of the processor.
    values: Vec<f32>,
}

impl Filters {
    /// The transformed filters of weights `[C′, C / groups, 3, 3]`.
    pub fn new(
        processor: Processor,
        algorithm: Algorithm,
        geometry: &Geometry,
        direction: Direction,
        weights: &[f32],
    ) -> Self {
        let Geometry { inputs, outputs, groups, .. } = *geometry;
        let [inputs, outputs] = [inputs / groups, outputs / groups];
        let transform = match (algorithm, processor.rows()) {
            (Algorithm::Two, 8) => transform::<8, 4>,
            (Algorithm::Two, 6) => transform::<6, 4>,
            (Algorithm::Two, 4) => transform::<4, 4>,
            (Algorithm::Four, 8) => transform::<8, 6>,
            (Algorithm::Four, 6) => transform::<6, 6>,
            (Algorithm::Four, 4) => transform::<4, 6>,
            (_, other) => unreachable!("no processor has tiles of {other} rows"),
        };
        let (channels, rows) = match direction {
            Direction::Forward => (inputs, outputs),
            Direction::Vjp => (outputs, inputs),
        };
        let values = transform(direction, groups, [channels, rows], weights.as_chunks().0);
        Self { processor, algorithm, groups, channels, values }
    }

    /// Whether these are filters of this convolution's sizes, for the same processor.
    pub fn serve(&self, processor: Processor, algorithm: Algorithm, geometry: &Geometry) -> bool {
        self.processor == processor && self.algorithm == algorithm && self.groups == geometry.groups
    }

    /// The panels of one of the parts, for a group.
    fn panels(&self, group: usize, part: usize) -> Panels<'_> {
        let parts = self.algorithm.parts();
        let size = self.values.len() / self.groups / parts;
        let values = &self.values[(group * parts + part) * size..][..size];
        Panels::new(self.processor.rows(), self.channels, values)
    }
}

fn transform<const LANES: usize, const SEEN: usize>(
    direction: Direction,
    groups: usize,
    [channels, rows]: [usize; 2],
    filters: &[[f32; 9]],
) -> Vec<f32> {
    let panels = rows.div_ceil(LANES);
    let (parts, part) = (SEEN * SEEN, panels * channels * LANES);
    let mut values = Vec::<f32>::with_capacity(groups * parts * part);
    let whole = Shared::new(values.as_mut_ptr());
    for_each(groups * panels, |unit| {
        let (group, panel) = (unit / panels, unit % panels);
        let filters = &filters[group * channels * rows..][..channels * rows];
        // Missing rows repeat the last one.
        let row = |lane: usize| (panel * LANES + lane).min(rows - 1);
        // A few channels at a time, so that whole cache lines are written.
        let mut made = [[[[0f32; LANES]; CHANNELS]; SEEN]; SEEN];
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
                let columns: [[_; SEEN]; 3] = from_fn(|x| spread(from_fn(|y| filter[3 * y + x])));
                for (y, made) in made.iter_mut().enumerate() {
                    let line: [_; SEEN] = spread(columns.map(|column| column[y]));
                    made.iter_mut().zip(line).for_each(|(part, lanes)| part[at] = lanes);
                }
            }
            for (number, lanes) in made.as_flattened().iter().enumerate() {
                let to = (group * parts + number) * part + (panel * channels + first) * LANES;
                // SAFETY: each panel belongs to one unit, and all of them lie within the values.
                unsafe { whole.at(to).copy_from_nonoverlapping(lanes.as_flattened().as_ptr(), count * LANES) };
            }
        }
    });
    // SAFETY: the panels make up the values.
    unsafe { values.set_len(groups * parts * part) };
    values
}

/// Memory for a unit's matrices, kept between units: fresh memory costs more than writing to it.
#[derive(Default)]
struct Scratch {
    /// The pixels of one channel.
    pixels: Pixels,
    /// The transformed tiles of one channel.
    parts: Vec<f32>,
    /// The transformed tiles, `[(m + 2)², panels, channels, columns]`.
    seen: Vec<f32>,
    /// The products, [(m + 2)², rows, tiles].
    products: Vec<f32>,
    /// The results of one channel.
    results: Results,
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
    let whole = Shared::new(result.as_mut_ptr());
    assert!(result.capacity() >= work.size(), "the result has no room");
    match filters.algorithm {
        Algorithm::Two => run_units::<4, 2>(processor, work, size, source, filters, epilogue, whole),
        Algorithm::Four => run_units::<6, 4>(processor, work, size, source, filters, epilogue, whole),
    }
}

#[inline(always)]
fn run_units<const SEEN: usize, const SIDE: usize>(
    processor: Processor,
    work: &Work,
    size: [usize; 2],
    source: &[f32],
    filters: &Filters,
    epilogue: &Epilogue<'_>,
    whole: Shared<f32>,
) {
    let ([channels, rows], area) = (work.channels, size[0] * size[1]);
    let [down, across] = size.map(|side| side.div_ceil(SIDE));
    // Runs of whole rows of tiles.
    let units = Units::new(work.planes, [down * across, across], rows, SEEN * SEEN * channels, processor);
    for_each(units.count(), |unit| {
        let (plane, tiles, of_unit) = units.get(unit);
        let tiles = Tiles { size, side: SIDE, rows: tiles.start / across..tiles.end / across };
        let epilogue = work.epilogue(epilogue, plane);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.transform::<SEEN, SIDE>(&source[plane * channels * area..][..channels * area], &tiles, processor);
            let step = processor.step(ROWS);
            for first in of_unit.clone().step_by(step) {
                let rows_of = first..of_unit.end.min(first + step);
                scratch.multiply(&tiles, filters, plane % work.groups, rows_of.clone(), processor);
                // SAFETY: no two units share a result, and all of a plane's lie within it.
                unsafe {
                    scratch.write::<SEEN, SIDE>(&tiles, rows_of, &epilogue, processor, whole.at(plane * rows * area))
                };
            }
        });
    });
}

impl Scratch {
    /// Bᵀ d B for all channels of a picture, laid out for the products.
    fn transform<const SEEN: usize, const SIDE: usize>(
        &mut self,
        picture: &[f32],
        tiles: &Tiles,
        processor: Processor,
    ) {
        let Self { pixels, parts, seen, .. } = self;
        let (area, columns) = (tiles.size[0] * tiles.size[1], processor.columns());
        let channels = picture.len() / area;
        seen.resize(SEEN * SEEN * tiles.count().next_multiple_of(columns / 2) * channels, 0.0);
        pixels.clear(tiles);
        for (channel, plane) in picture.chunks_exact(area).enumerate() {
            pixels.take::<SIDE>(tiles, plane);
            processor.run(Transform::<SEEN, SIDE> { tiles, pixels, parts, panels: seen, columns, channel, channels });
        }
    }

    /// The products of some rows' filters with the transformed tiles.
    fn multiply(&mut self, tiles: &Tiles, filters: &Filters, group: usize, rows: Range<usize>, processor: Processor) {
        let parts = filters.algorithm.parts();
        let (count, seen) = (tiles.count(), self.seen.len() / parts);
        let depth = seen / count.next_multiple_of(processor.columns() / 2);
        self.products.resize(parts * ROWS * count + BEYOND, 0.0);
        for (part, products) in self.products.chunks_exact_mut(ROWS * count).take(parts).enumerate() {
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
    unsafe fn write<const SEEN: usize, const SIDE: usize>(
        &mut self,
        tiles: &Tiles,
        rows: Range<usize>,
        epilogue: &Epilogue<'_>,
        processor: Processor,
        into: *mut f32,
    ) {
        let ([height, width], count) = (tiles.size, tiles.count());
        for (at, row) in rows.enumerate() {
            let (products, apart, results) = (&self.products[at * count..], ROWS * count, &mut self.results);
            processor.run(Inverse::<SEEN, SIDE> { products, apart, count, results });
            for (number, tile) in tiles.rows.clone().enumerate() {
                for y in 0..SIDE.min(height - SIDE * tile) {
                    let line = self.results.line::<SIDE>(tiles, number, y);
                    // SAFETY: the caller's promise.
                    unsafe { epilogue.write(row, (row * height + SIDE * tile + y) * width, line, into) };
                }
            }
        }
    }
}
