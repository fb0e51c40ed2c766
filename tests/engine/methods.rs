//! The methods' variants against the papers' formulas (`tests/reference/methods.py`), what they conserve,
//! and their options. Their parity is in parity.rs.

use c3lrp::random::unit;
use c3lrp::weights::{Architecture, Stage, formula};
use c3lrp::{Explainer, Explanation};
use serde_json::{Value, json};

use crate::support::{block_on, error, flipped, network, on_cpu, options, tensors};

/// The rounding of f32.
const SUMS: f32 = 2e-5;

fn explain(explainer: &Explainer, json: Value) -> Explanation {
    let input = formula::input("input", 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options(json), &mut |_, _, _| {})).unwrap().into_explanation()
}

fn compare(name: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    let off = error(found, expected);
    println!("{name}: {off:.1e}");
    assert!(off < tolerance, "{name} is off by {off}");
}

/// The same formulas in float64: the rounding of f32, divided at every layer.
#[test]
fn variants_are_the_papers_formulas() {
    let expected = tensors("methods.safetensors");
    let explainer = on_cpu(flipped()).unwrap();
    let splitting = "lrp-splitting";
    let epsilon_plus = "lrp-epsilon-plus";
    let plus = "c3-lrp-plus";
    for (name, method) in [
        ("lrp-splitting symmetric", json!({ "name": splitting, "addition": "symmetric" })),
        (
            "lrp-splitting symmetric without identity",
            json!({ "name": splitting, "addition": "symmetric", "identitySkips": false }),
        ),
        ("lrp-splitting without identity", json!({ "name": splitting, "identitySkips": false })),
        ("lrp-epsilon-plus own", json!({ "name": epsilon_plus, "norm": "own" })),
        ("lrp-epsilon-plus pass", json!({ "name": epsilon_plus, "norm": "pass" })),
        ("lrp-epsilon-plus average", json!({ "name": epsilon_plus, "pool": "average" })),
        ("lrp-epsilon-plus w-square", json!({ "name": epsilon_plus, "first": "w-square" })),
        ("c3-lrp-plus average", json!({ "name": plus, "pool": "average" })),
        (
            "c3-lrp-plus epsilon picture",
            json!({ "name": plus, "linear": "epsilon", "first": "epsilon", "input": "picture", "stabilizer": "signed" }),
        ),
        ("c3-lrp-plus own", json!({ "name": plus, "norm": "own", "stabilizer": "signed" })),
    ] {
        let explanation = explain(&explainer, json!({ "method": method }));
        compare(name, &explanation.map, &expected[name], 5e-5);
    }
}

#[test]
fn sums_at_the_boundaries_are_the_references() {
    let expected = tensors("methods.safetensors");
    let explainer = on_cpu(flipped()).unwrap();
    for name in ["lrp-epsilon-plus", "lrp-alpha2-beta1", "lrp-epsilon-gamma-box", "lrp-splitting", "c3-lrp-plus"] {
        let boundaries = explain(&explainer, json!({ "method": name })).boundaries;
        let names: Vec<_> = boundaries.iter().map(|boundary| &boundary.name[..]).collect();
        let blocks = ["layer4.1", "layer4.0", "layer3.0", "layer2.1", "layer2.0", "layer1.0"];
        assert_eq!(names[..2], ["fc", "avgpool"]);
        assert_eq!(names[2..8], blocks);
        assert_eq!(names[8..], ["maxpool", "stem", "input"]);
        let sums: Vec<_> = boundaries.iter().map(|boundary| boundary.sum as f32).collect();
        compare(&format!("{name} sums"), &sums, &expected[&format!("{name} sums")], SUMS);
        let block = &boundaries[7];
        assert_eq!((block.width, block.height, block.map.len()), (16, 16, 256));
        let sum: f64 = block.map.iter().map(|&value| f64::from(value)).sum();
        assert_eq!(sum, block.sum);
    }
}

/// Without biases nothing is lost where a rule shares relevance out by contributions. ε takes its part:
/// 1e-6 beside activations of about 1, in twenty divisions. z⁺ and αβ lose, or count twice, what comes to
/// outputs without contributions of a sign, as branches of a negative sum can be; that is reported.
#[test]
fn walks_conserve_where_there_are_no_biases() {
    let biases = |name: &str| name.ends_with(".bias") || name.ends_with("running_mean");
    let explainer = on_cpu(network([1, 2, 1, 2], |name, values| {
        if biases(name) {
            values.fill(0.0);
        }
    }))
    .unwrap();
    for (name, conserves) in [
        ("c3-lrp", true),
        ("lrp-epsilon", true),
        ("lrp-epsilon-gamma-box", true),
        ("lrp-epsilon-plus", false),
        ("lrp-epsilon-plus-flat", false),
        ("lrp-alpha2-beta1", false),
        ("lrp-alpha2-beta1-flat", false),
        ("lrp-splitting", false),
        ("c3-lrp-plus", false),
    ] {
        let boundaries = explain(&explainer, json!({ "method": name })).boundaries;
        let start = boundaries[0].sum;
        let lost = boundaries.iter().map(|boundary| (boundary.sum - start).abs() / start.abs()).fold(0.0, f64::max);
        println!("{name}: at most {lost:.1e} of the start is lost");
        assert!(lost < 1e-4 || !conserves, "{name} loses {lost} of the start");
    }
}

