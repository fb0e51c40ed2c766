//! A convolution and its vector-Jacobian product.

use std::sync::OnceLock;

use crate::columns::Columns;
use crate::epilogue::Epilogue;
use crate::extra::Extra;
use crate::fold::Fold;
use crate::geometry::{Direction, Geometry};
use crate::pass::Pass;
use crate::phases;
use crate::processor::Processor;
use crate::product::Left;
use crate::winograd::{self, Algorithm, Filters};
use crate::work::Work;

/// The largest number of channels that counts as too few to fill a tile's rows, as the picture's three are.
const FEW: usize = 4;

/// From how many pixels on an algorithm of Winograd's is taken, if transformed filters are kept and if they are made for
/// one use: they are 1.8 times as large as the weights for F(2×2, 3×3), and 4 times for F(4×4, 3×3). Where they are kept,
/// [`Geometry::suits_winograd`] says what is enough for F(2×2, 3×3).
const TWO_FOR_ONE_USE: usize = 128;
const FOUR: usize = 100;
const FOUR_FOR_ONE_USE: usize = 512;

/// A convolution's sizes and weights, and the processor that computes it.
#[derive(Clone, Copy, Debug)]
pub struct Convolution<'a> {
    /// The sizes of the convolution and of its input.
    pub geometry: Geometry,
    /// Weights `[C′, C / groups, k, k]`.
    pub weight: &'a [f32],
    /// Where the weights' other layouts are kept; if there is none, they are made anew each time.
    pub cache: Option<&'a CachedWeights>,
    /// The processor that computes it.
    pub processor: Processor,
}

/// The layouts that were made of a convolution's weights, kept for the next time.
#[derive(Debug, Default)]
pub struct CachedWeights {
    columns: OnceLock<Columns>,
    forward: OnceLock<Filters>,
    back: OnceLock<Filters>,
}

