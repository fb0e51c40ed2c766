//! Lists as CSV tables, with commas, semicolons or tabs.

use super::entry::{Class, in_order, is_index, is_synset, short};
use crate::sentence::say;
use crate::{Error, Result};

/// The names of the columns of indices and of names in a table's header.
const INDICES: [&str; 8] = ["id", "index", "idx", "class_id", "class_index", "class_idx", "label_id", "target"];
const NAMES: [&str; 8] = ["name", "label", "class_name", "label_name", "names", "labels", "class", "classes"];

fn is_one_of(words: &[&str], field: &str) -> bool {
    words.contains(&field.trim().trim_matches('"').to_lowercase().as_str())
}

/// Whether a field is a header's name for the column of names.
pub(super) fn is_name_header(field: &str) -> bool {
    is_one_of(&NAMES, field)
}

/// Reads a CSV table (RFC 4180) with at least two columns; `None` if the text isn't one.
pub(super) fn table(text: &str) -> Result<Option<Vec<Class>>> {
    for delimiter in [b',', b';', b'\t'] {
        let mut start = Rows::new(text, delimiter);
        let Some(first) = start.next().filter(|first| first.fields.len() > 1) else { continue };
        // If the first row is a header, the second one shows what the columns hold.
        let second = start.next();
        let second = second.as_ref().unwrap_or(&first);
        let headed = |words: &[&str]| first.fields.iter().position(|field| is_one_of(words, field));
        let at_end = || {
            let holds = |column: usize| second.fields.get(column).is_some_and(|field| is_index(field));
            [0, first.fields.len() - 1].into_iter().find(|&column| holds(column))
        };
        let (name, index) = match headed(&NAMES) {
            Some(name) => (Some(name), headed(&INDICES).or_else(at_end).filter(|&index| index != name)),
            None => (None, at_end()),
        };
        if name.is_none() && index.is_none() {
            continue;
        }
        let header = name.is_some() || index.is_some_and(|index| !is_index(&first.fields[index]));
        let line = |end: usize| 1 + text[..end].trim_end().matches('\n').count();
        let mut entries = Vec::new();
        for Row { end, fields } in Rows::new(text, delimiter).skip(usize::from(header)) {
            if fields.len() != first.fields.len() {
                let (found, expected) = (fields.len(), first.fields.len());
                return Err(Error::Labels(say!(
                    "labels-columns",
                    "line {line} has {found} columns, and the first line {expected}; a name that holds the separator stands in double quotes",
                    line = line(end),
                    found,
                    expected
                )));
            }
            let others = || fields.iter().enumerate().filter(|(column, _)| Some(*column) != index);
            let id = others().map(|(_, field)| field).find(|field| is_synset(field));
            let named = match name {
                Some(column) => fields.get(column),
                None => others().map(|(_, field)| field).rfind(|field| !is_synset(field)).or(id),
            };
            let index = match index.and_then(|column| fields.get(column)) {
                None => entries.len() as u64,
                Some(text) => text.parse().ok().filter(|_| is_index(text)).ok_or_else(|| {
                    let (line, found) = (line(end), short(text));
                    Error::Labels(say!(
                        "label-index",
                        "line {line} has the index {found}; a number from 0 was expected",
                        line,
                        found
                    ))
                })?,
            };
            entries.push((index, (id.cloned(), named.cloned().unwrap_or_default())));
        }
        return in_order(entries).map(Some);
    }
    Ok(None)
}

/// A row of a table, with the spaces around its fields removed.
struct Row {
    /// Where the row ends in the text, in bytes.
    end: usize,
    fields: Vec<String>,
}

struct Rows<'a> {
    reader: csv_core::Reader,
    text: &'a [u8],
    read: usize,
    /// A row's bytes and the ends of its fields; they grow as the text requires.
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, delimiter: u8) -> Self {
        let reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { reader, text: text.as_bytes(), read: 0, bytes: vec![0; 256], ends: vec![0; 8] }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let (mut length, mut count) = (0, 0);
        loop {
            let (result, read, written, ended) =
                self.reader.read_record(&self.text[self.read..], &mut self.bytes[length..], &mut self.ends[count..]);
            self.read += read;
            length += written;
            count += ended;
            match result {
                // Only the end of the text follows, which ends the row.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => self.bytes.resize(2 * self.bytes.len(), 0),
                csv_core::ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                csv_core::ReadRecordResult::End => return None,
                csv_core::ReadRecordResult::Record => break,
            }
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let field = |(start, &end): (usize, &usize)| String::from_utf8_lossy(&self.bytes[start..end]).trim().to_owned();
        let fields = starts.zip(&self.ends[..count]).map(field).collect();
        Some(Row { end: self.read, fields })
    }
}
