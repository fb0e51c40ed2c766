//! FunnyBirds' protocols against a transcription in numpy and scipy (`tests/reference/parts.py`).

use std::collections::BTreeMap;

use c3lrp::Explainer;
use c3lrp::birds::{Bird, Objects, Options as Drawing, Part, Parts, Species, draw};
use c3lrp::metric::parts::{
    Checks, Importances, Losses, rivals, single_deletion, sufficient, target_sensitivity, thresholds,
};
use c3lrp::picture::{Fit, Preparation};
use c3lrp::random::unit;
use serde_json::{Value, json};

use crate::support::{block_on, model, on_cpu, reference};

/// The script's birds.
const SPECIES: [usize; 10] = [0, 2, 3, 6, 7, 10, 13, 15, 17, 19];
const FIRST_SEED: u64 = 8_100_000;

/// The script's maps.
fn map(number: usize) -> Vec<f32> {
    let (blocks, fine) = (format!("map {number}"), format!("fine {number}"));
    let value = |at: usize| {
        if ![at / 224, at % 224].iter().all(|place| (48..176).contains(place)) {
            return 0.0;
        }
        let block = at / 224 / 8 * 32 + at % 224 / 8;
        let value = unit(&blocks, block) + unit(&fine, at) / 64.0;
        if number.is_multiple_of(2) { value + 0.125 } else { value.max(0.0) }
    };
    (0..224 * 224).map(value).collect()
}

/// The name of a set of parts.
fn key(parts: Parts) -> String {
    parts.iter().map(Part::name).collect::<Vec<_>>().join("+")
}

/// A network's logits of a bird without some parts and objects.
pub fn logits(explainer: &Explainer, species: &Species, seed: u64, without: Parts, bare: Objects) -> Vec<f32> {
    let bird = draw(species, seed, &Drawing { without, bare, ..Drawing::default() });
    let preparation = Preparation { fit: Fit::Pad, ..explainer.preparation() };
    let input = preparation.prepare(&bird.rgba, bird.side, bird.side).unwrap();
    block_on(explainer.logits(input.values, 224, 224)).unwrap()
}

/// Whether lists of fractions are the same. Those of up to 24 things differ by more than 1e-3, or not at all; reading a
/// number from JSON may cost its last bit.
pub fn same_fractions(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| same_fractions(a, b))
        }
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-12,
        _ => found == expected,
    }
}

