//! The crates' modules depend one way only: no circle, and none on what stands above it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod house;
mod path;
mod token;

use std::path::PathBuf;

use house::{Graph, House, Need, circle, graph};

/// The library's modules and the command line, from the ground up: each may take from those before it alone.
const STOREYS: [&[&str]; 8] = [
    // What is said, and what is of use to everybody.
    &["sentence", "error", "words", "fence", "pause", "random", "resample"],
    // A picture.
    &["picture", "birds"],
    // Weights, and the network that they are of.
    &["staged", "setting", "labels", "output", "weights", "hints", "window", "family", "checkpoint"],
    // The network on a device.
    &["buffer", "shader", "witness", "kernel", "network"],
    // Relevance.
    &["attribution", "concept"],
    // What is made of a map.
    &["filter", "heatmap", "metric", "explanation"],
    // What is asked, and what answers.
    &["forward", "device", "options", "explainer", "builder"],
    // The surfaces.
    &["wasm", "cli"],
];

fn crates() -> [House; 3] {
    let folder = |path: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    [
        House::read("c3lrp", &folder("src"), &["lib.rs", "main.rs"]),
        House::read("c3lrp_kernels", &folder("crates/kernels/src"), &["lib.rs"]),
        House::read("c3lrp_pytorch", &folder("crates/pytorch/src"), &["lib.rs"]),
    ]
}

#[test]
fn no_circle() {
    for house in crates() {
        let needs = house.needs();
        for folder in house.names() {
            if let Some(circle) = circle(&graph(&folder, &needs)) {
                let places: Vec<_> = circle.iter().map(|need| need.place.as_str()).collect();
                panic!("what each of these needs leads back to it:\n{}", places.join("\n"));
            }
        }
    }
}

#[test]
fn nothing_needs_what_stands_above_it() {
    let [house, ..] = crates();
    let order: Vec<&str> = STOREYS.concat();
    let floor = |module: &String| order.iter().position(|known| known == module);
    for module in house.names().iter().filter_map(|name| name.first()) {
        assert!(floor(module).is_some(), "{module} has no place in STOREYS");
    }
    let needs = house.needs();
    for (from, needed) in graph(&[], &needs) {
        for (to, need) in needed {
            assert!(floor(&to) < floor(&from), "{from} needs {to}, which stands above it: {}", need.place);
        }
    }
}

#[test]
fn circles_are_found() {
    let need = |from: &str, to: &str| {
        let name = |path: &str| path.split("::").map(str::to_owned).collect();
        Need { from: name(from), to: name(to), place: format!("{from} {to}") }
    };
    let of = |needs: &[Need], folder: &[String]| {
        let graph: Graph = graph(folder, needs);
        circle(&graph).map(|circle| circle.iter().map(|need| need.place.clone()).collect::<Vec<_>>())
    };
    let needs = [need("a::b", "c"), need("c", "a::d"), need("a::b", "a::d"), need("e", "a")];
    assert_eq!(of(&needs, &[]), Some(vec!["a::b c".to_owned(), "c a::d".to_owned()]));
    assert_eq!(of(&needs, &["a".to_owned()]), None);
    // The folder's own file is one of those in it.
    let needs = [need("a", "a::b"), need("a::b::c", "a")];
    assert_eq!(of(&needs, &[]), None);
    assert_eq!(of(&needs, &["a".to_owned()]), Some(vec!["a::b::c a".to_owned(), "a a::b".to_owned()]));
}
