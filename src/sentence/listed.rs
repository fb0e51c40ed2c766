//! Keeps `src/sentences.json`, the list of all messages for translators, up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::STARTS;
use crate::explanation::step;
use crate::options::methods;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sentences.json");

/// The Rust files of a folder and of those below it.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(&path, into),
            false if path.extension().is_some_and(|end| end == "rs") => into.push(path),
            false => {}
        }
    }
}

/// A string literal at the beginning of a text, in Rust's or TypeScript's quotes, and the text after it.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let text = &text[1..];
    let (mut value, mut chars) = (String::new(), text.char_indices());
    while let Some((at, char)) = chars.next() {
        match char {
            end if end == quote => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            other => value.push(other),
        }
    }
    None
}

/// The codes and templates in a file.
fn said(text: &str) -> Vec<(String, String)> {
    // Messages in tests don't count.
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let calls = ["say!(", "phrase!("].into_iter().flat_map(|call| text.split(call).skip(1));
    calls
        .filter_map(|call| {
            let (code, rest) = literal(call)?;
            let (template, _) = literal(rest.trim_start().strip_prefix(',')?)?;
            Some((code, template))
        })
        .collect()
}

/// Every code with its English template.
fn all() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("crates/pytorch/src"), &mut files);
    let mut sentences = BTreeMap::new();
    let mut add = |code: String, template: String, whose: &str| {
        assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)), "{whose}: {code}");
        // The same message may occur in several places; different messages need different codes.
        let before = sentences.insert(code.clone(), template.clone());
        assert!(before.is_none_or(|before| before == template), "{whose}: {code} is another sentence's too");
    };
    for file in files {
        for (code, template) in said(&fs::read_to_string(&file).unwrap()) {
            add(code, template, &file.display().to_string());
        }
    }
    add(super::message::WORDS.into(), "{words}".into(), "words");
    for (name, start) in STARTS {
        add(format!("error.{name}"), format!("{start}{{what}}"), "errors");
    }
    for words in step::ALL {
        let parts = words.split(|char: char| !char.is_ascii_lowercase()).filter(|part| !part.is_empty());
        add(format!("progress.{}", parts.collect::<Vec<_>>().join("-")), (*words).into(), "progress");
    }
    for method in methods() {
        add(format!("method.{}.meaning", method.name), method.meaning.into(), "methods");
        add(format!("method.{}.source", method.name), method.source.into(), "methods");
        for option in method.options {
            add(format!("option.{}.meaning", option.name), option.meaning.into(), "options");
        }
    }
    add("adapter.cpu".into(), "WebAssembly SIMD, one thread".into(), "adapter");
    sentences
}

/// The names of a template's parameters.
fn parameters(template: &str) -> BTreeSet<&str> {
    let (mut names, mut rest) = (BTreeSet::new(), template);
    while !rest.is_empty() {
        let (piece, after) = super::template::piece(rest);
        if let super::template::Piece::Param(name, join) = piece {
            assert!(["", "or", "semicolon"].contains(&join), "{template}");
            names.insert(name);
        }
        rest = after;
    }
    names
}

/// A translation in a TypeScript file: an entry on one line, or with its text on the next.
fn translated(file: &str) -> BTreeMap<String, String> {
    let (_, body) = file.split_once("= {").unwrap();
    let (mut entries, mut rest) = (BTreeMap::new(), body.trim_start());
    while !rest.starts_with('}') {
        let (code, value) = match literal(rest) {
            Some((code, after)) => (code, after.trim_start().strip_prefix(':').unwrap()),
            None => rest.split_once(':').map(|(code, after)| (code.trim().to_owned(), after)).unwrap(),
        };
        let (template, after) = literal(value).unwrap();
        assert!(entries.insert(code.clone(), template).is_none(), "{code} comes twice");
        rest = after.trim_start().strip_prefix(',').unwrap().trim_start();
    }
    entries
}

#[test]
fn japanese_says_as_much() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/src/words/library.ja.ts");
    let (english, japanese) = (all(), translated(&fs::read_to_string(file).unwrap()));
    for (code, template) in &english {
        let other = japanese.get(code).unwrap_or_else(|| panic!("{code} is not said in Japanese: {template}"));
        assert_eq!(parameters(template), parameters(other), "{code}");
    }
    let more: Vec<_> = japanese.keys().filter(|code| !english.contains_key(*code)).collect();
    assert!(more.is_empty(), "said in Japanese only: {more:?}");
}

#[test]
fn the_list_is_that_of_the_sources() {
    let list = serde_json::to_string_pretty(&all()).unwrap() + "\n";
    if std::env::var_os("BLESS").is_some() {
        fs::write(LIST, &list).unwrap();
    }
    let kept = fs::read_to_string(LIST).unwrap_or_default();
    assert!(kept == list, "write it anew: BLESS=1 cargo test --release --features cli --lib listed");
}