/// The first of the largest.
pub fn largest(logits: &[f32]) -> usize {
    (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap()
}

/// The parts and the objects that show, with their masks.
type Shown = (Vec<(Part, Vec<u8>)>, Vec<(usize, Vec<u8>)>);

pub fn shown(bird: &Bird) -> Shown {
    let shows = |mask: &[u8]| mask.contains(&1);
    let parts = Part::ALL.into_iter().map(|part| (part, bird.part(part).to_vec())).filter(|(_, mask)| shows(mask));
    let objects = bird.objects.iter().cloned().enumerate().filter(|(_, mask)| shows(mask));
    (parts.collect(), objects.collect())
}

/// For each other species its index, and the parts in which it is as this one.
pub fn alike(species: &Species) -> Vec<(usize, Parts)> {
    let others = Species::all().iter().filter(|other| *other != species);
    others.map(|other| (other.index(), species.differing(other).into_iter().collect::<Parts>().others())).collect()
}

#[test]
fn parts_are_as_their_definitions() {
    let explainer = on_cpu(std::fs::read(model("birds-resnet50.safetensors")).unwrap()).unwrap();
    let bless = std::env::var_os("BLESS").is_some();
    let read = |file: &str| std::fs::read(reference(file)).unwrap();
    let (stored, expected): (Vec<BTreeMap<String, Vec<f32>>>, Vec<Value>) = match bless {
        true => (vec![BTreeMap::new(); SPECIES.len()], Vec::new()),
        false => (
            serde_json::from_slice(&read("parts-logits.json")).unwrap(),
            serde_json::from_slice(&read("parts.json")).unwrap(),
        ),
    };
    assert!(bless || [stored.len(), expected.len()] == [SPECIES.len(); 2]);
    let (mut seen, mut sensitive) = (Vec::new(), 0);
    for (number, own) in SPECIES.into_iter().enumerate() {
        let (species, seed) = (&Species::all()[own], FIRST_SEED + number as u64);
        let mut known = stored[number].clone();
        // The scores are of the stored logits, so that no processor's rounding moves a rank. They are the engine's.
        let fresh = std::cell::Cell::new(0);
        let mut ask = |name: String, parts: Parts, bare: Objects| -> Vec<f32> {
            let found = known.get(&name).cloned();
            if found.is_none() || fresh.get() < 4 {
                let now = logits(&explainer, species, seed, parts, bare);
                fresh.set(fresh.get() + 1);
                let before = known.entry(name.clone()).or_insert_with(|| now.clone());
                assert!(now.iter().zip(before.iter()).all(|(a, b)| (a - b).abs() < 2e-3), "{number} {name}");
            }
            known[&name].clone()
        };
        let mut set = |parts: Parts| ask(key(parts), parts, Objects::NONE);

        let bird = draw(species, seed, &Drawing::default());
        let (parts, objects) = shown(&bird);
        let whole = set(Parts::NONE);
        let alike = alike(species);
        let among: Parts = parts.iter().map(|(part, _)| *part).collect();
        let right = largest(&whole) == own;
        let others: Vec<Parts> = alike.iter().map(|(_, parts)| *parts).collect();
        let shared: Vec<(usize, Parts)> =
            alike.iter().map(|(at, parts)| (*at, parts.common(species.parts()))).collect();
        let mut losses = Losses {
            whole: whole[own],
            parts: parts.iter().map(|(part, _)| (*part, set(Parts::NONE.with(*part))[own])).collect(),
            objects: Vec::new(),
            sufficient: if right { sufficient(&others, among) } else { Vec::new() },
        };
        let masks: Vec<Vec<u8>> = objects.iter().map(|(_, mask)| mask.clone()).collect();
        let weigh = |number: usize| Importances::new(&map(number), 224, &parts, &masks).unwrap();
        let importances = weigh(number);
        // Each pair's own parts, where the network behaves so.
        let pair = rivals(&shared);
        let sensitivity = pair.and_then(|[first, second]| {
            let (without_first, without_second) = (set(first.1), set(second.1));
            let lost = |class: usize, without: &[f32]| f64::from(whole[class]) - f64::from(without[class]);
            let behaves = lost(first.0, &without_first) > lost(second.0, &without_first)
                && lost(second.0, &without_second) > lost(first.0, &without_second);
            behaves.then(|| target_sensitivity([first.1, second.1], [&weigh(number + 20), &weigh(number + 40)]))
        });
        sensitive += usize::from(sensitivity.is_some());
        let sets: Vec<Parts> = thresholds().map(|threshold| importances.important(threshold)).collect();
        let same: BTreeMap<Parts, bool> = sets
            .iter()
            .flat_map(|parts| [*parts, parts.others()])
            .map(|parts| (parts, largest(&set(parts)) == largest(&whole)))
            .collect();
        losses.objects = objects
            .iter()
            .map(|(index, _)| ask(format!("object {index}"), Parts::NONE, [*index].into_iter().collect())[own])
            .collect();
        let checks: Vec<Value> = thresholds()
            .map(|threshold| Checks::new(&importances, &losses, threshold, |parts| Ok(same[&parts])).unwrap())
            .map(|checks| json!([checks.preservation, checks.deletion, checks.controlled, checks.distractibility]))
            .collect();
        seen.push(known);
        let Some(expected) = expected.get(number) else { continue };

        let mut named: Vec<String> = losses.sufficient.iter().map(|set| key(*set)).collect();
        named.sort();
        assert_eq!(json!(named), expected["sufficient"], "{number}");
        assert_eq!(
            json!(pair.map(|pair| pair.map(|(at, parts)| json!([at, key(parts)])))),
            expected["rivals"],
            "{number}"
        );
        assert_eq!(json!([losses.irrelevant_objects(), objects.len()]), expected["background"], "{number}");
        assert_eq!(json!(sensitivity), expected["target_sensitivity"], "{number}");
        assert!(same_fractions(&json!(checks), &expected["checks"]), "{number}: {checks:?}");
        // Sums of up to 50,000 values in another order.
        let near = |found: f64, expected: &Value, bound: f64| (found - expected.as_f64().unwrap()).abs() < bound;
        for (part, sum) in &importances.parts {
            assert!(near(*sum, &expected["importances"][part.name()], 1e-8), "{number} {part:?} {sum}");
        }
        for ((index, _), sum) in objects.iter().zip(&importances.objects) {
            assert!(near(*sum, &expected["importances"][format!("object {index}")], 1e-8), "{number} {index}");
        }
        // Ranks are whole or halves: only their products' sums round.
        let deletion = single_deletion(&importances, &losses).unwrap();
        assert!(near(deletion.unwrap(), &expected["single_deletion"], 1e-6), "{number}: {deletion:?}");
    }
    if bless {
        std::fs::write(reference("parts-logits.json"), serde_json::to_string(&seen).unwrap() + "\n").unwrap();
    }
    assert!(sensitive > 0, "no bird tests target sensitivity");
}
