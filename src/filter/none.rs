//! No filter.

use super::filtered::Filtered;
use crate::Result;
use crate::setting::Setting;
use crate::words::Value;

pub const MEANING: &str = "The map as it is.";

pub const OPTIONS: &[(Setting, Value)] = &[];

pub fn apply(map: &[f32], _: [usize; 2]) -> Result<Filtered> {
    Ok(Filtered::everywhere(map.to_vec()))
}
