//! A convolution's weights, laid out for its vector-Jacobian product.

use std::array::from_fn;

use crate::geometry::Geometry;
use crate::pass::Pass;
use crate::processor::Processor;
use crate::product::Panels;
use crate::threads::{Shared, for_each};

/// Weights laid out for the vector-Jacobian product, for one processor.
#[derive(Debug)]
pub struct Columns {
    processor: Processor,
    groups: usize,
    /// Channels of the cotangent in each group.
    channels: usize,
    /// For each pass: the kernel's taps that take part in it, and its weights in panels of as many rows as a tile has,
    /// `[groups, panels, channels, taps, rows]`.
    passes: Vec<(Vec<usize>, Vec<f32>)>,
}

impl Columns {
    pub fn pack(processor: Processor, geometry: &Geometry, weights: &[f32], passes: &[Pass]) -> Self {
        let pack = match processor.rows() {
            8 => pack::<8>,
            6 => pack::<6>,
            4 => pack::<4>,
            other => unreachable!("no processor has tiles of {other} rows"),
        };
        let of = |pass: &Pass| {
            let taps: Vec<_> = pass.places().collect();
            let panels = pack(geometry, weights, &taps);
            (taps, panels)
        };
        let Geometry { groups, outputs, .. } = *geometry;
        Self { processor, groups, channels: outputs / groups, passes: passes.iter().map(of).collect() }
    }

    /// Whether these are laid out from this convolution's sizes, for the same processor, and cover all of these passes.
    pub fn serve(&self, processor: Processor, geometry: &Geometry, passes: &[Pass]) -> bool {
        let same = self.processor == processor && self.groups == geometry.groups;
        same && passes.iter().all(|pass| self.find(pass).is_some())
    }

    fn find(&self, pass: &Pass) -> Option<&[f32]> {
        let found = self.passes.iter().find(|(taps, _)| pass.places().eq(taps.iter().copied()));
        found.map(|(_, panels)| panels.as_slice())
    }

    /// The panels of a pass, group after group.
    ///
    /// # Panics
    /// If they were not laid out.
    pub fn panels(&self, pass: &Pass) -> Panels<'_> {
        let found = self.find(pass);
        assert!(found.is_some(), "the weights of a pass are not laid out");
        Panels::new(self.processor.rows(), self.channels * pass.places().len(), found.unwrap_or_default())
    }
}

fn pack<const TILE: usize>(geometry: &Geometry, weights: &[f32], taps: &[usize]) -> Vec<f32> {
    let Geometry { groups, kernel, .. } = *geometry;
    let ([channels, rows], places) = ([geometry.outputs / groups, geometry.inputs / groups], kernel * kernel);
    let panels = rows.div_ceil(TILE);
    let panel = channels * taps.len() * TILE;
    let mut packed = Vec::<f32>::with_capacity(groups * panels * panel);
    let whole = Shared::new(packed.as_mut_ptr());
    // A few channels at a time, so that both sides use whole cache lines.
    let block = 16;
    let blocks = channels.div_ceil(block);
    for_each(groups * blocks, |unit| {
        let (group, first) = (unit / blocks, unit % blocks * block);
        for tile in 0..panels {
            for channel in first..channels.min(first + block) {
                let from = ((group * channels + channel) * rows + tile * TILE) * places;
                let values = &weights[from..][..TILE.min(rows - tile * TILE) * places];
                let to = (group * panels + tile) * panel + channel * taps.len() * TILE;
                for (at, place) in taps.iter().enumerate() {
                    let lanes: [f32; TILE] = match (places, values.first_chunk()) {
                        (1, Some(values)) => *values,
                        // Missing rows are filled with zeros.
                        _ => from_fn(|lane| values.get(lane * places + place).copied().unwrap_or(0.0)),
                    };
                    // SAFETY: each channel of a group belongs to one unit, and all of them lie within the panels.
                    unsafe { whole.at(to + at * TILE).cast::<[f32; TILE]>().write_unaligned(lanes) };
                }
            }
        }
    });
    // SAFETY: the groups' channels make up the panels.
    unsafe { packed.set_len(groups * panels * panel) };
    packed
}
