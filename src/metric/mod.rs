//! Metrics: how well a map agrees with the network that it explains, and with the ground truth.
//!
//! *Faithfulness* asks the network: [`Faithfulness`] shows it the picture while pixels are shown or hidden in the map's
//! [`Order`], under a [`Protocol`], and the areas under the [`Curves`] are the insertion and deletion scores.
//! [`randomised`] networks should get different maps ([`spearman`]), and [`conservation`] follows relevance through the
//! layers. *Localisation* compares with a mask: [`mass`], [`rank`], [`pointing`], boxes ([`Region`], [`fits`],
//! [`accuracy`]), and the [`Outcome`] of an error analysis. [`parts`] asks both: what the network loses when a part is
//! removed. [`uniform`] and [`gaussian`] are the baselines that a map has to beat.

mod baseline;
mod blur;
mod bounding_box;
mod boxes;
mod components;
mod conservation;
mod curve;
mod faithfulness;
mod mass;
mod order;
mod outcome;
pub mod parts;
mod pointing;
mod protocol;
mod randomisation;
mod rank;
mod region;

pub use baseline::{gaussian, uniform};
pub use bounding_box::BoundingBox;
pub use boxes::{Fits, LEVELS, OVERLAPS, Runs, accuracy, fits, right};
pub use conservation::conservation;
pub use curve::{Curve, Curves};
pub use faithfulness::{Faithfulness, Plan};
pub use mass::mass;
pub use order::{Order, Ties};
pub use outcome::{Bounds, Outcome, outcome};
pub use pointing::pointing;
pub use protocol::{Direction, Filling, Protocol};
pub use randomisation::{layers, randomised, spearman};
pub use rank::rank;
pub use region::{Region, overlap};

use crate::sentence::say;
use crate::{Error, Result};

/// Checks that all values of a map are finite; otherwise no metric can be computed.
///
/// # Errors
/// [`Error::Picture`], with the index of the first value that is not finite.
fn finite(map: &[f32]) -> Result<()> {
    match map.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(at) => Err(Error::Picture(say!(
            "map-infinite",
            "the map holds {value} at place {at}; every value has to be finite",
            value = map[at],
            at
        ))),
    }
}

/// Checks that a map can be compared with a mask.
///
/// # Errors
/// [`Error::Picture`] if the mask has another size, or as [`finite`].
fn comparable(map: &[f32], mask: &[u8]) -> Result<()> {
    if map.len() != mask.len() {
        let (map, mask) = (map.len(), mask.len());
        return Err(Error::Picture(say!(
            "mask-size",
            "the map has {map} values and the mask {mask}; the same number was expected",
            map,
            mask
        )));
    }
    finite(map)
}

/// A value for sorting, where 0 and −0 are the same.
fn sortable(value: f32) -> f32 {
    value + 0.0
}
