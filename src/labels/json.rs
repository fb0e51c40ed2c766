//! JSON lists: names, objects by index or by name, and configurations of Hugging Face and timm.

use std::collections::BTreeMap;

use super::entry::{Class, in_order, is_index, is_synset, short};
use super::value::Json;
use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// Reads a list or an object of names.
pub(super) fn json(text: &str) -> Result<Vec<Class>> {
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

fn list(items: Vec<Json>) -> Result<Vec<Class>> {
    let entry = |(index, item)| {
        pair(item).ok_or_else(|| neither(say!("json-item", "item {index} of the list is no name", index)))
    };
    items.into_iter().enumerate().map(entry).collect::<Result<_>>()
}

/// A name, or a list of an id and a name, as in torchvision's and Keras's lists of ImageNet's classes.
fn pair(item: Json) -> Option<Class> {
    match item {
        Json::Text(name) => Some((is_synset(name.trim()).then(|| name.trim().to_owned()), name.trim().to_owned())),
        Json::List(mut items) => match (items.pop(), items.pop(), items.pop()) {
            (Some(Json::Text(name)), Some(Json::Text(id)), None) => Some((Some(id), name.trim().to_owned())),
            _ => None,
        },
        Json::Index(_) | Json::Object(_) | Json::Other => None,
    }
}

/// Reads a configuration, names by their indices, or indices by their names.
fn object(mut entries: Vec<(String, Json)>) -> Result<Vec<Class>> {
    let mut take = |key: &str| {
        let at = entries.iter().position(|(name, _)| name == key)?;
        // A class may have this name; its value is then an index.
        (!matches!(entries[at].1, Json::Index(_) | Json::Text(_))).then(|| entries.swap_remove(at).1)
    };
    if let Some(names) = take("id2label").or_else(|| take("label2id")) {
        return named(names, "id2label");
    }
    if let Some(names) = take("label_names") {
        let classes = named(names, "label_names")?;
        return match take("label_descriptions") {
            None | Some(Json::Other) => Ok(classes),
            Some(descriptions) => described(classes, descriptions),
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

/// Reads the names in a field of a configuration.
fn named(value: Json, field: &str) -> Result<Vec<Class>> {
    match value {
        Json::List(items) => list(items),
        Json::Object(entries) => by_key(entries),
        Json::Text(_) | Json::Index(_) | Json::Other => {
            Err(neither(say!("json-field", "{field} holds no names", field)))
        }
    }
}

fn by_key(entries: Vec<(String, Json)>) -> Result<Vec<Class>> {
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
    in_order(entries.into_iter().map(entry).collect::<Result<_>>()?)
}

/// timm's two fields: the dataset's own names of the classes, and a description for each of them.
fn described(classes: Vec<Class>, descriptions: Json) -> Result<Vec<Class>> {
    let Json::Object(entries) = descriptions else {
        return Err(Error::Labels(say!(
            "label-descriptions",
            "label_descriptions holds no descriptions by the names in label_names"
        )));
    };
    let meanings: BTreeMap<String, Json> = entries.into_iter().collect();
    let meaning = |id: &str| match meanings.get(id) {
        Some(Json::Text(meaning)) => meaning.trim().to_owned(),
        Some(_) | None => id.to_owned(),
    };
    Ok(classes.into_iter().map(|(_, id)| (Some(id.clone()), meaning(&id))).collect())
}
