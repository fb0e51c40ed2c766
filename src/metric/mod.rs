//! Metrics: how well a map agrees with a mask of what is truly there.

mod baseline;
mod mass;
mod pointing;

pub use baseline::{gaussian, uniform};
pub use mass::mass;
pub use pointing::pointing;
