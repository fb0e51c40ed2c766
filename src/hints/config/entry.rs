//! One entry of a configuration, and the error for one that is not as expected.

use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json};

use crate::picture::SIDES;
use crate::sentence::{Sentence, say};
use crate::setting::number_from;
use crate::words::json_text;
use crate::{Error, Result};

/// The error for an entry that is something else than expected.
pub fn wrong(entry: &str, found: &Json, expected: Sentence) -> Error {
    Error::Weights(say!(
        "config-entry",
        "the configuration's {entry} is {found}; {expected} was expected",
        entry,
        found = json_text(found),
        expected
    ))
}

/// The words for "one of these".
pub fn one_of(choices: &[&str]) -> Sentence {
    say!("one-of", "{choices:or}", choices)
}

/// The words for an object.
pub fn an_object() -> Sentence {
    say!("object", "an object")
}

/// The number of an entry, if it is there; it must be within the bounds.
pub fn number(given: &Map<String, Json>, key: &str, bounds: RangeInclusive<f64>) -> Result<Option<f64>> {
    match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => match json.as_f64().filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(wrong(key, json, number_from(*bounds.start(), *bounds.end()))),
        },
    }
}

/// The bounds of a square's side, in pixels.
pub const SIDE: RangeInclusive<f64> = *SIDES.start() as f64..=*SIDES.end() as f64;

/// An entry of one number, or of three.
pub fn channels(given: &Map<String, Json>, key: &str, read: fn(&Json) -> Option<Vec<f32>>) -> Result<Option<Vec<f32>>> {
    match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => {
            read(json).map(Some).ok_or_else(|| wrong(key, json, say!("numbers-one-or-three", "one number or three")))
        }
    }
}
