//! Parts that the readers of lists share: classes with their ids, and indices without a gap.

use std::collections::BTreeMap;

use crate::sentence::say;
use crate::{Error, Result};

/// A class in a list: its id, if the list has ids, and its name.
pub(super) type Class = (Option<String>, String);

/// The entries in the order of their indices, which run from 0 without a gap.
///
/// # Errors
/// [`Error::Labels`] if an index is missing or occurs twice.
pub(super) fn in_order<T>(entries: Vec<(u64, T)>) -> Result<Vec<T>> {
    let count = entries.len() as u64;
    let mut sorted = BTreeMap::new();
    for (index, entry) in entries {
        if sorted.insert(index, entry).is_some() {
            return Err(Error::Labels(say!(
                "label-twice",
                "the index {index} comes twice; each class has one name",
                index
            )));
        }
    }
    match sorted.keys().zip(0..).find(|&(&index, expected)| index != expected) {
        None => Ok(sorted.into_values().collect()),
        Some((index, expected)) => Err(Error::Labels(say!(
            "label-missing",
            "the index {expected} is missing (the next one is {next}); {count} names have the indices 0 to {last}",
            expected,
            next = *index,
            count,
            last = count - 1
        ))),
    }
}

/// Whether a text is a WordNet 3.0 synset, which ImageNet uses as ids of classes.
pub(super) fn is_synset(text: &str) -> bool {
    text.len() == 9 && text.starts_with('n') && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is an index, which consists of digits only.
pub(super) fn is_index(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text from the file, shortened for a message.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?} …", &text[..end]),
        None => format!("{text:?}"),
    }
}