impl Convolution<'_> {
    /// x `[N, C, H, W]` to w ∗ x + bias with `extra`, `[N, C′, H′, W′]`; with `relu`, negative results become 0.
    ///
    /// # Panics
    /// If sizes don't fit each other, or a slice doesn't have its size.
    pub fn forward(&self, x: &[f32], bias: &[f32], extra: Extra<&[f32]>, relu: bool) -> Vec<f32> {
        let (geometry, processor) = (&self.geometry, self.processor);
        let Geometry { batch, inputs, outputs, groups, input, output, .. } = *geometry;
        let [of_input, of_output] = self.sizes();
        assert!(x.len() == of_input, "the input has {} values, and not {of_input}", x.len());
        assert!(bias.len() == outputs, "the bias has {} values, and not {outputs}", bias.len());
        require(extra, of_output);
        let channels = [inputs / groups, outputs / groups];
        let work = Work { planes: batch * groups, groups, channels, areas: [input, output].map(area) };
        let mut result = Vec::with_capacity(work.size());
        let epilogue = Epilogue { bias: Some(bias), extra, relu, factor: None };
        if let Some(algorithm) = self.winograd() {
            let cached = self.cache.map(|cache| &cache.forward);
            let make = || Filters::new(processor, algorithm, geometry, Direction::Forward, self.weight);
            let run = |filters: &Filters| winograd::run(processor, &work, input, x, filters, &epilogue, &mut result);
            with_cached(cached, |filters| filters.serve(processor, algorithm, geometry), make, run);
        } else {
            let pass = Pass::forward(geometry);
            assert!(pass.pixels() == work.areas[1], "a pass does not make all results");
            work.run(processor, &pass, x, Left::Rows(self.weight), &epilogue, &mut result);
        }
        // SAFETY: the pass's grid, or all tiles, make up the planes.
        unsafe { result.set_len(work.size()) };
        result
    }

    /// The vector-Jacobian product of w ∗ x, with `extra`, then times `factor`: a cotangent `[N, C′, H′, W′]` to
    /// `[N, C, H, W]`.
    ///
    /// # Panics
    /// As [`Convolution::forward`].
    pub fn back(&self, cotangent: &[f32], extra: Extra<&[f32]>, factor: Option<&[f32]>) -> Vec<f32> {
        let (geometry, processor) = (&self.geometry, self.processor);
        let Geometry { batch, inputs, outputs, groups, kernel, input, output, .. } = *geometry;
        let [of_input, of_output] = self.sizes();
        assert!(cotangent.len() == of_output, "the cotangent has {} values, and not {of_output}", cotangent.len());
        require(extra, of_input);
        let given = factor.map_or(of_input, <[f32]>::len);
        assert!(given == of_input, "the factor has {given} values, and not {of_input}");
        let channels = [outputs / groups, inputs / groups];
        let work = Work { planes: batch * groups, groups, channels, areas: [output, input].map(area) };
        let mut result = Vec::with_capacity(work.size());
        let epilogue = Epilogue { bias: None, extra, relu: false, factor };
        if let Some(algorithm) = self.winograd() {
            let cached = self.cache.map(|cache| &cache.back);
            let make = || Filters::new(processor, algorithm, geometry, Direction::Vjp, self.weight);
            let run =
                |filters: &Filters| winograd::run(processor, &work, input, cotangent, filters, &epilogue, &mut result);
            with_cached(cached, |filters| filters.serve(processor, algorithm, geometry), make, run);
        } else if kernel > 1 && channels[1] <= FEW {
            let places = inputs * kernel * kernel;
            let geometry_of_places =
                Geometry { inputs: places, kernel: 1, stride: 1, padding: 0, input: output, ..*geometry };
            self.with_columns(&geometry_of_places, |passes, columns| {
                for pass in passes {
                    let left = Left::Panels(columns.panels(pass));
                    Fold { geometry, work: &work, pass, left }.run(processor, cotangent, &epilogue, &mut result);
                }
            });
        } else {
            self.with_columns(geometry, |passes, columns| match passes {
                [pass] => {
                    let panels = Left::Panels(columns.panels(pass));
                    work.run(processor, pass, cotangent, panels, &epilogue, &mut result);
                }
                _ => {
                    let sums = phases::sums(processor, &work, passes, cotangent, columns);
                    phases::put_together(&work, input[1], &sums, &epilogue, &mut result);
                }
            });
        }
        // SAFETY: the passes' grids, all tiles or all rows make up the planes.
        unsafe { result.set_len(work.size()) };
        result
    }

    /// Runs `act` with the passes of a way back, and the weights laid out for them.
    fn with_columns(&self, geometry: &Geometry, act: impl FnOnce(&[Pass], &Columns)) {
        let passes: Vec<_> = Pass::back(geometry).collect();
        let pixels: usize = passes.iter().map(Pass::pixels).sum();
        assert!(pixels == area(geometry.input), "the passes do not make all results");
        // The layout may have been made for pictures so small that they lack a phase of the stride.
        let fits = |columns: &Columns| columns.serve(self.processor, geometry, &passes);
        let make = || Columns::pack(self.processor, geometry, self.weight, &passes);
        with_cached(self.cache.map(|cache| &cache.columns), fits, make, |columns| act(&passes, columns));
    }

    /// The algorithm of Winograd's that is the fastest way, if one is.
    fn winograd(&self) -> Option<Algorithm> {
        let pixels = area(self.geometry.output);
        let [two, four] = match self.cache {
            Some(_) => [0, FOUR],
            None => [TWO_FOR_ONE_USE, FOUR_FOR_ONE_USE],
        };
        match pixels {
            _ if !self.geometry.suits_winograd() || pixels < two => None,
            _ if pixels < four => Some(Algorithm::Two),
            _ => Some(Algorithm::Four),
        }
    }

    /// Number of values of all inputs and of all outputs.
    fn sizes(&self) -> [usize; 2] {
        let [of_input, of_output, weights] = self.geometry.sizes();
        assert!(self.weight.len() == weights, "there are {} weights, and not {weights}", self.weight.len());
        [of_input, of_output]
    }
}

fn require(extra: Extra<&[f32]>, size: usize) {
    let given = match extra {
        Extra::None => size,
        Extra::Addend(values) | Extra::Mask(values) => values.len(),
    };
    assert!(given == size, "the addend or mask has {given} values, and not {size}");
}

/// Runs `act` with the cached value if it fits, otherwise with one that is made for this call and dropped.
fn with_cached<T>(
    cached: Option<&OnceLock<T>>,
    fits: impl Fn(&T) -> bool,
    make: impl FnOnce() -> T,
    act: impl FnOnce(&T),
) {
    match cached.filter(|cached| cached.get().is_none_or(fits)) {
        Some(cached) => act(cached.get_or_init(make)),
        None => act(&make()),
    }
}

fn area([height, width]: [usize; 2]) -> usize {
    height * width
}
