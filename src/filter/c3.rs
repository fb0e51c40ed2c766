//! C3, "contour and component choice" (Doublet, Otsuki, Iida, Sugiura, JSAI 2024, Equation 3): the map is reduced to
//! 28×28; C1 is the region inside the largest contour, C2 the largest connected component; the map is multiplied by
//! C1 ∧ C2 and expanded again. The paper doesn't say how to threshold or what "largest" means, so both are options.

use super::filtered::Filtered;
use super::region_options::{self, RegionOptions};
use super::regions::keep;
use crate::Result;
use crate::setting::Setting;
use crate::words::Value;

pub use super::region_options::read;

pub const MEANING: &str =
    "The map is kept where the largest contour and the largest component agree (Doublet et al., JSAI 2024).";

pub const OPTIONS: &[(Setting, Value)] = region_options::OPTIONS;

/// Keeps C1 ∧ C2; C2 alone where they don't overlap.
pub fn apply(map: &[f32], size: [usize; 2], options: RegionOptions) -> Result<Filtered> {
    keep(&options, map, size, |regions| {
        let component = regions.component();
        let contour = regions.contour();
        let both: Vec<_> = contour.iter().zip(&component).map(|(c1, c2)| *c1 && *c2).collect();
        let fallback = !both.contains(&true) && component.contains(&true);
        (if fallback { component } else { both }, fallback)
    })
}
