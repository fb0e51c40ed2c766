//! Sentences for people: what is said, as a code with parameters, beside the same in English.
//!
//! A page in another language makes its own sentence of the code and the parameters. `src/sentences.json` lists every
//! code with its English template; a test keeps it as the sources have it.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

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

/// The same of a parameter.
const PART: usize = 100;

/// The number of list items in a message; a header may name a million.
const PARTS: usize = 64;

/// The code of what comes in English only: the words of an operating system, a driver, or the command line.
const WORDS: &str = "words";

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
fn shortened(text: &str, ends: usize) -> String {
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

impl Say for str {
    fn param(&self) -> Param {
        let mut text = String::new();
        // A file's names go to terminals.
        for char in shortened(self, PART).chars() {
            match char.is_control() && char != '\n' {
                true => text.extend(char.escape_default()),
                false => text.push(char),
            }
        }
        Param::Text(text)
    }
}

impl Say for String {
    fn param(&self) -> Param {
        self.as_str().param()
    }
}

impl Say for f64 {
    fn param(&self) -> Param {
        Param::Number(*self)
    }
}

/// In as few digits as tell it from others of 32 bits: 0.485, and not 0.48500001430511475.
impl Say for f32 {
    fn param(&self) -> Param {
        Param::Number(self.to_string().parse().unwrap_or_else(|_| f64::from(*self)))
    }
}

macro_rules! whole {
    ($($number:ty),*) => {$(
        impl Say for $number {
            fn param(&self) -> Param {
                Param::Whole(*self as u64)
            }
        }
    )*};
}
whole!(usize, u64, u32);

impl Say for i64 {
    fn param(&self) -> Param {
        match u64::try_from(*self) {
            Ok(number) => Param::Whole(number),
            Err(_) => Param::Number(*self as f64),
        }
    }
}

impl Say for Sentence {
    fn param(&self) -> Param {
        Param::Sentence(self.clone())
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn param(&self) -> Param {
        (**self).param()
    }
}

impl<T: Say> Say for [T] {
    fn param(&self) -> Param {
        let mut parts: Vec<_> = self.iter().take(PARTS).map(T::param).collect();
        if self.len() > PARTS {
            parts.push(Param::Text("…".into()));
        }
        Param::List(parts)
    }
}

impl<T: Say> Say for Vec<T> {
    fn param(&self) -> Param {
        self.as_slice().param()
    }
}

impl<T: Say, const N: usize> Say for [T; N] {
    fn param(&self) -> Param {
        self.as_slice().param()
    }
}

/// What a template holds: text, and `{name}` where a parameter stands. A list's parts are joined by commas, or, as
/// `{name:or}` and `{name:semicolon}`, by these. Other braces are text.
enum Piece<'a> {
    Text(&'a str),
    Param(&'a str, &'a str),
}

/// That a template's names are those of its parameters, while it is compiled.
pub(crate) const fn check(template: &str, names: &[&str]) {
    let (template, mut at, mut used) = (template.as_bytes(), 0, 0);
    let mut seen = [false; 16];
    while at < template.len() {
        let mut end = at + 1;
        if template[at] == b'{' {
            let name = end;
            while end < template.len() && (template[end].is_ascii_lowercase() || matches!(template[end], b'_' | b':')) {
                end += 1;
            }
            if end > name && end < template.len() && template[end] == b'}' {
                let mut found = 0;
                while !stands_at(template, name, names[found]) {
                    found += 1;
                    assert!(found < names.len(), "a template names what is no parameter");
                }
                used += if seen[found] { 0 } else { 1 };
                seen[found] = true;
            }
        }
        at = end;
    }
    assert!(used == names.len(), "a parameter is not in the template");
}

/// Whether a name stands at a place of a template.
const fn stands_at(template: &[u8], place: usize, name: &str) -> bool {
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        if template[place + at] != name[at] {
            return false;
        }
        at += 1;
    }
    matches!(template[place + at], b'}' | b':')
}

/// The first piece of a template, and the rest of it.
fn piece(template: &str) -> (Piece<'_>, &str) {
    let open = template.find('{').unwrap_or(template.len());
    if open > 0 {
        let (text, rest) = template.split_at(open);
        return (Piece::Text(text), rest);
    }
    let within = template.get(1..).unwrap_or_default();
    let end = within.find(|char: char| !(char.is_ascii_lowercase() || char == '_' || char == ':'));
    match end.and_then(|end| Some((within.get(..end)?, within.get(end..)?.strip_prefix('}')?))) {
        Some((inner, rest)) if !inner.is_empty() => {
            let (name, join) = inner.split_once(':').unwrap_or((inner, ""));
            (Piece::Param(name, join), rest)
        }
        _ => (Piece::Text("{"), within),
    }
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

/// A [`Sentence`]: its code, its English template, and what goes into that, by the names of variables or with `=`.
macro_rules! say {
    ($code:literal, $template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        const { $crate::sentence::check($template, &[$(stringify!($name)),*]) };
        $crate::sentence::Sentence::new(
            $code,
            $template,
            &[$((stringify!($name), $crate::sentence::part!($name $(, $value)?))),*],
        )
    }};
}

/// A parameter for [`say`].
macro_rules! part {
    ($name:ident) => {
        &$name as &dyn $crate::sentence::Say
    };
    ($name:ident, $value:expr) => {
        &$value as &dyn $crate::sentence::Say
    };
}
pub(crate) use {part, say};

#[cfg(test)]
mod listed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled() {
        let (name, shape) = ("conv1", [64usize, 3]);
        let said = say!("test", "{name} is [{shape}] {\"and\": {choices:or}}", name, shape, choices = ["a", "b"]);
        assert_eq!(said.text(), "conv1 is [64, 3] {\"and\": a or b}");
        assert_eq!(said.code(), "test");
        let json = serde_json::to_value(&said).unwrap();
        let params = serde_json::json!({ "name": "conv1", "shape": [64, 3], "choices": ["a", "b"] });
        assert_eq!(json, serde_json::json!({ "code": "test", "params": params, "text": said.text() }));
    }

    #[test]
    fn numbers_are_as_people_write_them() {
        let said =
            say!("test", "{a} {b} {c} {d} {e}", a = 0.485f32, b = 1e-7f64, c = u64::MAX, d = -3i64, e = f32::NAN);
        assert_eq!(said.text(), "0.485 1e-7 18446744073709551615 -3 NaN");
    }

    #[test]
    fn what_is_too_long_keeps_its_ends() {
        let long = "ü".repeat(1 << 20);
        let said = say!("test", "first {long} last", long);
        assert!(said.text().starts_with("first ü") && said.text().ends_with("ü last"));
        assert!(said.text().contains(" … ") && said.text().len() < 300, "{}", said.text().len());
        let many = vec![long; 3000];
        let said = say!("test", "first {many} last", many);
        assert!(said.text().len() < 1300, "{}", said.text().len());
        assert!(serde_json::to_string(&said).unwrap().len() < 20_000);
        let words = Sentence::from(format!("first {} last", "x".repeat(1 << 20)));
        assert!(words.text().ends_with("x last") && words.text().len() < 1300);
        assert_eq!(say!("test", "a \u{1b}[31m {name}", name = "\u{1b}[31m").text(), "a \u{1b}[31m \\u{1b}[31m");
    }
}
