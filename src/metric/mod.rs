//! Metrics: how well a map agrees with the network that it explains, and with what is truly there.
//!
//! *Faithfulness* asks the network: [`Faithfulness`] shows it the picture while pixels enter or leave in the
//! map's [`Order`], under a [`Protocol`], and the areas under the [`Curves`] are the insertion and
//! deletion scores. [`randomised`] networks should get other maps ([`spearman`]), and [`conservation`]
//! follows relevance through the layers. *Localisation* asks a mask: [`mass`], [`rank`], [`pointing`], and
//! the [`Outcome`] of an error analysis. [`uniform`] and [`gaussian`] are what a map has to beat.

mod baseline;
mod blur;
mod conservation;
mod curve;
mod faithfulness;
mod mass;
mod order;
mod outcome;
mod pointing;
mod protocol;
mod randomisation;
mod rank;

pub use baseline::{gaussian, uniform};
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
