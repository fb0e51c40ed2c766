//! Options: each one's name, its meaning, its possible values, and how its value is read from JSON.

mod kind;
mod settings;

pub use kind::Kind;
pub(crate) use kind::{FLAG, LARGEST, number_from};
pub use settings::{Owner, Settings};

use serde_json::Value as Json;

use crate::sentence::say;
use crate::words::{Value, json_text};
use crate::{Error, Result};

/// An option's row in the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The option's name in JSON.
    pub key: &'static str,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// Its possible values.
    pub kind: Kind,
    /// Whether it may also be a list, with a value for each stage.
    pub by_stage: bool,
}

impl Setting {
    /// An option with one value for the whole network.
    pub const fn of(key: &'static str, meaning: &'static str, kind: Kind) -> Self {
        Self { key, meaning, kind, by_stage: false }
    }

    /// The text for help: its meaning and its possible values.
    pub fn help(&self) -> String {
        let list = if self.by_stage { ", or a list with one for each stage, from the pixels to the class" } else { "" };
        format!("{} [{}{list}]", self.meaning.trim_end_matches('.'), self.kind.expected().text().trim_end_matches(','))
    }

    /// Its type in TypeScript.
    pub fn typescript(&self) -> String {
        let one = self.kind.typescript();
        match (self.by_stage, one.contains(' ')) {
            (false, _) => one,
            (true, false) => format!("{one} | {one}[]"),
            (true, true) => format!("{one} | ({one})[]"),
        }
    }

    /// Reads a value from JSON.
    ///
    /// # Errors
    /// [`Error::Options`], with the option, the value and what was expected, as a sentence.
    pub fn read(&self, json: &Json) -> Result<Value> {
        self.value(json).ok_or_else(|| self.refusal(json))
    }

    /// Reads a value from JSON; none if it is not a possible value.
    pub(crate) fn value(&self, json: &Json) -> Option<Value> {
        let choice = |choices: &[Value]| {
            choices.iter().copied().find(|choice| match choice {
                Value::Flag(flag) => json.as_bool() == Some(*flag),
                Value::Whole(number) => whole(json) == Some(*number),
                Value::Number(number) => json.as_f64() == Some(*number),
                Value::Word(word) => json.as_str() == Some(word),
                Value::Fraction { .. } => false,
            })
        };
        match self.kind {
            Kind::OneOf(choices) => choice(choices),
            Kind::OneOfOrFraction(choices) => choice(choices).or_else(|| {
                let object = json.as_object().filter(|object| object.len() == 1)?;
                let fraction = object.get("fraction")?.as_f64().filter(|fraction| (0.0..1.0).contains(fraction))?;
                Some(Value::Fraction { fraction })
            }),
            Kind::ClassOr(choices) => {
                let class = whole(json).filter(|class| *class <= u32::MAX.into());
                choice(choices).or(class.map(Value::Whole))
            }
            Kind::Whole { least, most } => {
                whole(json).filter(|number| (least..=most).contains(number)).map(Value::Whole)
            }
            Kind::Number { least, most, .. } => {
                json.as_f64().filter(|number| (least..=most).contains(number)).map(Value::Number)
            }
            // A text has a parser of its own.
            Kind::Text { .. } => None,
        }
    }

    /// The error for a value that is not possible.
    pub fn refusal(&self, json: &Json) -> Error {
        unfit(self, json_text(json))
    }
}

/// The error for a value that is not possible, given as text.
pub(crate) fn unfit(setting: &Setting, given: String) -> Error {
    let (option, expected) = (setting.key, setting.kind.expected());
    Error::Options(say!("option-is", "{option} is {given}; {expected} was expected", option, given, expected))
}

/// A whole number, written as 3 or as 3.0.
fn whole(json: &Json) -> Option<u64> {
    let float = || json.as_f64().filter(|number| number.fract() == 0.0 && (0.0..9e15).contains(number));
    json.as_u64().or_else(|| float().map(|number| number as u64))
}
