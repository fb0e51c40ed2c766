//! The part of a run that one process measures.

use std::str::FromStr;

/// `I/N`, where I counts from 1.
#[derive(Clone, Copy)]
pub struct Shard {
    pub part: usize,
    pub of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once('/').map(|(part, of)| (part.parse(), of.parse())) {
            Some((Ok(part), Ok(of))) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("I/N was expected, from 1/N to N/N".into()),
        }
    }
}
