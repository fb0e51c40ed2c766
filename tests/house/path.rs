//! The paths that a file names: `crate::kernel::Weight`, in a `use` as well as in an expression.

use crate::token::Token;

/// A path as it is written, with its groups taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub segments: Vec<String>,
    /// The name that a `use` gives it in its file; `*` for all that is there.
    pub imported: Option<String>,
    /// How it is written.
    pub kind: Kind,
    /// How many modules that are written out within the file it stands in.
    pub depth: usize,
    pub line: usize,
}

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Where it is used.
    Plain,
    /// In a `use`.
    Import,
    /// In a `pub use`.
    Export,
}

/// What a file says of modules: the paths that it names, the modules that lie in files of their own, and what it defines.
#[derive(Debug, Default)]
pub struct Names {
    pub paths: Vec<Path>,
    pub modules: Vec<String>,
    pub items: Vec<String>,
}

const ITEMS: [&str; 9] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "mod"];

/// Reads what a file's code says of modules.
pub fn names(tokens: &[Token]) -> Names {
    let mut names = Names::default();
    // The braces that are open, and which of them are modules'.
    let mut open = Vec::new();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", text);
        let depth = open.iter().filter(|&&module| module).count();
        match text(at) {
            "{" => open.push(at >= 2 && text(at - 2) == "mod"),
            "}" => _ = open.pop(),
            "use" => {
                let kind = if matches!(before, "pub" | ")") { Kind::Export } else { Kind::Import };
                at += 1;
                at += tree(&tokens[at..], &[], (depth, kind), &mut names.paths);
                continue;
            }
            "mod" if text(at + 2) == ";" => names.modules.push(text(at + 1).to_owned()),
            "macro_rules" => names.items.push(text(at + 2).to_owned()),
            word if ITEMS.contains(&word) => names.items.push(text(at + 1).to_owned()),
            _ if tokens[at].is_word() && text(at + 1) == "::" && before != "::" && before != "." => {
                let inside = before == "in" && text(at - 2) == "(";
                let mut paths = Vec::new();
                at += tree(&tokens[at..], &[], (depth, Kind::Plain), &mut paths);
                names.paths.extend(paths.into_iter().filter(|_| !inside));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// Reads one path or, in a `use`, one tree of them; how many tokens it has.
fn tree(tokens: &[Token], begun: &[String], (depth, kind): (usize, Kind), paths: &mut Vec<Path>) -> usize {
    let is_use = kind != Kind::Plain;
    let mut segments = begun.to_vec();
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let line = tokens.first().map_or(0, |token| token.line);
    let mut at = usize::from(text(0) == "::");
    loop {
        match text(at) {
            "{" if is_use => {
                at += 1;
                while !matches!(text(at), "}" | "") {
                    at += tree(&tokens[at..], &segments, (depth, kind), paths);
                    at += usize::from(text(at) == ",");
                }
                return at + 1;
            }
            "*" if is_use => {
                paths.push(Path { segments, imported: Some("*".to_owned()), kind, depth, line });
                return at + 1;
            }
            "self" if !segments.is_empty() => at += 1,
            _ if tokens.get(at).is_some_and(|token| token.is_word()) => {
                segments.push(text(at).to_owned());
                at += 1;
            }
            _ => {}
        }
        if text(at) != "::" || text(at + 1) == "<" {
            break;
        }
        at += 1;
    }
    let mut imported = segments.last().cloned().filter(|_| is_use);
    if is_use && text(at) == "as" {
        imported = Some(text(at + 1).to_owned());
        at += 2;
    }
    paths.push(Path { segments, imported, kind, depth, line });
    at.max(1)
}

#[test]
fn groups_are_taken_apart() {
    let text = "
        pub(in crate::z) use crate::a::{self, b::{C as D, E}, f::*};
        mod g; mod h { fn i() { super::j::k::<u8>(l.m) } }
        impl n::O for P {}";
    let names = names(&crate::token::tokens(text));
    let paths: Vec<_> = names.paths.iter().map(|path| path.segments.join("::")).collect();
    assert_eq!(paths, ["crate::a", "crate::a::b::C", "crate::a::b::E", "crate::a::f", "super::j::k", "n::O"]);
    let imported: Vec<_> = names.paths.iter().map(|path| path.imported.as_deref()).collect();
    assert_eq!(imported, [Some("a"), Some("D"), Some("E"), Some("*"), None, None]);
    assert_eq!(names.paths.iter().map(|path| path.depth).collect::<Vec<_>>(), [0, 0, 0, 0, 1, 0]);
    assert_eq!((names.modules, names.items), (vec!["g".to_owned()], vec!["h".to_owned(), "i".to_owned()]));
}