/// 37 masks: the last batch isn't full.
#[test]
fn rise_reports_its_masks_and_follows_its_seed() {
    let explainer = on_cpu(flipped()).unwrap();
    let options = options(json!({ "method": { "name": "rise", "masks": 37, "seed": 5 } }));
    let mut told = Vec::new();
    let mut tell = |done: f64, total: f64, what: &str| told.push((done, total, what.to_owned()));
    let input = formula::input("input", 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options, &mut tell)).unwrap();
    let masks: Vec<_> =
        told.iter().filter(|(.., what)| what == "masks").map(|(done, total, _)| (*done, *total)).collect();
    assert_eq!((masks.len(), masks[4]), (5, (37.0, 37.0)));
    let other = explain(&explainer, json!({ "method": { "name": "rise", "masks": 8, "seed": 6 } }));
    assert_ne!(other.map, explain(&explainer, json!({ "method": { "name": "rise", "masks": 8 } })).map);
}

/// Masks that were scored apart give the map of one run, to the bit: a score is the same in a batch of any size.
#[test]
fn rise_is_the_same_from_parts() {
    let explainer = on_cpu(flipped()).unwrap();
    let options = options(json!({ "method": { "name": "rise", "masks": 37, "seed": 5 }, "against": "rest" }));
    let input = formula::input("input", 64, 64);
    let whole = block_on(explainer.explain_tensor(input, 64, 64, &options, &mut |_, _, _| {})).unwrap();
    let part = |masks| block_on(whole.rise_scores(&options, masks, &mut |_, _, _| {})).unwrap();
    let scores = [part(0..5), part(5..32), part(32..37)].concat();
    let from_parts = block_on(whole.explain_scores(&options, &scores)).unwrap();
    assert_eq!((&from_parts.map, &from_parts.filtered), (&whole.map, &whole.filtered));

    let refused = |masks| block_on(whole.rise_scores(&options, masks, &mut |_, _, _| {})).unwrap_err().to_string();
    assert!(refused(30..38).contains("masks 30 to 38 are asked for; a range within 0 to 37"));
    assert!(refused(3..3).contains("masks 3 to 3"));
    let short = block_on(whole.explain_scores(&options, &scores[1..])).unwrap_err().to_string();
    assert!(short.contains("36 scores; one for each of 37 masks"), "{short}");
    let other =
        block_on(whole.rise_scores(&c3lrp::Options::default(), 0..1, &mut |_, _, _| {})).unwrap_err().to_string();
    assert!(other.contains("no masks; take rise"), "{other}");
}

/// The branch is part of what the gradient goes through.
#[test]
fn attention_is_shown_and_derived() {
    let expected = tensors("methods.safetensors");
    let mut architecture = Architecture::resnet([1; 4], 8, 10);
    architecture.attention = Some(Stage { depth: 1, width: 64, group: 64, out: 256 });
    let explainer = on_cpu(formula::checkpoint(&architecture).unwrap()).unwrap();
    let abn = explain(&explainer, json!({ "method": "abn" }));
    compare("abn logits", &abn.logits, &expected["abn logits"], 1e-5);
    compare("abn", &abn.map, &expected["abn"], 1e-5);
    assert_eq!(abn.map, explain(&explainer, json!({ "method": "abn", "target": 2 })).map);
    let gradient = explain(&explainer, json!({ "method": "input-x-gradient" }));
    compare("abn input-x-gradient", &gradient.map, &expected["abn input-x-gradient"], 2e-5);
    let cam = explain(&explainer, json!({ "method": { "name": "grad-cam", "stage": 3 } }));
    compare("abn grad-cam 3", &cam.map, &expected["abn grad-cam 3"], 2e-5);
}

