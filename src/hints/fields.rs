//! Reads given facts from options and from a file's header, by their names in the JavaScript interface.

use serde_json::{Map, Value as Json};

use super::{HintName, Hints};
use crate::sentence::say;
use crate::words::{Value, Words};
use crate::{Error, Result};

impl Hints {
    /// Removes the given facts from some options, and reads them.
    ///
    /// # Errors
    /// [`Error::Options`], naming the option, its value and what was expected.
    pub fn take(given: &mut Map<String, Json>) -> Result<Self> {
        let mut hints = Self::default();
        for name in HintName::ALL {
            if let Some(json) = given.remove(name.key()) {
                hints.set(name, &json)?;
            }
        }
        Ok(hints)
    }

    /// Reads the facts in a weights file's header, whose values are texts: JSON, or a plain word.
    ///
    /// # Errors
    /// [`Error::Weights`], naming the entry, its value and what was expected.
    pub(crate) fn of_header<'a>(get: impl Fn(&str) -> Option<&'a String>) -> Result<Self> {
        let mut hints = Self::default();
        for name in HintName::ALL {
            if let Some(text) = get(name.key()) {
                let json = serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone()));
                hints.set(name, &json).map_err(|error| match error {
                    Error::Options(what) => Error::Weights(say!("of-header", "the header's {what}", what)),
                    other => other,
                })?;
            }
        }
        Ok(hints)
    }

    fn set(&mut self, name: HintName, json: &Json) -> Result<()> {
        let refusal = || name.setting().refusal(json);
        let word = || match name.setting().read(json)? {
            Value::Word(word) => Ok(word),
            _ => Err(refusal()),
        };
        let list = |fits: &dyn Fn(&[f64]) -> bool| numbers(json).filter(|values| fits(values)).ok_or_else(refusal);
        let stages = |values: &[f64]| {
            matches!(values.len(), 1..=5) && values.iter().all(|value| [1.0, 2.0, 4.0, 8.0].contains(value))
        };
        let wholes = |values: Vec<f64>| values.into_iter().map(|value| value as usize).collect();
        match name {
            HintName::Side => match name.setting().read(json)? {
                Value::Whole(side) => self.side = Some(side as usize),
                _ => return Err(refusal()),
            },
            HintName::Crop => match name.setting().read(json)? {
                Value::Number(crop) => self.crop = Some(crop),
                _ => return Err(refusal()),
            },
            HintName::NormEpsilon => match name.setting().read(json)? {
                Value::Number(epsilon) => self.norm_epsilon = Some(epsilon as f32),
                _ => return Err(refusal()),
            },
            HintName::Fit => self.fit = Some(Words::named(word()?)?),
            HintName::Interpolation => self.interpolation = Some(Words::named(word()?)?),
            HintName::Order => self.order = Some(Words::named(word()?)?),
            HintName::Output => self.output = Some(Words::named(word()?)?),
            HintName::StrideIn => self.stride_in = Some(Words::named(word()?)?),
            HintName::Mean => self.mean = Some(means(json).ok_or_else(refusal)?),
            HintName::Std => self.std = Some(deviations(json).ok_or_else(refusal)?),
            HintName::Strides => {
                let steps = |values: &[f64]| stages(values) && values.iter().all(|&value| value <= 2.0);
                self.strides = Some(wholes(list(&steps)?));
            }
            HintName::Dilations => self.dilations = Some(wholes(list(&stages)?)),
        }
        Ok(())
    }
}

/// A list of numbers; a single number is a list of one.
fn numbers(json: &Json) -> Option<Vec<f64>> {
    match json {
        Json::Array(values) => values.iter().map(Json::as_f64).collect(),
        other => other.as_f64().map(|value| vec![value]),
    }
}

/// One number or three, none below `least`, of magnitudes that f32 can hold and divide by.
fn channels(json: &Json, least: f64) -> Option<Vec<f32>> {
    let values = numbers(json)?;
    let fits = matches!(values.len(), 1 | 3) && values.iter().all(|value| value.abs() < 1e30 && *value >= least);
    fits.then(|| values.into_iter().map(|value| value as f32).collect())
}

/// The means of channels; none if the value is something else.
pub(super) fn means(json: &Json) -> Option<Vec<f32>> {
    channels(json, -1e30)
}

/// Standard deviations of channels, above 0; none if the value is something else.
pub(super) fn deviations(json: &Json) -> Option<Vec<f32>> {
    channels(json, 1e-30)
}
