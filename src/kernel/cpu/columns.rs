//! A convolution's weights as the way back takes them.

use super::pass::Pass;
use super::product::Processor;
use super::{Shared, for_each};
use crate::kernel::Geometry;

/// Weights laid out for the way back.
#[derive(Debug)]
pub struct Columns {
    groups: usize,
    /// Places of the kernel that take part in a pass, and its panels of rows for a tile, [groups, panels,
    /// channels, taps, rows].
    passes: Vec<(Vec<usize>, Vec<f32>)>,
}

impl Columns {
    pub fn pack(geometry: &Geometry, weights: &[f32], passes: &[Pass]) -> Self {
        let pack = match Processor::detect().rows {
            8 => pack::<8>,
            6 => pack::<6>,
            _ => pack::<4>,
        };
        let of = |pass: &Pass| {
            let taps: Vec<_> = pass.places().collect();
            let panels = pack(geometry, weights, &taps);
            (taps, panels)
        };
        Self { groups: geometry.groups, passes: passes.iter().map(of).collect() }
    }

    /// Whether these are of the same convolution.
    pub fn serve(&self, geometry: &Geometry, passes: &[Pass]) -> bool {
        self.groups == geometry.groups && passes.iter().all(|pass| self.of(pass).is_some())
    }

    pub fn of(&self, pass: &Pass) -> Option<&[f32]> {
        let found = self.passes.iter().find(|(taps, _)| pass.places().eq(taps.iter().copied()));
        found.map(|(_, panels)| panels.as_slice())
    }
}

fn pack<const TILE: usize>(geometry: &Geometry, weights: &[f32], taps: &[usize]) -> Vec<f32> {
    let Geometry { groups, kernel, .. } = *geometry;
    let ([channels, rows], places) = ([geometry.outputs / groups, geometry.inputs / groups], kernel * kernel);
    let panels = rows.div_ceil(TILE);
    let panel = channels * taps.len() * TILE;
    let mut packed = vec![0f32; groups * panels * panel];
    let whole = Shared(packed.as_mut_ptr());
    // A few channels at once, so that both sides are used line by line.
    let block = 16;
    let blocks = channels.div_ceil(block);
    for_each(groups * blocks, |unit| {
        let (group, first) = (unit / blocks, unit % blocks * block);
        for tile in 0..panels {
            for channel in first..channels.min(first + block) {
                let from = ((group * channels + channel) * rows + tile * TILE) * places;
                let values = &weights[from..][..TILE.min(rows - tile * TILE) * places];
                let to = (group * panels + tile) * panel + channel * taps.len() * TILE;
                // SAFETY: each channel of a group belongs to one unit.
                let into = unsafe { std::slice::from_raw_parts_mut(whole.at(to), taps.len() * TILE) };
                for (into, place) in into.as_chunks_mut::<TILE>().0.iter_mut().zip(taps) {
                    if let (1, Some(values)) = (places, values.first_chunk()) {
                        *into = *values;
                    } else {
                        let values = values[*place..].iter().step_by(places);
                        into.iter_mut().zip(values).for_each(|(into, value)| *into = *value);
                    }
                }
            }
        }
    });
    packed
}
