//! A sentence: its code, its parameters, and the English text that they make.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::template::{Piece, piece};

/// A message for the user.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Sentence {
    code: &'static str,
    params: Params,
    text: String,
}

/// What is said where it comes to that: tables hold it.
pub(crate) type Saying = fn() -> Sentence;

/// What a sentence is about, each part by the name that it has in the templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(&'static str, Param)>);

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Param {
    /// A number that counts something.
    Whole(u64),
    /// Any number.
    Number(f64),
    /// What is the same in every language: a name, a piece of code, somebody else's words.
    Text(String),
    /// What is said in turn.
    Sentence(Sentence),
    /// Several, which a template joins.
    List(Vec<Param>),
}

/// Bytes of each end of a text that is too long. A file may name a tensor with a megabyte; a message begins with what
/// is wrong, and ends with what to do.
const SHOWN: usize = 600;

/// The code of what comes in English only: the words of an operating system, a driver, or the command line.
pub(super) const WORDS: &str = "words";

impl Sentence {
    /// What [`say`] gives. Not generic, so that two hundred sentences take little room.
    #[cold]
    pub(crate) fn new(code: &'static str, template: &'static str, params: &[(&'static str, &dyn Say)]) -> Self {
        let params = params.iter().map(|(name, value)| (*name, value.param())).collect();
        Self::of(code, template, params)
    }

    /// Of a code, its template and what goes into it.
    #[cold]
    pub(crate) fn of(code: &'static str, template: &'static str, params: Vec<(&'static str, Param)>) -> Self {
        let mut text = String::new();
        fill(&mut text, template, &params);
        Self { code, params: Params(params), text: shortened(&text, SHOWN) }
    }

    /// What is said, in whatever language. A code stands for one template, and keeps its meaning.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What it is said of.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The same in English.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// With a capital letter and a full stop, where a part of a sentence stands alone.
    pub(crate) fn alone(mut self) -> Self {
        let mut rest = self.text.chars();
        self.text = rest.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), rest.as_str()));
        self
    }
}

impl Params {
    /// Each with its name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Param)> {
        self.0.iter().map(|(name, param)| (*name, param))
    }
}

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, param) in &self.0 {
            map.serialize_entry(name, param)?;
        }
        map.end()
    }
}

/// Of words that have no code of their own.
impl From<String> for Sentence {
    fn from(words: String) -> Self {
        let text = shortened(&words, SHOWN);
        Self { code: WORDS, params: Params(vec![(WORDS, Param::Text(text.clone()))]), text }
    }
}

impl From<&str> for Sentence {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<c3lrp_pytorch::Message> for Sentence {
    fn from(message: c3lrp_pytorch::Message) -> Self {
        let c3lrp_pytorch::Message { code, template, params } = message;
        Self::of(code, template, params.into_iter().map(|(name, part)| (name, param(part))).collect())
    }
}

fn param(part: c3lrp_pytorch::Part) -> Param {
    match part {
        c3lrp_pytorch::Part::Text(text) => text.param(),
        c3lrp_pytorch::Part::Whole(number) => Param::Whole(number),
        c3lrp_pytorch::Part::Number(number) => Param::Number(number as f64),
        c3lrp_pytorch::Part::Numbers(numbers) => numbers.param(),
        c3lrp_pytorch::Part::Message(message) => Param::Sentence(message.into()),
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is shortened in the middle if it is too long.
pub(super) fn shortened(text: &str, ends: usize) -> String {
    if text.len() <= 2 * ends {
        return text.to_owned();
    }
    let (start, end) = (text.floor_char_boundary(ends), text.ceil_char_boundary(text.len() - ends));
    [&text[..start], " … ", &text[end..]].concat()
}

/// What can be a part of a sentence.
pub(crate) trait Say {
    fn param(&self) -> Param;
}

fn fill(text: &mut String, mut template: &str, params: &[(&'static str, Param)]) {
    while !template.is_empty() {
        let (piece, rest) = piece(template);
        template = rest;
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Param(name, join) => {
                if let Some((_, param)) = params.iter().find(|(known, _)| *known == name) {
                    param.write(text, join);
                }
            }
        }
    }
}

impl Param {
    fn write(&self, text: &mut String, join: &str) {
        match self {
            Self::Whole(number) => text.push_str(&number.to_string()),
            Self::Number(number) if *number != 0.0 && !(1e-3..1e16).contains(&number.abs()) && number.is_finite() => {
                text.push_str(&format!("{number:e}"));
            }
            Self::Number(number) => text.push_str(&number.to_string()),
            Self::Text(words) => text.push_str(words),
            Self::Sentence(sentence) => text.push_str(&sentence.text),
            Self::List(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    match join {
                        _ if at == 0 => {}
                        "or" => text.push_str(" or "),
                        "semicolon" => text.push_str("; "),
                        _ => text.push_str(", "),
                    }
                    part.write(text, "");
                }
            }
        }
    }
}
