//! Messages about a file: a code with parameters, to be translated, and the English text.

use std::fmt;

/// A sentence, or a part of one. `Display` gives the English text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message's code, the same in every language. It stands for one template.
    pub code: &'static str,
    /// The English sentence, with `{name}` where a part stands. Other braces are text.
    pub template: &'static str,
    /// The message's parameters, by their names in the template.
    pub params: Vec<(&'static str, Part)>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text that is the same in every language, of limited length.
    Text(String),
    /// A count.
    Whole(u64),
    /// A number that may be negative.
    Number(i64),
    /// Several numbers.
    Numbers(Vec<i64>),
    /// Another message.
    Message(Message),
}

macro_rules! parts {
    ($($from:ty => $into:expr,)*) => {$(
        impl From<$from> for Part {
            fn from(value: $from) -> Self {
                $into(value)
            }
        }
    )*};
}
parts! {
    String => Self::Text,
    &str => |text: &str| Self::Text(text.to_owned()),
    u64 => Self::Whole,
    usize => |number| Self::Whole(number as u64),
    u8 => |number: u8| Self::Whole(number.into()),
    i64 => Self::Number,
    &Vec<i64> => |numbers: &Vec<i64>| Self::Numbers(numbers.clone()),
    Message => Self::Message,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.template;
        while let Some((text, after)) = rest.split_once('{') {
            f.write_str(text)?;
            let found = after.split_once('}').and_then(|(name, after)| {
                let (_, part) = self.params.iter().find(|(known, _)| *known == name)?;
                Some((part, after))
            });
            match found {
                Some((part, after)) => {
                    part.fmt(f)?;
                    rest = after;
                }
                None => {
                    f.write_str("{")?;
                    rest = after;
                }
            }
        }
        f.write_str(rest)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Whole(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Numbers(numbers) => {
                let mut before = "";
                for number in numbers {
                    write!(f, "{before}{number}")?;
                    before = ", ";
                }
                Ok(())
            }
            Self::Message(message) => message.fmt(f),
        }
    }
}

/// A message without parameters.
#[derive(Debug)]
pub struct Phrase {
    pub code: &'static str,
    pub text: &'static str,
}

impl From<&Phrase> for Message {
    fn from(phrase: &Phrase) -> Self {
        Self { code: phrase.code, template: phrase.text, params: Vec::new() }
    }
}

/// A [`Message`]: its code, its English template, and its parts by the names of variables or with `=`.
macro_rules! say {
    ($code:literal, $template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::message::Message {
            code: $code,
            template: $template,
            params: vec![$((stringify!($name), $crate::message::part!($name $(, $value)?))),*],
        }
    };
}

macro_rules! part {
    ($name:ident) => {
        $crate::message::Part::from($name)
    };
    ($name:ident, $value:expr) => {
        $crate::message::Part::from($value)
    };
}

/// A [`Phrase`]: its code and its English text.
macro_rules! phrase {
    ($code:literal, $text:literal) => {
        &$crate::message::Phrase { code: $code, text: $text }
    };
}
pub(crate) use {part, phrase, say};

#[cfg(test)]
mod tests {
    #[test]
    fn templates_are_filled() {
        let shape = &vec![2i64, -3];
        let inner = say!("inner", "within");
        let said = say!("test", "{name} is [{shape}] {inner}, {other} {", name = "x", shape, inner);
        assert_eq!(said.to_string(), "x is [2, -3] within, {other} {");
    }
}
