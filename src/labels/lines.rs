//! Lists of lines: a name on each, or a synset and a name.

use super::entry::{Class, is_synset, short};
use super::table::is_name_header;
use crate::sentence::say;
use crate::{Error, Result};

/// A name on each line, or a synset and a name.
pub(super) fn lines(text: &str) -> Result<Vec<Class>> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let headed = lines.clone().nth(1).is_some() && lines.clone().next().is_some_and(|(_, line)| is_name_header(line));
    let lines = lines.skip(usize::from(headed));
    let pair = |line: &str| {
        let (id, name) = line.split_once(char::is_whitespace).unwrap_or((line, line));
        is_synset(id).then(|| (Some(id.to_owned()), name.trim().to_owned()))
    };
    let synsets = lines.clone().next().is_some_and(|(_, line)| pair(line).is_some());
    let in_quotes = lines.clone().all(|(_, line)| line.len() > 2 && line.starts_with('"') && line.ends_with('"'));
    let entry = |(at, line): (usize, &str)| match (synsets, in_quotes) {
        (false, false) => Ok((None, line.to_owned())),
        (false, true) => Ok((None, line[1..line.len() - 1].replace("\"\"", "\""))),
        (true, _) => pair(line).ok_or_else(|| {
            Error::Labels(say!(
                "label-synset",
                "line {line} is {found}; a synset and a name were expected, as on the first line",
                line = at + 1,
                found = short(line)
            ))
        }),
    };
    lines.map(entry).collect()
}
