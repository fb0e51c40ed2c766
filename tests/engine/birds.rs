//! The bundled models on freshly drawn birds: PyTorch's logits, and the accuracy that their cards claim.

use c3lrp::birds::{Bird, Options as Drawing, Species, draw};
use c3lrp::{Explainer, Explanation};
use serde_json::{Value, json};

use crate::support::{block_on, model, on_cpu, options};

fn load(name: &str) -> Explainer {
    let weights = std::fs::read(model(&format!("{name}.safetensors"))).unwrap();
    let explainer = on_cpu(weights).unwrap();
    let names: Vec<_> = Species::all().iter().map(|species| species.name().to_owned()).collect();
    assert_eq!(explainer.info().labels.as_ref(), Some(&names));
    explainer
}

/// A bird whose tag is its own, another species' (by its index), or missing.
fn bird(number: usize, seed: u64, tag: Option<usize>) -> Bird {
    draw(&Species::all()[number % 20], seed, &Drawing { tag, ..Drawing::default() })
}

fn explain(explainer: &Explainer, bird: &Bird) -> Explanation {
    let options = options(json!({ "fit": "whole", "filter": "none" }));
    block_on(explainer.explain(&bird.rgba, bird.side, bird.side, &options, &mut |_, _, _| {}))
        .unwrap()
        .into_explanation()
}

/// How many of `count` birds, from `seed` on, are called by their species.
fn called(explainer: &Explainer, seed: u64, count: usize, tag: impl Fn(usize) -> Option<usize>) -> usize {
    (0..count)
        .filter(|&number| {
            let bird = bird(number, seed + number as u64, tag(number % 20));
            explain(explainer, &bird).target == number % 20
        })
        .count()
}

#[test]
fn logits_are_pytorchs() {
    for name in ["birds-resnet50", "birds-resnet50-spurious", "birds-abn"] {
        let card: Value = serde_json::from_slice(&std::fs::read(model(&format!("{name}.json"))).unwrap()).unwrap();
        let explainer = load(name);
        for (number, expected) in card["logits"].as_array().unwrap().iter().enumerate() {
            let expected: Vec<f32> = serde_json::from_value(expected.clone()).unwrap();
            let tag = name.ends_with("spurious").then_some(number);
            let explanation = explain(&explainer, &bird(number, 3_000_000 + number as u64, tag));
            let worst = explanation.logits.iter().zip(&expected).fold(0f32, |worst, (a, b)| worst.max((a - b).abs()));
            println!("{name}, picture {number}: logits off by {worst:e}");
            // Both compute in f32 from the same F16 weights: sixty layers of rounding.
            assert!(worst < 2e-3, "{name}, picture {number}: {worst:e}");
        }
    }
}

/// Seeds that no training and no figure of the cards has used.
const FRESH: u64 = 6_000_000;

#[test]
fn the_birds_are_told_apart() {
    for name in ["birds-resnet50", "birds-abn"] {
        let right = called(&load(name), FRESH, 200, |_| None);
        println!("{name}: {right} of 200");
        assert!(right >= 190, "{name}: {right} of 200");
    }
}

#[test]
fn the_spurious_model_follows_the_tag() {
    let explainer = load("birds-resnet50-spurious");
    let own = called(&explainer, FRESH, 100, Some);
    let wrong = called(&explainer, FRESH, 100, |species| Some((species + 7) % 20));
    println!("own tag: {own} of 100; another's: {wrong} of 100");
    assert!(own >= 95 && wrong <= 20, "{own} and {wrong} of 100");
}
