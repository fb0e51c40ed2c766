//! What a filter makes of a map.

use crate::sentence::{Sentence, say};

/// A map after a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filtered {
    /// The map `[H, W]`, row by row.
    pub map: Vec<f32>,
    /// 1 where the reduced map was kept and 0 elsewhere, `[H, W]`, enlarged without smoothing.
    pub mask: Vec<u8>,
    /// Whether contour and component didn't overlap, so that the component alone was kept.
    pub fallback: bool,
}

impl Filtered {
    /// A map that is kept everywhere.
    pub(super) fn everywhere(map: Vec<f32>) -> Self {
        Self { mask: vec![1; map.len()], map, fallback: false }
    }
}

/// The message for a map that doesn't have the expected size.
pub(crate) fn map_size(width: usize, height: usize, found: usize) -> Sentence {
    say!("map-size", "a map of {width}×{height} was expected, but it has {found} values", width, height, found)
}
