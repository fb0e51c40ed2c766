//! A convolution and its vector-Jacobian product.

use std::sync::OnceLock;

use crate::columns::Columns;
use crate::epilogue::Epilogue;
use crate::extra::Extra;
use crate::fold::fold;
use crate::geometry::{Direction, Geometry};
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::Left;
use crate::winograd::{self, Filters};
use crate::work::Work;

/// Channels that are too few to fill a tile's rows: the picture's.
const FEW: usize = 4;

/// A convolution's sizes and weights, and what computes it.
#[derive(Clone, Copy, Debug)]
pub struct Convolution<'a> {
    /// Its sizes, and those of what it is given.
    pub geometry: Geometry,
    /// `[C′, C / groups, k, k]`.
    pub weight: &'a [f32],
    /// Where what is laid out of the weights is kept, if it is.
    pub cache: Option<&'a CachedWeights>,
    /// What computes it.
    pub processor: Processor,
}

/// What is laid out of a convolution's weights, where it is kept.
#[derive(Debug, Default)]
pub struct CachedWeights {
    columns: OnceLock<Columns>,
    forward: OnceLock<Filters>,
    back: OnceLock<Filters>,
}

impl Convolution<'_> {
    /// x `[N, C, H, W]` to w ∗ x + bias with `extra`, `[N, C′, H′, W′]`; negative results become 0 where `relu` is set.
    ///
    /// # Panics
    /// Where sizes don't fit each other, or a slice is not of its size.
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
        if geometry.suits_winograd() {
            let cached = self.cache.map(|cache| &cache.forward);
            let make = || Filters::new(processor, geometry, Direction::Forward, self.weight);
            let run = |filters: &Filters| winograd::run(processor, &work, input, x, filters, &epilogue, &mut result);
            with_cached(cached, |filters| filters.serve(processor, geometry), make, run);
        } else {
            let pass = Pass::forward(geometry);
            assert!(pass.pixels() == work.areas[1], "a pass does not make all results");
            work.run(processor, &pass, x, Left::Rows(self.weight), &epilogue, &mut result);
        }
        // SAFETY: the pass's grid, or all tiles, make up the planes.
        unsafe { result.set_len(work.size()) };
        result
    }

    /// The vector-Jacobian product of the sum of products, with `extra`, times `factor`: a cotangent
    /// `[N, C′, H′, W′]` to `[N, C, H, W]`.
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
        if geometry.suits_winograd() {
            let cached = self.cache.map(|cache| &cache.back);
            let make = || Filters::new(processor, geometry, Direction::Vjp, self.weight);
            let run =
                |filters: &Filters| winograd::run(processor, &work, input, cotangent, filters, &epilogue, &mut result);
            with_cached(cached, |filters| filters.serve(processor, geometry), make, run);
        } else if kernel > 1 && channels[1] <= FEW {
            let places = inputs * kernel * kernel;
            let geometry_of_places =
                Geometry { inputs: places, kernel: 1, stride: 1, padding: 0, input: output, ..*geometry };
            let columns = Self { geometry: geometry_of_places, ..*self }.back(cotangent, Extra::None, None);
            fold(processor, geometry, &work, &columns, &epilogue, &mut result);
        } else {
            let passes: Vec<_> = Pass::back(geometry).collect();
            let pixels: usize = passes.iter().map(Pass::pixels).sum();
            assert!(pixels == work.areas[1], "the passes do not make all results");
            let cached = self.cache.map(|cache| &cache.columns);
            let run = |columns: &Columns| {
                for pass in &passes {
                    let panels = Left::Panels(columns.panels(pass));
                    work.run(processor, pass, cotangent, panels, &epilogue, &mut result);
                }
            };
            // What is kept may be of pictures so small that a phase of the stride was missing.
            let fits = |columns: &Columns| columns.serve(processor, geometry, &passes);
            with_cached(cached, fits, || Columns::pack(processor, geometry, self.weight, &passes), run);
        }
        // SAFETY: the passes' grids, all tiles or all rows make up the planes.
        unsafe { result.set_len(work.size()) };
        result
    }

    /// Values of all inputs and of all outputs.
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

/// Does something with what is kept and fits, or with what is made and forgotten.
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
