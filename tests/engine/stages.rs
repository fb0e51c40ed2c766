//! Rules that differ from stage to stage, against zennit and a transcription (`tests/reference/stages.py`).

use c3lrp::device::Preference;
use c3lrp::weights::formula;
use c3lrp::{Explainer, Options};
use serde_json::{Value, json};

use crate::support::{block_on, error, flipped, on_cpu, on_gpu, options, tensors};

/// f32 against f64, divided at every layer.
const TOLERANCE: f32 = 5e-5;

fn map(explainer: &Explainer, method: Value) -> Vec<f32> {
    let input = formula::input("input", 64, 64);
    let options = options(json!({ "method": method }));
    block_on(explainer.explain_tensor(input, 64, 64, &options, &mut |_, _, _| {})).unwrap().into_explanation().map
}

#[test]
fn stages_are_the_references() {
    are_the_references(&on_cpu(flipped()).unwrap());
}

#[test]
fn stages_are_the_references_on_the_gpu() {
    let adapter = c3lrp::device::adapter().unwrap();
    are_the_references(&on_gpu(flipped(), adapter, Preference::default()).unwrap());
}

fn are_the_references(explainer: &Explainer) {
    let expected = tensors("stages.safetensors");
    let convolution = json!(["z-plus", "gamma", "alpha-beta", "epsilon"]);
    for (name, method) in [
        // The last γ goes on.
        ("gamma", json!({ "name": "lrp-epsilon-gamma-box", "gamma": [0.5, 0.25] })),
        ("alpha", json!({ "name": "lrp-alpha2-beta1", "alpha": [1, 1.5, 2, 3] })),
        ("convolution", json!({ "name": "lrp-epsilon-plus", "convolution": convolution })),
        // More values than the network has stages: the first ones.
        ("epsilon", json!({ "name": "c3-lrp", "epsilon": [4, 2, 1, 0.25, 9], "epsilonUnit": "layer" })),
    ] {
        let off = error(&map(explainer, method), &expected[name]);
        println!("{name}: {off:.1e}");
        assert!(off < TOLERANCE, "{name} is off by {off}");
    }
}

/// To the bit, whichever of the options is a list; and a list whose values differ is another map.
#[test]
fn a_list_of_equal_values_is_the_value() {
    let explainer = on_cpu(flipped()).unwrap();
    for (name, option, value, other) in [
        ("c3-lrp", "epsilon", json!(1e-6), json!(1e-2)),
        ("c3-lrp-calibrated", "epsilon", json!(1), json!(0.5)),
        ("lrp-epsilon-plus", "convolution", json!("z-plus"), json!("epsilon")),
        ("lrp-alpha2-beta1", "alpha", json!(2), json!(1.5)),
        ("lrp-epsilon-gamma-box", "gamma", json!(0.25), json!(1)),
    ] {
        let given = |value: Value| json!({ "name": name, option: value });
        let [alone, list, longest] = [value.clone(), json!([value, value]), json!(vec![value.clone(); 8])].map(given);
        let whole = map(&explainer, alone.clone());
        assert_eq!(whole, map(&explainer, json!({ "name": name })), "{name}");
        for list in [list, longest] {
            assert_eq!(options(json!({ "method": list })), options(json!({ "method": alone })), "{name}");
            assert_eq!(map(&explainer, list), whole, "{name}");
        }
        for list in [json!([value, other]), json!([value, value, value, other])] {
            assert_ne!(map(&explainer, given(list)), whole, "{name}");
        }
    }
}

/// ε stands beside the method as well.
#[test]
fn a_list_stands_beside_the_method() {
    let within = options(json!({ "method": { "name": "lrp-epsilon", "epsilon": [1e-3, 1e-6] } }));
    assert_eq!(options(json!({ "method": "lrp-epsilon", "epsilon": [1e-3, 1e-6] })), within);
    assert_ne!(options(json!({ "method": "lrp-epsilon", "epsilon": [1e-6, 1e-3] })), within);
}

#[test]
fn lists_that_do_not_fit_are_named() {
    let length = |option: &str, count: usize| {
        format!(
            "{option} is a list of {count} values; 1 to 8 were expected, one for each stage from the pixels to the class"
        )
    };
    let rule =
        "\"zero\" or \"epsilon\" or \"gamma\" or \"z-plus\" or \"alpha-beta\" or \"w-square\" or \"flat\" was expected";
    for (method, told) in [
        (json!({ "name": "c3-lrp", "epsilon": [] }), length("epsilon", 0)),
        (json!({ "name": "lrp-alpha2-beta1", "alpha": vec![2; 9] }), length("alpha", 9)),
        (
            json!({ "name": "c3-lrp", "epsilon": [1, 0] }),
            "epsilon is 0 for stage 2; a number above 0, such as 1e-6, was expected".into(),
        ),
        (
            json!({ "name": "lrp-alpha2-beta1", "alpha": [2, 2, 0.5] }),
            "alpha is 0.5 for stage 3; a number of 1 or more, such as 2, was expected".into(),
        ),
        (
            json!({ "name": "lrp-epsilon-gamma-box", "gamma": [null] }),
            "gamma is null for stage 1; a number of 0 or more, such as 0.25, was expected".into(),
        ),
        (
            json!({ "name": "lrp-epsilon-gamma-box", "gamma": [0, [1]] }),
            "gamma is [1] for stage 2; a number of 0 or more, such as 0.25, was expected".into(),
        ),
        (
            json!({ "name": "lrp-epsilon-plus", "convolution": ["z-plus", "z-box"] }),
            format!("convolution is \"z-box\" for stage 2; {rule}"),
        ),
        // No other option takes one.
        (json!({ "name": "lrp-epsilon-plus", "linear": ["zero"] }), format!("linear is [\"zero\"]; {rule}")),
        (
            json!({ "name": "c3-lrp", "stabilizer": ["plain"] }),
            "stabilizer is [\"plain\"]; \"plain\" or \"signed\" was expected".into(),
        ),
        (json!({ "name": "rise", "keep": [0.5] }), "keep is [0.5]; a number from 0.001 to 1 was expected".into()),
    ] {
        let error = Options::from_json(json!({ "method": method })).unwrap_err();
        assert!(error.to_string().ends_with(&told), "{error}\n{told}");
    }
}
