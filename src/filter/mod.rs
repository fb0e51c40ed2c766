//! Filters: what is kept of a map after the attribution. C3 and C1C keep a region, heat quantization reduces the map to
//! a few levels.
//!
//! Each filter has a file of its own, and its line in `table.rs`.

mod c1c;
mod c3;
mod filtered;
mod heat_quantization;
mod none;
mod region_options;
mod regions;
pub(crate) mod table;

pub use filtered::Filtered;
pub(crate) use filtered::map_size;
pub use region_options::{Largest, RegionOptions, Threshold, ThresholdName};
pub use table::Filter;
