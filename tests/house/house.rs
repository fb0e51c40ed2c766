//! The modules of a crate, and which file needs which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path as File, PathBuf};

use crate::path::{Kind, Names, Path, names};
use crate::token::tokens;

/// A module that lies in a file of its own.
struct Module {
    /// Its path from the crate's root: `["kernel", "gpu"]`.
    name: Vec<String>,
    file: PathBuf,
    said: Names,
}

/// One file's need of another.
pub struct Need {
    /// The modules of both files.
    pub from: Vec<String>,
    pub to: Vec<String>,
    /// Where it says so, and the path that it names.
    pub place: String,
}

/// What a path leads to.
enum Found {
    Module(usize),
    /// Something that the module's file defines.
    Item(usize),
}

/// A crate's modules, of a library and of a binary that takes the library by its name.
pub struct House {
    modules: Vec<Module>,
    name: &'static str,
}

impl House {
    /// Reads a crate from the files of its roots.
    pub fn read(name: &'static str, folder: &File, roots: &[&str]) -> House {
        let mut house = House { modules: Vec::new(), name };
        for root in roots {
            house.enter(Vec::new(), folder.join(root), folder);
        }
        house
    }

    fn enter(&mut self, name: Vec<String>, file: PathBuf, folder: &File) {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let said = names(&tokens(&text));
        let children = said.modules.clone();
        self.modules.push(Module { name: name.clone(), file, said });
        for child in children {
            let name = [name.as_slice(), &[child]].concat();
            let path = name.iter().collect::<PathBuf>();
            let file = folder.join(&path).with_extension("rs");
            let file = if file.exists() { file } else { folder.join(path).join("mod.rs") };
            self.enter(name, file, folder);
        }
    }

    /// The name of every module that lies in a file of its own.
    pub fn names(&self) -> BTreeSet<Vec<String>> {
        self.modules.iter().map(|module| module.name.clone()).collect()
    }

    /// Every need of one file for another. Roots are left out, and what a module exports of those within it: they name
    /// what others may use.
    pub fn needs(&self) -> Vec<Need> {
        let mut needs = Vec::new();
        for module in self.modules.iter().filter(|module| !module.name.is_empty()) {
            for path in &module.said.paths {
                let Some(to) = self.needed(module, path) else { continue };
                let to = &self.modules[to];
                let exported = path.kind == Kind::Export && to.name.starts_with(&module.name);
                if to.name != module.name && !exported {
                    let place = format!("{}:{} {}", module.file.display(), path.line, path.segments.join("::"));
                    needs.push(Need { from: module.name.clone(), to: to.name.clone(), place });
                }
            }
        }
        needs
    }

    /// The module whose file a path needs. An imported module alone is no need yet: what is taken from it is.
    fn needed(&self, module: &Module, path: &Path) -> Option<usize> {
        match self.find(&self.absolute(module, path)?, 0)? {
            Found::Item(at) => Some(at),
            Found::Module(at) => (path.imported.as_deref() == Some("*")).then_some(at),
        }
    }

    /// A path from the crate's root; nothing where it leads into another crate or begins with a type.
    fn absolute(&self, module: &Module, path: &Path) -> Option<Vec<String>> {
        let (first, rest) = path.segments.split_first()?;
        // Modules that are written out within their file are that file.
        let inline = path.depth;
        let (base, rest) = match first.as_str() {
            "crate" => (Vec::new(), rest),
            name if name == self.name => (Vec::new(), rest),
            "self" => (module.name.clone(), rest),
            "super" => {
                let up = path.segments.iter().take_while(|segment| *segment == "super").count();
                let above = module.name.len().checked_sub(up.saturating_sub(inline))?;
                (module.name[..above].to_vec(), &path.segments[up..])
            }
            name if module.said.modules.iter().any(|child| child == name) => {
                (module.name.clone(), path.segments.as_slice())
            }
            name => {
                let imports = |other: &&Path| other.imported.as_deref() == Some(name) && *other != path;
                let imported = module.said.paths.iter().find(imports)?;
                if imported.segments[0] == name {
                    return None;
                }
                (self.absolute(module, imported)?, rest)
            }
        };
        Some([&base, rest].concat())
    }

    /// What a path from the root leads to, through what modules export of others.
    fn find(&self, path: &[String], round: usize) -> Option<Found> {
        assert!(round < 16, "{path:?} leads to itself");
        // The longest beginning that is a module.
        let length = (0..=path.len()).rev().find(|&length| self.module(&path[..length]).is_some())?;
        if length == path.len() {
            return self.module(path).map(Found::Module);
        }
        let (name, rest) = (&path[length], &path[length + 1..]);
        let mut here = self.modules.iter().enumerate().filter(|(_, module)| module.name == path[..length]);
        here.find_map(|(at, module)| {
            if module.said.items.contains(name) {
                return Some(Found::Item(at));
            }
            let imports = module.said.paths.iter().filter(|other| other.imported.as_ref() == Some(name));
            let mut imports = imports.filter_map(|other| self.absolute(module, other));
            imports.find_map(|import| self.find(&[&import, rest].concat(), round + 1))
        })
    }

    fn module(&self, name: &[String]) -> Option<usize> {
        self.modules.iter().position(|module| module.name == name)
    }
}

/// What stands in one folder, and what each needs of the others; `mod` is the folder's own file.
pub type Graph<'a> = BTreeMap<String, BTreeMap<String, &'a Need>>;

/// The graph of a folder's files, where a folder within it counts as one.
pub fn graph<'a>(folder: &[String], needs: &'a [Need]) -> Graph<'a> {
    let within = |name: &[String]| {
        let rest = name.strip_prefix(folder)?;
        Some(rest.first().map_or("mod", String::as_str).to_owned())
    };
    let mut graph = Graph::new();
    for need in needs {
        if let (Some(from), Some(to)) = (within(&need.from), within(&need.to))
            && from != to
        {
            graph.entry(from).or_default().entry(to).or_insert(need);
        }
    }
    graph
}

/// The shortest circle of a graph, as the needs that it is made of.
pub fn circle<'a>(graph: &Graph<'a>) -> Option<Vec<&'a Need>> {
    let nothing = BTreeMap::new();
    let around = |start: &String| {
        let mut ways: Vec<(&String, Vec<&Need>)> = vec![(start, Vec::new())];
        let mut seen = BTreeSet::new();
        let mut at = 0;
        while let Some((here, way)) = ways.get(at).cloned() {
            for (next, need) in graph.get(here).unwrap_or(&nothing) {
                let way = [way.as_slice(), &[*need]].concat();
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    ways.push((next, way));
                }
            }
            at += 1;
        }
        None
    };
    graph.keys().filter_map(around).min_by_key(Vec::len)
}
