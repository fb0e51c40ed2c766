//! The values that an option can have: a range or choices, in words and as a TypeScript type.

use crate::sentence::{Param, Say, Saying, Sentence, say};
use crate::words::Value;

/// The values that an option can have.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of these values.
    OneOf(&'static [Value]),
    /// One of these values, or a share from 0 to below 1 as {"fraction": x}.
    OneOfOrFraction(&'static [Value]),
    /// A class by its number, or one of these values.
    ClassOr(&'static [Value]),
    /// A whole number in a range, including its ends.
    Whole {
        /// The smallest number.
        least: u64,
        /// The largest number.
        most: u64,
    },
    /// A number in a range, including its ends.
    Number {
        /// The lower end.
        least: f64,
        /// The upper end.
        most: f64,
        /// An example, for the message.
        such_as: f64,
    },
    /// A text with a parser of its own.
    Text {
        /// What is expected, for the error message.
        expected: Saying,
        /// Its type in TypeScript.
        typescript: &'static str,
    },
}

/// The largest number that f32 can hold.
pub(crate) const LARGEST: f64 = f32::MAX as f64;

pub(crate) const FLAG: Kind = Kind::OneOf(&[Value::Flag(true), Value::Flag(false)]);

/// The words for a number in a range, including its ends; for options and for entries of configurations.
pub(crate) fn number_from(least: f64, most: f64) -> Sentence {
    say!("number-from", "a number from {least} to {most}", least, most)
}

impl Kind {
    /// All possible values, if they are a list.
    pub fn choices(self) -> &'static [Value] {
        match self {
            Self::OneOf(choices) | Self::OneOfOrFraction(choices) | Self::ClassOr(choices) => choices,
            Self::Whole { .. } | Self::Number { .. } | Self::Text { .. } => &[],
        }
    }

    /// What an error message says was expected, without "was expected".
    pub(crate) fn expected(self) -> Sentence {
        match self {
            Self::OneOf(choices) => say!("one-of", "{choices:or}", choices),
            Self::OneOfOrFraction(choices) => {
                say!("one-of-or-fraction", "{choices:or} or {\"fraction\": 0 to below 1}", choices)
            }
            Self::ClassOr(choices) => say!("class-or", "the number of a class or {choices:or}", choices),
            Self::Whole { least, most } if most >= u64::from(u32::MAX) => {
                say!("whole-above", "a whole number of {least} or more", least)
            }
            Self::Whole { least, most } => say!("whole-from", "a whole number from {least} to {most}", least, most),
            Self::Number { least, most, such_as } => match (least == f64::from(f32::MIN_POSITIVE), most >= LARGEST) {
                (true, _) => say!("number-positive", "a number above 0, such as {example},", example = such_as),
                (false, true) => {
                    say!("number-above", "a number of {least} or more, such as {example},", least, example = such_as)
                }
                (false, false) => number_from(least, most),
            },
            Self::Text { expected, .. } => expected(),
        }
    }

    pub(super) fn typescript(self) -> String {
        let list = |choices: &[Value]| choices.iter().map(spelled).collect::<Vec<_>>().join(" | ");
        match self {
            Self::OneOf([Value::Flag(_), ..]) => "boolean".into(),
            Self::OneOf(choices) => list(choices),
            Self::OneOfOrFraction(choices) => format!("{} | {{ fraction: number }}", list(choices)),
            Self::ClassOr(choices) => format!("number | {}", list(choices)),
            Self::Whole { .. } | Self::Number { .. } => "number".into(),
            Self::Text { typescript, .. } => typescript.into(),
        }
    }
}

impl Say for Value {
    fn param(&self) -> Param {
        Param::Text(spelled(self))
    }
}

/// A value as JSON.
fn spelled(value: &Value) -> String {
    match value {
        Value::Word(word) => format!("{word:?}"),
        other => other.to_string(),
    }
}
