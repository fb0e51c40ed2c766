//! A class set against others, compared with zennit, captum and a transcription (`tests/reference/contrast.py`).

use c3lrp::device::Preference;
use c3lrp::weights::formula;
use c3lrp::{Against, Explainer};
use serde_json::{Value, json};

use crate::support::{block_on, error, flipped, on_cpu, on_gpu, options, small, tensors};

/// Rules that divide at every layer lose digits where sums of either sign come near zero; f32 against f64.
const TOLERANCE: f32 = 5e-5;

/// The methods that are linear in the start, with what is asked for and the tolerance.
const METHODS: [(&str, f32); 9] = [
    ("c3-lrp-calibrated", TOLERANCE),
    // With ε = 1e-6 the reference in float32 is off by as much.
    ("lrp-epsilon", 1e-3),
    ("lrp-epsilon-plus", TOLERANCE),
    ("lrp-epsilon-plus-flat", TOLERANCE),
    ("lrp-alpha2-beta1", TOLERANCE),
    ("lrp-alpha2-beta1-flat", TOLERANCE),
    ("lrp-epsilon-gamma-box", TOLERANCE),
    ("input-x-gradient", TOLERANCE),
    ("grad-cam", TOLERANCE),
];

fn explained(explainer: &Explainer, json: Value) -> c3lrp::Explained {
    let input = formula::input("input", 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options(json), &mut |_, _, _| {})).unwrap()
}

/// The method by name, the calibrated one with the reference's ε.
fn named(name: &str) -> Value {
    match name {
        "c3-lrp-calibrated" => json!({ "name": name, "epsilon": 0.5 }),
        name => json!({ "name": name }),
    }
}

#[test]
fn contrasts_are_the_references() {
    are_the_references(&on_cpu(flipped()).unwrap());
}

#[test]
fn contrasts_are_the_references_on_the_gpu() {
    let adapter = c3lrp::device::adapter().unwrap();
    are_the_references(&on_gpu(flipped(), adapter, Preference::default()).unwrap());
}

fn are_the_references(explainer: &Explainer) {
    let expected = tensors("contrast.safetensors");
    let [target, second] = expected["classes"][..] else { panic!("two classes") };
    for (name, against) in [("second", json!(second as usize)), ("rest", json!("rest")), ("softmax", json!("softmax"))]
    {
        let explained = explained(explainer, json!({ "target": target as usize }));
        let margin: f32 = explained.logits.iter().zip(&expected[&format!("weights {name}")]).map(|(z, v)| z * v).sum();
        for (method, tolerance) in METHODS {
            let asked = options(json!({ "target": target as usize, "against": against, "method": named(method) }));
            let found = block_on(explained.explain(&asked, &mut |_, _, _| {})).unwrap();
            let off = error(&found.map, &expected[&format!("{method} {name}")]);
            println!("{method} {name}: {off:.1e}");
            assert!(off < tolerance, "{method} against {name} is off by {off}");
            assert!((found.margin - margin).abs() < 1e-5 * margin.abs().max(1.0), "{} {margin}", found.margin);
        }
    }
}

#[test]
fn the_calibrated_rule_is_the_transcription() {
    let expected = tensors("contrast.safetensors");
    let found = explained(&on_cpu(flipped()).unwrap(), json!({ "method": named("c3-lrp-calibrated") }));
    let off = error(&found.map, &expected["c3-lrp-calibrated"]);
    assert!(off < TOLERANCE, "off by {off}");
}

/// The map of A against B is A's minus B's, each begun with its logit, where nothing but the start tells them apart.
#[test]
fn a_contrast_is_a_difference() {
    let explainer = on_cpu(small()).unwrap();
    let explained = explained(&explainer, json!({ "target": 3 }));
    let map = |json: Value| block_on(explained.explain(&options(json), &mut |_, _, _| {})).unwrap();
    for (name, tolerance) in METHODS {
        // Its ReLU comes after the sum.
        if name == "grad-cam" {
            continue;
        }
        let one = |class: usize| match name {
            "input-x-gradient" => map(json!({ "target": class, "method": name })),
            name => map(json!({ "target": class, "method": { "name": name, "start": "logit" } })),
        };
        let [three, five] = [one(3), one(5)];
        let both = map(json!({ "target": 3, "against": 5, "method": name }));
        // C3-LRP's linear layer has no bias: there a class begins with |z − b| instead of |z|.
        let factor = |class: usize, logit: f32| match name {
            "c3-lrp-calibrated" => (logit - formula::tensor("fc.bias", &[10])[class]).abs() / logit.abs(),
            _ => 1.0,
        };
        let factors = [factor(3, three.logit), factor(5, five.logit)];
        let maps = three.map.iter().zip(&five.map);
        let difference: Vec<f32> = maps.map(|(three, five)| three * factors[0] - five * factors[1]).collect();
        let off = error(&both.map, &difference);
        println!("{name}: {off:.1e}");
        assert!(off < tolerance, "{name} is off by {off}");
        assert_eq!((both.against, both.target), (Some(Against::Class(5)), 3));
        assert!((both.margin - (three.logit - five.logit)).abs() < 1e-5, "{}", both.margin);
    }
}

/// RISE by hand: Σ_i (p_A − p_B)(x ⊙ M_i) · M_i is the difference of the classes' own sums.
#[test]
fn rise_holds_probabilities_against_each_other() {
    let explainer = on_cpu(small()).unwrap();
    let explained = explained(&explainer, json!({ "target": 3 }));
    let method = json!({ "name": "rise", "masks": 16 });
    let map = |json: Value| block_on(explained.explain(&options(json), &mut |_, _, _| {})).unwrap().map;
    let [three, five] = [3, 5].map(|class| map(json!({ "target": class, "method": method })));
    let both = map(json!({ "target": 3, "against": 5, "method": method }));
    let difference: Vec<f32> = three.iter().zip(&five).map(|(three, five)| three - five).collect();
    let largest = three.iter().fold(0f32, |most, value| most.max(value.abs()));
    let off = both.iter().zip(&difference).fold(0f32, |most, (a, b)| most.max((a - b).abs())) / largest;
    assert!(off < 1e-6, "off by {off}");
}

#[test]
fn what_can_not_be_held_against_a_class_is_refused() {
    let explainer = on_cpu(small()).unwrap();
    let explained = explained(&explainer, json!({}));
    for (asked, words) in [
        (json!({ "target": 3, "against": 3 }), "the class that is explained"),
        (json!({ "target": 3, "against": 10 }), "the classes 0 to 9"),
        (json!({ "target": 3, "against": "rest", "method": "abn" }), "against"),
    ] {
        let why = block_on(explained.explain(&options(asked), &mut |_, _, _| {})).unwrap_err().to_string();
        assert!(why.contains(words), "{why}");
    }
    for given in [json!("all"), json!(-1), json!(1.5), json!(null), json!([1])] {
        let why = c3lrp::Options::from_json(json!({ "against": given })).unwrap_err().to_string();
        assert!(why.contains("the number of a class or \"rest\" or \"softmax\""), "{why}");
    }
}
