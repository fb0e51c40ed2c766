//! C1C: the map on its largest component, C2 of C3's Equation 3, alone.

use super::filtered::Filtered;
use super::region_options::{self, RegionOptions};
use super::regions::keep;
use crate::Result;
use crate::setting::Setting;
use crate::words::Value;

pub use super::region_options::read;

pub const MEANING: &str = "The map is kept on its largest component.";

/// Those about components.
pub const OPTIONS: &[(Setting, Value)] = region_options::OPTIONS.split_at(4).0;

/// Keeps the largest component.
pub fn apply(map: &[f32], size: [usize; 2], options: RegionOptions) -> Result<Filtered> {
    keep(&options, map, size, |regions| (regions.component(), false))
}
