//! A sentence: its code, its parameters, and its English text.

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

/// A function that makes a sentence, for tables.
pub(crate) type Saying = fn() -> Sentence;

/// A sentence's parameters, by their names in the template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(&'static str, Param)>);

/// A parameter of a sentence.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Param {
    /// A number that counts something.
    Whole(u64),
    /// Any number.
    Number(f64),
    /// A text that is the same in every language: a name, a piece of code, or another program's words.
    Text(String),
    /// Another sentence.
    Sentence(Sentence),
    /// A list, which the template joins.
    List(Vec<Param>),
}

/// How many bytes of each end are kept of a text that is too long. A file may name a tensor with a megabyte; a message
/// begins with what is wrong, and ends with what to do.
const SHOWN: usize = 600;

/// The code of texts that exist only in English: words of an operating system, of a driver, or of the command line.
pub(super) const WORDS: &str = "words";

impl Sentence {
    /// Makes the sentence of a [`say`]. Not generic, so that two hundred sentences take little space.
    #[cold]
    pub(crate) fn new(code: &'static str, template: &'static str, params: &[(&'static str, &dyn Say)]) -> Self {
        let params = params.iter().map(|(name, value)| (*name, value.param())).collect();
        Self::of(code, template, params)
    }

    /// Makes a sentence from its code, its template and its parameters.
    #[cold]
    pub(crate) fn of(code: &'static str, template: &'static str, params: Vec<(&'static str, Param)>) -> Self {
        let mut text = String::new();
        fill(&mut text, template, &params);
        Self { code, params: Params(params), text: shortened(&text, SHOWN) }
    }

    /// The code, which is the same in every language. It stands for one template, and never changes its meaning.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// The English text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The sentence with a capital letter and a full stop, for a part of a sentence that stands alone.
    pub(crate) fn alone(mut self) -> Self {
        let mut rest = self.text.chars();
        self.text = rest.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), rest.as_str()));
        self
    }
}

impl Params {
    /// The parameters with their names.
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

/// A text without a code of its own.
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

/// The text, shortened in the middle if it is longer than twice `ends` bytes.
pub(super) fn shortened(text: &str, ends: usize) -> String {
    if text.len() <= 2 * ends {
        return text.to_owned();
    }
    let (start, end) = (text.floor_char_boundary(ends), text.ceil_char_boundary(text.len() - ends));
    [&text[..start], " … ", &text[end..]].concat()
}

/// Types that can be parameters of a sentence.
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
