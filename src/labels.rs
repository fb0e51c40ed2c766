//! Names of a network's classes, in the forms in which people keep them.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// A name for each class, in the order of the network's outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    names: Vec<String>,
    ids: Vec<String>,
}

impl From<Vec<String>> for Labels {
    fn from(names: Vec<String>) -> Self {
        Self { names, ids: Vec::new() }
    }
}

impl Labels {
    /// A list of more bytes is none of class names: ImageNet's 21,841 take half a megabyte.
    pub const MOST_BYTES: usize = 16_000_000;

    /// Reads a list of names, whatever its form (UTF-8, with or without a byte order mark):
    ///
    /// - lines, a name each; empty lines are skipped;
    /// - lines of a WordNet synset and a name: `n01440764 tench, Tinca tinca`;
    /// - a JSON list of names, or of pairs `["n01440764", "tench"]`;
    /// - a JSON object, index → name or pair, or name → index;
    /// - a Hugging Face `config.json`, by its `id2label` (or `label2id`);
    /// - a timm `config.json`, by its `label_names`, with `label_descriptions` as the names where it has them;
    /// - CSV with commas, semicolons or tabs: a header that calls a column `name`, `label` or `class`, or a column of
    ///   indices at either end. Without a column of indices, the rows are in order.
    ///
    /// Indices run from 0 without a gap.
    ///
    /// # Errors
    /// [`Error::Labels`] where the text has none of these forms, an index is missing or comes twice, or a name is
    /// empty; it says where, and what was expected.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > Self::MOST_BYTES {
            let most = Self::MOST_BYTES / 1_000_000;
            return Err(Error::Labels(say!(
                "labels-large",
                "a list of class names has at most {most} MB, and this one has more",
                most
            )));
        }
        let text = str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            Error::Labels(say!("labels-text", "line {line} is no UTF-8 text; a list of class names was expected", line))
        })?;
        let text = text.trim_start_matches('\u{feff}').trim();
        let labels = match text.as_bytes().first() {
            None => {
                return Err(Error::Labels(say!("labels-empty", "the list is empty; a name on each line was expected")));
            }
            Some(b'[' | b'{') => json(text)?,
            Some(_) => match table(text)? {
                Some(labels) => labels,
                None => lines(text)?,
            },
        };
        let empty = |name: &String| name.is_empty();
        match labels.names.iter().position(empty) {
            Some(class) => Err(Error::Labels(say!("label-empty", "class {class} has an empty name", class))),
            None if labels.names.is_empty() => Err(Error::Labels(say!("labels-none", "the list holds no names"))),
            None => Ok(labels),
        }
    }

    /// These labels, if there is one for each of a network's classes.
    ///
    /// # Errors
    /// [`Error::Labels`] where there are more or fewer.
    pub fn for_classes(self, classes: usize) -> Result<Self> {
        match self.names.len() {
            named if named == classes => Ok(self),
            named => Err(Error::Labels(say!(
                "labels-number",
                "the list names {named} classes, and the network has {classes}; use the list that belongs to it",
                named,
                classes
            ))),
        }
    }

    /// The names, class by class.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What a dataset calls its classes beside their names (ImageNet's synsets, such as `n01440764`), class by class;
    /// empty where the list had no such thing.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// From pairs: of an id, where there is one, and a name.
    fn of_pairs(pairs: Vec<(Option<String>, String)>) -> Self {
        let (ids, names): (Vec<Option<String>>, _) = pairs.into_iter().unzip();
        // Ids of some classes alone would be none of the classes'.
        let ids: Option<Vec<String>> = ids.into_iter().collect();
        Self { names, ids: ids.unwrap_or_default() }
    }
}

