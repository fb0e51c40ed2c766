//! The names of a network's classes, read from the usual forms of lists.

mod entry;
mod json;
mod lines;
mod table;
mod value;

use self::entry::Class;
use self::json::json;
use self::lines::lines;
use self::table::table;
use crate::sentence::say;
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
    /// The largest size of a list in bytes: the names of ImageNet's 21,841 classes take half a megabyte.
    pub const MOST_BYTES: usize = 16_000_000;

    /// Reads a list of names in any of these forms (UTF-8, with or without a byte order mark):
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
    /// [`Error::Labels`] if the text has none of these forms, an index is missing or occurs twice, or a name is empty;
    /// the message says where, and what was expected.
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
        let labels = Self::from_classes(match text.as_bytes().first() {
            None => {
                return Err(Error::Labels(say!("labels-empty", "the list is empty; a name on each line was expected")));
            }
            Some(b'[' | b'{') => json(text)?,
            Some(_) => match table(text)? {
                Some(classes) => classes,
                None => lines(text)?,
            },
        });
        let empty = |name: &String| name.is_empty();
        match labels.names.iter().position(empty) {
            Some(class) => Err(Error::Labels(say!("label-empty", "class {class} has an empty name", class))),
            None if labels.names.is_empty() => Err(Error::Labels(say!("labels-none", "the list holds no names"))),
            None => Ok(labels),
        }
    }

    /// These labels, provided that there is one for each of a network's classes.
    ///
    /// # Errors
    /// [`Error::Labels`] if there are more or fewer.
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

    /// The ids that a dataset gives its classes besides their names (ImageNet's synsets, such as `n01440764`), class by
    /// class; empty if the list has none.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    fn from_classes(classes: Vec<Class>) -> Self {
        let (ids, names): (Vec<Option<String>>, _) = classes.into_iter().unzip();
        // If only some classes have an id, none are kept.
        let ids: Option<Vec<String>> = ids.into_iter().collect();
        Self { names, ids: ids.unwrap_or_default() }
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
