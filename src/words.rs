//! Names outside Rust (in JSON and on the command line): enumerations with named variants, and the values of options.

use std::fmt;

use serde::Serialize;

use crate::sentence::say;
use crate::{Error, Result};

/// An enumeration whose variants have names outside Rust.
pub trait Words: Copy + Sized + 'static {
    /// Each variant's name, and the variant.
    const ALL: &'static [(&'static str, Self)];
    /// The names as an option's choices.
    const CHOICES: &'static [Value];

    /// The variant with a name.
    ///
    /// # Errors
    /// [`Error::Options`] if there is none.
    fn named(name: &str) -> Result<Self> {
        let json = serde_json::Value::String(name.to_owned());
        Self::find(&json).ok_or_else(|| unknown(None, &json, Self::names()))
    }

    /// The variant that JSON names. `what` says in the message what kind of thing it is.
    ///
    /// # Errors
    /// [`Error::Options`] if there is none.
    fn read(what: &'static str, json: &serde_json::Value) -> Result<Self> {
        Self::find(json).ok_or_else(|| unknown(Some(what), json, Self::names()))
    }

    /// The variant that JSON names; none if it names none.
    fn find(json: &serde_json::Value) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| json.as_str() == Some(known)).map(|(_, variant)| *variant)
    }

    /// The names alone, for messages.
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|(known, _)| *known).collect()
    }
}

fn unknown(kind: Option<&'static str>, given: &serde_json::Value, names: Vec<&'static str>) -> Error {
    let given = json_text(given);
    Error::Options(match kind {
        None => say!("no-such-name", "there is no {given}; there are {names}", given, names),
        Some("method") => say!("no-such-method", "there is no method {given}; there are {names}", given, names),
        Some("filter") => say!("no-such-filter", "there is no filter {given}; there are {names}", given, names),
        Some(kind) => say!("no-such-kind", "there is no {kind} {given}; there are {names}", kind, given, names),
    })
}

/// Defines an enumeration together with its names.
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $crate::words::Words for $name {
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant),)+];
            const CHOICES: &'static [$crate::words::Value] = &[$($crate::words::Value::Word($word),)+];
        }

        impl $name {
            /// Its name outside Rust.
            #[allow(dead_code, reason = "not every enumeration is printed")]
            $vis fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}
pub(crate) use words;

/// A value that an option can have.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(u64),
    /// Any number.
    Number(f64),
    /// One of some names.
    Word(&'static str),
    /// A share, written as {"fraction": x}.
    Fraction {
        /// The share.
        fraction: f64,
    },
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) if *number != 0.0 && number.abs() < 1e-3 => write!(f, "{number:e}"),
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => word.fmt(f),
            Self::Fraction { fraction } => write!(f, "{{\"fraction\":{fraction}}}"),
        }
    }
}

/// Marks text that stands for a value that JSON can't express, such as NaN, a function or undefined.
pub const NO_JSON: char = '\u{1}';

/// A value as messages show it.
pub fn json_text(json: &serde_json::Value) -> String {
    match json.as_str().and_then(|text| text.strip_prefix(NO_JSON)) {
        Some(strange) => strange.to_owned(),
        None => json.to_string(),
    }
}