#[test]
fn every_listed_method_takes_its_defaults() {
    let methods = Explainer::methods();
    assert_eq!(methods[0].name, "c3-lrp");
    for method in &methods {
        let mut given = json!({ "name": method.name });
        for option in &method.options {
            assert!(!option.meaning.is_empty(), "{}", option.name);
            assert!(option.choices.is_empty() || option.choices.contains(&option.default), "{}", option.name);
            given[option.name] = json!(option.default);
        }
        let explicit = options(json!({ "method": given }));
        assert_eq!(explicit, options(json!({ "method": method.name })), "{}", method.name);
        for option in &method.options {
            for choice in &option.choices {
                options(json!({ "method": { "name": method.name, option.name: choice } }));
            }
        }
    }
    assert_eq!(options(json!({})), options(json!({ "method": "c3-lrp" })));
    let beside = options(json!({ "method": "lrp-epsilon", "epsilon": 0.5 }));
    assert_eq!(beside, options(json!({ "method": { "name": "lrp-epsilon", "epsilon": 0.5 } })));
}

#[test]
fn methods_and_options_that_do_not_fit_are_named() {
    let refused = |json: Value| c3lrp::Options::from_json(json).unwrap_err().to_string();
    for (json, words) in [
        (json!({ "method": "lime" }), vec!["\"lime\"", "c3-lrp, c3-lrp-calibrated", "grad-cam"]),
        (json!({ "method": 3 }), vec!["no method 3"]),
        (json!({ "method": { "name": "grad-cam", "stage": 5 } }), vec!["stage is 5", "1 or 2 or 3 or 4"]),
        (json!({ "method": { "name": "grad-cam", "gamma": 1 } }), vec!["grad-cam has no option gamma", "stage"]),
        (json!({ "method": "input-x-gradient", "start": "logit" }), vec!["no option start", "it takes none"]),
        (json!({ "method": { "name": "lrp-epsilon", "epsilon": 0 } }), vec!["epsilon is 0", "above 0"]),
        (json!({ "method": { "epsilon": 1 }, "epsilon": 1 }), vec!["epsilon is given twice"]),
        (json!({ "method": { "name": "lrp-epsilon", "linear": "z-box" } }), vec!["linear is \"z-box\"", "\"gamma\""]),
        (json!({ "method": { "name": "lrp-alpha2-beta1", "alpha": 0.5 } }), vec!["alpha is 0.5", "1 or more"]),
        (json!({ "method": { "name": "lrp-epsilon-gamma-box", "gamma": "x" } }), vec!["gamma is \"x\"", "0 or more"]),
        (json!({ "method": { "name": "rise", "masks": 0 } }), vec!["masks is 0", "1 to 100000"]),
        (json!({ "method": { "name": "rise", "grid": 2.5 } }), vec!["grid is 2.5", "2 to 32"]),
        (
            json!({ "filter": { "kind": "c3", "levels": 8 } }),
            vec!["the filter c3 has no option levels", "it takes size"],
        ),
    ] {
        let told = refused(json.clone());
        assert!(words.iter().all(|word| told.contains(word)), "{json}: {told}");
    }
    let explainer = on_cpu(flipped()).unwrap();
    let input = formula::input("input", 64, 64);
    let abn = options(json!({ "method": "abn" }));
    let told = block_on(explainer.explain_tensor(input, 64, 64, &abn, &mut |_, _, _| {})).unwrap_err().to_string();
    assert!(told.contains("no attention branch"), "{told}");
}

/// A BatchNorm weight of 0 leaves nothing to divide by: the channel takes no relevance.
#[test]
fn a_dead_channel_takes_no_relevance() {
    let dead = network([1; 4], |name, values| {
        if name == "bn1.weight" {
            values[0] = 0.0;
        }
    });
    let explainer = on_cpu(dead).unwrap();
    for norm in ["own", "pass"] {
        let explanation = explain(&explainer, json!({ "method": { "name": "lrp-epsilon-plus", "norm": norm } }));
        assert!(explanation.relevance.iter().all(|value| value.is_finite()));
    }
}

/// Sides that the network halves to odd ones.
#[test]
fn any_size_is_walked() {
    let explainer = on_cpu(flipped()).unwrap();
    let input: Vec<_> = (0..3 * 70 * 45).map(|index| unit("odd", index)).collect();
    for method in ["lrp-splitting", "lrp-epsilon-gamma-box", "c3-lrp-plus", "grad-cam", "input-x-gradient"] {
        let options = options(json!({ "method": method }));
        let explanation =
            block_on(explainer.explain_tensor(input.clone(), 45, 70, &options, &mut |_, _, _| {})).unwrap();
        assert_eq!((explanation.map.len(), explanation.width), (70 * 45, 45), "{method}");
        assert!(explanation.map.iter().any(|&value| value != 0.0), "{method}");
    }
}
