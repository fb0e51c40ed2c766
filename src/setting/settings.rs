//! The options of a method, a filter or a call, each with its value.

use serde_json::Value as Json;

use super::{Setting, unfit};
use crate::sentence::say;
use crate::staged::Staged;
use crate::words::{Value, Words, json_text};
use crate::{Error, Result};

/// What some options belong to, for messages.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    /// A method.
    Method(&'static str),
    /// A filter.
    Filter(&'static str),
    /// A call.
    Call(&'static str),
}

/// Options with their values, which may differ from stage to stage.
#[derive(Clone, Debug)]
pub struct Settings {
    of: Owner,
    values: Vec<(Setting, Staged<Value>)>,
    /// The stage whose values the getters return.
    stage: usize,
}

impl Settings {
    /// All options with their defaults.
    pub fn new(of: Owner, defaults: impl IntoIterator<Item = (impl Into<Setting>, Value)>) -> Self {
        let values = defaults.into_iter().map(|(name, value)| (name.into(), Staged::all(value))).collect();
        Self { of, values, stage: 0 }
    }

    /// The same options for another stage, counted from 0.
    pub fn at(&self, stage: usize) -> Self {
        Self { stage, ..self.clone() }
    }

    /// Sets an option to the value that JSON gives.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such option, or the value is not possible.
    pub fn set(&mut self, key: &str, json: &Json) -> Result<()> {
        match self.values.iter_mut().find(|(setting, _)| setting.key == key) {
            Some((setting, value)) => {
                *value = staged(setting, json)?;
                Ok(())
            }
            None => Err(self.unknown(key)),
        }
    }

    fn unknown(&self, key: &str) -> Error {
        let names: Vec<_> = self.values.iter().map(|(setting, _)| setting.key).collect();
        let option = key;
        Error::Options(match self.of {
            Owner::Method(method) if names.is_empty() => {
                say!("method-optionless", "the method {method} has no option {option}; it takes none", method, option)
            }
            Owner::Method(method) => say!(
                "method-option",
                "the method {method} has no option {option}; it takes {names}",
                method,
                option,
                names
            ),
            Owner::Filter(filter) if names.is_empty() => {
                say!("filter-optionless", "the filter {filter} has no option {option}; it takes none", filter, option)
            }
            Owner::Filter(filter) => say!(
                "filter-option",
                "the filter {filter} has no option {option}; it takes {names}",
                filter,
                option,
                names
            ),
            Owner::Call(call) => {
                say!("call-option", "{call} has no option {option}; it takes {names}", call, option, names)
            }
        })
    }

    /// Whether these options include one.
    pub fn has(&self, setting: impl Into<Setting>) -> bool {
        let key = setting.into().key;
        self.values.iter().any(|(known, _)| known.key == key)
    }

    fn get(&self, setting: &Setting) -> Result<Value> {
        let found = self.values.iter().find(|(known, _)| known.key == setting.key);
        found.map(|(_, value)| *value.at(self.stage)).ok_or_else(|| self.unknown(setting.key))
    }

    /// The error for an option whose value has an unsuitable kind.
    fn unfit(setting: &Setting, value: Value) -> Error {
        unfit(setting, value.to_string())
    }

    /// The value of an option that is a name.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such option; likewise for the getters below.
    pub fn word<T: Words>(&self, setting: impl Into<Setting>) -> Result<T> {
        let setting = setting.into();
        match self.get(&setting)? {
            Value::Word(word) => T::named(word),
            other => Err(Self::unfit(&setting, other)),
        }
    }

    /// The value of an option that is a name, or a fraction.
    pub fn word_or_fraction<T: Words>(&self, setting: impl Into<Setting>) -> Result<std::result::Result<T, f32>> {
        let setting = setting.into();
        match self.get(&setting)? {
            Value::Fraction { fraction } => Ok(Err(fraction as f32)),
            _ => self.word(setting).map(Ok),
        }
    }

    /// The value of an option that is true or false.
    pub fn flag(&self, setting: impl Into<Setting>) -> Result<bool> {
        let setting = setting.into();
        match self.get(&setting)? {
            Value::Flag(flag) => Ok(flag),
            other => Err(Self::unfit(&setting, other)),
        }
    }

    /// The value of an option that is a number.
    pub fn number(&self, setting: impl Into<Setting>) -> Result<f32> {
        let setting = setting.into();
        match self.get(&setting)? {
            Value::Number(number) => Ok(number as f32),
            Value::Whole(number) => Ok(number as f32),
            other => Err(Self::unfit(&setting, other)),
        }
    }

    /// The value of an option that is a whole number.
    pub fn whole(&self, setting: impl Into<Setting>) -> Result<usize> {
        let setting = setting.into();
        match self.get(&setting)? {
            Value::Whole(number) => usize::try_from(number).map_err(|_| Self::unfit(&setting, Value::Whole(number))),
            other => Err(Self::unfit(&setting, other)),
        }
    }
}

/// Reads one value for all stages, or a list of values.
///
/// # Errors
/// [`Error::Options`], with the option, the stage, the value and what was expected, as a sentence.
fn staged(setting: &Setting, json: &Json) -> Result<Staged<Value>> {
    let option = setting.key;
    let values = match json.as_array().filter(|_| setting.by_stage) {
        None => return setting.read(json).map(Staged::all),
        Some(values) => values,
    };
    let one = |(stage, json)| {
        setting.value(json).ok_or_else(|| {
            let (given, expected) = (json_text(json), setting.kind.expected());
            Error::Options(say!(
                "option-of-stage",
                "{option} is {given} for stage {stage}; {expected} was expected",
                option,
                given,
                stage,
                expected
            ))
        })
    };
    let (count, most) = (values.len(), Staged::<Value>::MOST);
    let values = (1..=most).zip(values).map(one).collect::<Result<Vec<_>>>()?;
    Staged::of(&values).filter(|_| count <= most).ok_or_else(|| {
        Error::Options(say!(
            "option-stages",
            "{option} is a list of {count} values; 1 to {most} were expected, one for each stage from the pixels to the class",
            option,
            count,
            most
        ))
    })
}
