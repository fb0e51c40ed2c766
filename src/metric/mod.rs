//! Metrics: how well a map agrees with the network that it explains, and with what is truly there.
//!
//! *Faithfulness* asks the network: [`Faithfulness`] shows it the picture while pixels enter or leave in the
//! map's [`Order`], under a [`Protocol`], and the areas under the [`Curves`] are the insertion and
//! deletion scores. [`randomised`] networks should get other maps ([`spearman`]), and [`conservation`]
//! follows relevance through the layers. *Localisation* asks a mask: [`mass`], [`rank`], [`pointing`], the
//! boxes around what stands out ([`Region`], [`fits`], [`accuracy`]), and the [`Outcome`] of an error analysis. [`parts`]
//! asks both: what the network loses when a part is taken away.
//! [`uniform`] and [`gaussian`] are what a map has to beat.

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

/// Whether a map's values can be measured: a metric of what is not finite is none.
///
/// # Errors
/// [`Error::Picture`], naming the place of the first value that is not finite.
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

/// Whether a map can be held against a mask.
///
/// # Errors
/// [`Error::Picture`] where the mask has another size, or as [`finite`].
fn comparable(map: &[f32], mask: &[u8]) -> Result<()> {
    if map.len() != mask.len() {
        let (map, mask) = (map.len(), mask.len());
        return Err(Error::Picture(say!(
            "mask-size",
            "the map has {map} values and the mask {mask}; as many were expected",
            map,
            mask
        )));
    }
    finite(map)
}

/// A value as sorting takes it, for which 0 and −0 are the same.
fn sortable(value: f32) -> f32 {
    value + 0.0
}