/// What is called by its index, in the indices' order.
fn in_order<T>(entries: Vec<(u64, T)>) -> Result<Vec<T>> {
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

/// A synset of WordNet 3.0, as ImageNet calls its classes.
fn is_synset(text: &str) -> bool {
    text.len() == 9 && text.starts_with('n') && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// A name on each line, or a synset and a name.
fn lines(text: &str) -> Result<Labels> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let headed =
        lines.clone().nth(1).is_some() && lines.clone().next().is_some_and(|(_, line)| is_one_of(&NAMES, line));
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
    lines.map(entry).collect::<Result<_>>().map(Labels::of_pairs)
}

/// What a table's header calls its columns of indices and of names.
const INDICES: [&str; 8] = ["id", "index", "idx", "class_id", "class_index", "class_idx", "label_id", "target"];
const NAMES: [&str; 8] = ["name", "label", "class_name", "label_name", "names", "labels", "class", "classes"];

fn is_one_of(words: &[&str], field: &str) -> bool {
    words.contains(&field.trim().trim_matches('"').to_lowercase().as_str())
}

fn is_index(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A CSV table (RFC 4180) of two columns or more; `None` where the text is none.
fn table(text: &str) -> Result<Option<Labels>> {
    for delimiter in [b',', b';', b'\t'] {
        let mut start = Rows::new(text, delimiter);
        let Some(first) = start.next().filter(|first| first.fields.len() > 1) else { continue };
        // Where the first row is a header, the second shows what the columns hold.
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
        return in_order(entries).map(Labels::of_pairs).map(Some);
    }
    Ok(None)
}

/// A row of a table, without the space around its fields.
struct Row {
    /// The text's bytes up to the row's end.
    end: usize,
    fields: Vec<String>,
}

struct Rows<'a> {
    reader: csv_core::Reader,
    text: &'a [u8],
    read: usize,
    /// A row's bytes and where its fields end, as large as the text makes them.
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
                // What follows is the text's end, which ends the row.
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

/// What of JSON matters to names. Objects keep what comes twice, and the order.
enum Json {
    Text(String),
    Index(u64),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    Other,
}

fn json(text: &str) -> Result<Labels> {
    let value: Json = serde_json::from_str(text).map_err(|error| {
        Error::Labels(say!("labels-json", "they can't be read as JSON: {words}", words = error.to_string()))
    })?;
    match value {
        Json::List(items) => list(items),
        Json::Object(entries) => object(entries),
        Json::Text(_) | Json::Index(_) | Json::Other => Err(neither(say!("json-value", "it is one value"))),
    }
}

fn neither(what: Sentence) -> Error {
    Error::Labels(say!(
        "labels-form",
        "{what}; expected were names as [\"cat\", \"dog\"], {\"0\": \"cat\", \"1\": \"dog\"} or {\"cat\": 0, \"dog\": 1}",
        what
    ))
}

fn list(items: Vec<Json>) -> Result<Labels> {
    let entry = |(index, item)| {
        pair(item).ok_or_else(|| neither(say!("json-item", "item {index} of the list is no name", index)))
    };
    items.into_iter().enumerate().map(entry).collect::<Result<_>>().map(Labels::of_pairs)
}

/// A name, or a list of an id and a name, as torchvision's and Keras's lists of ImageNet have it.
fn pair(item: Json) -> Option<(Option<String>, String)> {
    match item {
        Json::Text(name) => Some((is_synset(name.trim()).then(|| name.trim().to_owned()), name.trim().to_owned())),
        Json::List(mut items) => match (items.pop(), items.pop(), items.pop()) {
            (Some(Json::Text(name)), Some(Json::Text(id)), None) => Some((Some(id), name.trim().to_owned())),
            _ => None,
        },
        Json::Index(_) | Json::Object(_) | Json::Other => None,
    }
}

/// A configuration, or names by their indices, or indices by their names.
fn object(mut entries: Vec<(String, Json)>) -> Result<Labels> {
    let mut take = |key: &str| {
        let at = entries.iter().position(|(name, _)| name == key)?;
        // A class may be called so: then it has an index.
        (!matches!(entries[at].1, Json::Index(_) | Json::Text(_))).then(|| entries.swap_remove(at).1)
    };
    if let Some(names) = take("id2label").or_else(|| take("label2id")) {
        return named(names, "id2label");
    }
    if let Some(names) = take("label_names") {
        let labels = named(names, "label_names")?;
        return match take("label_descriptions") {
            None | Some(Json::Other) => Ok(labels),
            Some(descriptions) => described(labels, descriptions),
        };
    }
    if take("pretrained_cfg").is_some() || take("architectures").is_some() {
        return Err(Error::Labels(say!(
            "labels-of-config",
            "this is a model's configuration, and it has neither id2label nor label_names; give a list of the names"
        )));
    }
    by_key(entries)
}

/// The names in a field of a configuration.
fn named(value: Json, field: &str) -> Result<Labels> {
    match value {
        Json::List(items) => list(items),
        Json::Object(entries) => by_key(entries),
        Json::Text(_) | Json::Index(_) | Json::Other => {
            Err(neither(say!("json-field", "{field} holds no names", field)))
        }
    }
}

fn by_key(entries: Vec<(String, Json)>) -> Result<Labels> {
    let by_name = entries.iter().all(|(_, value)| matches!(value, Json::Index(_)));
    let entry = |(key, value): (String, Json)| {
        let of_name = |index| (index, pair(Json::Text(key.clone())).unwrap_or_else(|| (None, key.clone())));
        match value {
            Json::Index(index) if by_name => Ok(of_name(index)),
            value => {
                let index = key.trim().parse().ok().filter(|_| is_index(key.trim()));
                index
                    .zip(pair(value))
                    .ok_or_else(|| neither(say!("json-entry", "the entry {entry} names no class", entry = short(&key))))
            }
        }
    };
    in_order(entries.into_iter().map(entry).collect::<Result<_>>()?).map(Labels::of_pairs)
}

/// timm's two fields: what a dataset calls the classes, and what each of these means.
fn described(labels: Labels, descriptions: Json) -> Result<Labels> {
    let Json::Object(entries) = descriptions else {
        return Err(Error::Labels(say!(
            "label-descriptions",
            "label_descriptions holds no descriptions by the names in label_names"
        )));
    };
    let meanings: BTreeMap<String, Json> = entries.into_iter().collect();
    let names = labels.names.iter().map(|id| match meanings.get(id) {
        Some(Json::Text(meaning)) => meaning.trim().to_owned(),
        Some(_) | None => id.clone(),
    });
    Ok(Labels { names: names.collect(), ids: labels.names })
}

/// A text that was found, not longer than a person reads.
fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{:?} …", &text[..end]),
        None => format!("{text:?}"),
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_any(Values)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of classes")
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_u64<E>(self, index: u64) -> std::result::Result<Json, E> {
        Ok(Json::Index(index))
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> std::result::Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Json, A::Error> {
        let (mut entries, mut seen) = (Vec::new(), std::collections::HashSet::new());
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format_args!("{} comes twice", short(&key))));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Json::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Labels::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}")).names
    }

    #[test]
    fn every_form_gives_the_names_in_order() {
        for text in [
            "cat\ndog\nbird",
            "\u{feff}cat\r\n\r\n dog \r\nbird\n\n",
            "name\ncat\ndog\nbird",
            "\"cat\"\n\"dog\"\n\"bird\"",
            r#"["cat", "dog", "bird"]"#,
            "\u{feff} [\"cat\",\n\"dog\", \"bird\"]",
            r#"{"2": "bird", "0": "cat", "1": "dog"}"#,
            r#"{"dog": 1, "bird": 2, "cat": 0}"#,
            r#"{"0": ["n02121808", "cat"], "1": ["n02084071", "dog"], "2": ["n01503061", "bird"]}"#,
            r#"[["n02121808", "cat"], ["n02084071", "dog"], ["n01503061", "bird"]]"#,
            r#"{"depths": [3, 4], "id2label": {"0": "cat", "1": "dog", "2": "bird"}, "label2id": {"cat": 5}}"#,
            r#"{"label2id": {"cat": 0, "dog": 1, "bird": 2}, "model_type": "resnet"}"#,
            r#"{"architecture": "resnet50", "label_names": ["cat", "dog", "bird"], "pretrained_cfg": {"std": [0.5]}}"#,
            r#"{"label_names": ["n1", "n2", "n3"], "label_descriptions": {"n3": "bird", "n1": "cat", "n2": "dog"}}"#,
            r#"{"label_names": {"0": "cat", "2": "bird", "1": "dog"}}"#,
            "id,name\n0,cat\n1,dog\n2,bird\n",
            "name,id\nbird,2\ncat,0\ndog,1\n",
            "Index;Class\n0;cat\n1;dog\n2;bird",
            "0\tcat\n1\tdog\n2\tbird",
            "0, cat\n\n2, bird\n1, dog",
            "cat,0\ndog,1\nbird,2",
            "name,family\ncat,Felidae\ndog,Canidae\nbird,Aves",
            "0,n02121808,cat\n1,n02084071,dog\n2,n01503061,bird",
            "n02121808 cat\nn02084071\tdog\nn01503061  bird",
        ] {
            assert_eq!(names(text), ["cat", "dog", "bird"], "{text:?}");
        }
    }

    #[test]
    fn commas_and_quotes_are_part_of_names_where_nothing_else_says() {
        assert_eq!(names("tench, Tinca tinca\ngoldfish\n"), ["tench, Tinca tinca", "goldfish"]);
        assert_eq!(names("a \"b\" c\n\"d\" e"), ["a \"b\" c", "\"d\" e"]);
        assert_eq!(names("0,\"tench, Tinca tinca\"\n1,\"the \"\"fish\"\"\""), ["tench, Tinca tinca", "the \"fish\""]);
        assert_eq!(names("crane\ncrane"), ["crane", "crane"]);
        assert_eq!(names(r#"{"id2label": 0, "label_names": 1}"#), ["id2label", "label_names"]);
    }

    #[test]
    fn synsets_are_ids() {
        let ids = |text: &str| Labels::parse(text.as_bytes()).unwrap().ids;
        for text in [
            "n01440764 tench, Tinca tinca\nn01443537 goldfish",
            r#"{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}"#,
            r#"{"label_names": ["n01440764", "n01443537"]}"#,
            "0,n01440764,tench\n1,n01443537,goldfish",
        ] {
            assert_eq!(ids(text), ["n01440764", "n01443537"], "{text}");
        }
        assert_eq!(ids("tench\nn01443537 goldfish"), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_list_is_told_in_a_sentence() {
        for (text, words) in [
            (&b""[..], "the list is empty"),
            (b" \n\n", "the list is empty"),
            (b"[]", "holds no names"),
            (b"{}", "holds no names"),
            (b"a\nb\n\xff", "line 3 is no UTF-8 text"),
            (b"[\"a\", 3]", "item 1 of the list is no name"),
            (b"[\"a\", \"\"]", "class 1 has an empty name"),
            (b"[\"a\",", "can't be read as JSON: EOF"),
            (b"{\"1\": \"a\", \"2\": \"b\"}", "the index 0 is missing (the next one is 1)"),
            (b"{\"0\": \"a\", \"2\": \"b\"}", "2 names have the indices 0 to 1"),
            (b"{\"a\": 0, \"b\": 0}", "the index 0 comes twice"),
            (b"{\"0\": \"a\", \"00\": \"b\"}", "the index 0 comes twice"),
            (b"{\"0\": \"a\", \"0\": \"b\"}", "\"0\" comes twice"),
            (b"{\"a\": 0, \"a\": 1}", "\"a\" comes twice"),
            (b"{\"a\": 0, \"b\": -1}", "the entry \"a\" names no class"),
            (b"{\"a\": 0.5}", "the entry \"a\" names no class"),
            (b"{\"id2label\": [1]}", "item 0 of the list is no name"),
            (b"{\"architectures\": [\"A\"], \"depths\": [3]}", "neither id2label nor label_names"),
            (b"{\"label_names\": [\"a\"], \"label_descriptions\": [1]}", "label_descriptions holds no"),
            (b"id,name\n0,a\n0,b", "the index 0 comes twice"),
            (b"id,name\n0,a\n2,b", "the index 1 is missing"),
            (b"id,name\n0,a\nx,b", "line 3 has the index \"x\""),
            (b"0,a\n1,b,c", "line 2 has 3 columns"),
            (b"id,name\r\n0,a\r\n\r\nx,b\r\n3,c", "line 4 has the index"),
            (b"0,a\n1,", "class 1 has an empty name"),
            (b"n01440764 tench\ngoldfish", "line 2 is \"goldfish\"; a synset and a name"),
        ] {
            let error = Labels::parse(text).unwrap_err().to_string();
            assert!(error.contains(words), "{}: {error}", String::from_utf8_lossy(text));
            assert!(error.starts_with("These class names can't be used: "), "{error}");
        }
    }

    #[test]
    fn a_network_needs_a_name_for_each_class() {
        let labels = Labels::parse(b"cat\ndog").unwrap();
        assert_eq!(labels.clone().for_classes(2), Ok(labels.clone()));
        let error = labels.for_classes(3).unwrap_err().to_string();
        assert!(error.contains("names 2 classes, and the network has 3"), "{error}");
    }
}
