//! Heat quantization (Otsuki et al., ECCV 2024): a map in a few levels.

use super::filtered::Filtered;
use crate::sentence::say;
use crate::setting::{Kind, Setting, Settings};
use crate::words::Value;
use crate::{Error, Result};

pub const MEANING: &str = "Each value is lowered to the nearest of equally spaced levels (Otsuki et al., ECCV 2024).";

pub const OPTIONS: &[(Setting, Value)] = &[(LEVELS, Value::Whole(8))];

const LEVELS: Setting = Setting::of(
    "levels",
    "How many levels there are from the map's minimum to its maximum.",
    Kind::Whole { least: 2, most: 256 },
);

pub fn read(settings: &Settings) -> Result<usize> {
    settings.whole(LEVELS)
}

/// Lowers each value to the nearest of `levels` equally spaced ones.
pub fn apply(map: &[f32], _: [usize; 2], levels: usize) -> Result<Filtered> {
    if !(2..=256).contains(&levels) {
        return Err(Error::Options(say!(
            "filter-levels",
            "the filter's levels are {levels}; 2 to 256 was expected",
            levels
        )));
    }
    let (least, most) = map
        .iter()
        .fold((f64::MAX, f64::MIN), |(least, most), &value| (least.min(value.into()), most.max(value.into())));
    let step = (most - least) / (levels - 1) as f64;
    if step == 0.0 {
        return Ok(Filtered::everywhere(map.to_vec()));
    }
    let lowered = |&value: &f32| (least + ((f64::from(value) - least) / step).floor() * step) as f32;
    Ok(Filtered::everywhere(map.iter().map(lowered).collect()))
}
