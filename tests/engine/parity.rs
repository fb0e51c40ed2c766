//! Every method against its oracle, on each network and device: `tests/reference/parity.json` lists them,
//! and `./build.sh parity` makes docs/parity.md of what is printed here and in the browser.

use std::collections::HashMap;

use c3lrp::birds::{Options as Drawing, Species, draw};
use c3lrp::device::Candidate;
use c3lrp::device::{self, Preference};
use c3lrp::weights::{Architecture, formula};
use c3lrp::{Explained, Explainer};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{Parity, block_on, error, flipped, model, on_cpu, on_gpu, options, reference, small, tensors};

#[derive(Deserialize)]
struct Table {
    bounds: HashMap<String, (f32, String)>,
    networks: HashMap<String, Network>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Network {
    file: String,
    /// A formula-made tensor; the page's first bird where there is none.
    input: Option<(String, usize)>,
}

#[derive(Deserialize)]
struct Case {
    network: String,
    method: String,
    #[serde(default)]
    options: Map<String, Value>,
    /// What single channels of a layer have, instead of the whole map.
    concepts: Option<Channels>,
    /// The network's where there is none.
    file: Option<String>,
    /// In the file; the method's name where there is none.
    tensor: Option<String>,
    oracle: String,
    bound: String,
}

#[derive(Deserialize)]
struct Channels {
    layer: String,
    /// The one whose map is meant; where there is none, each one's relevance.
    channel: Option<usize>,
}

impl Case {
    /// The method's, without what is special about the case.
    fn name(&self) -> &str {
        self.method.split(',').next().unwrap_or_default()
    }
}

/// A share of the largest logit: f32 through sixty layers is within 2e-6.
const LOGITS: f32 = 1e-4;

fn weights(network: &str) -> Vec<u8> {
    match network {
        "small" => small(),
        "signs" => flipped(),
        "resnet50" => formula::checkpoint(&Architecture::resnet([3, 4, 6, 3], 64, 1000)).unwrap(),
        "birds" => std::fs::read(model("birds-resnet50.safetensors")).unwrap(),
        "birds-abn" => std::fs::read(model("birds-abn.safetensors")).unwrap(),
        other => panic!("there is no network {other}"),
    }
}

fn explain(explainer: &Explainer, network: &Network, mut asked: Map<String, Value>) -> Explained {
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    match &network.input {
        Some((name, side)) => {
            let input = formula::input(name, *side, *side);
            block_on(explainer.explain_tensor(input, *side, *side, &options(asked.into()), quiet)).unwrap()
        }
        None => {
            let species = Species::by_name("Masked Sunwren").unwrap();
            let bird = draw(species, 63, &Drawing::default());
            asked.insert("fit".into(), json!("whole"));
            block_on(explainer.explain(&bird.rgba, bird.side, bird.side, &options(asked.into()), quiet)).unwrap()
        }
    }
}

/// What a reference may hold: a case's channels, or the relevance and the map.
fn found(explained: Explained, asked: Map<String, Value>, channels: Option<&Channels>) -> Vec<Vec<f32>> {
    let Some(Channels { layer, channel }) = channels else {
        let explanation = explained.into_explanation();
        return vec![explanation.relevance, explanation.map];
    };
    let found = block_on(explained.concepts(layer, 6, &options(asked.into()), &mut |_, _, _| {})).unwrap();
    vec![match channel {
        None => found.channels.iter().map(|&relevance| relevance as f32).collect(),
        Some(channel) => found.concepts.into_iter().find(|concept| concept.channel == *channel).unwrap().map,
    }]
}

/// The one that is as long as the reference, all of it or every 13th value.
fn like(found: Vec<Vec<f32>>, expected: usize) -> Vec<f32> {
    let sampled: Vec<_> = found.iter().map(|values| values.iter().copied().step_by(13).collect()).collect();
    let mut forms = found.into_iter().chain(sampled);
    forms.find(|values| values.len() == expected).expect("the reference is of another size")
}

fn hold(network: &str, device: &str, explainer: &Explainer, of: impl Fn(&str) -> bool) {
    let table: Table = serde_json::from_slice(&std::fs::read(reference("parity.json")).unwrap()).unwrap();
    let known = &table.networks[network];
    let expected = tensors(&known.file);
    for case in table.cases.iter().filter(|case| case.network == network && of(&case.method)) {
        let mut asked = case.options.clone();
        asked.entry("method").or_insert_with(|| case.name().into());
        let explained = explain(explainer, known, asked.clone());
        if let Some(logits) = expected.get("logits").filter(|_| network != "birds-abn") {
            let off = error(&explained.logits, logits);
            assert!(off < LOGITS, "{network}: logits are off by {off}");
        }
        let own = case.file.as_deref().map(tensors);
        let expected = &own.as_ref().unwrap_or(&expected)[case.tensor.as_deref().unwrap_or(case.name())];
        let bound = table.bounds[&case.bound].0;
        let parity = Parity { method: &case.method, network, device, oracle: &case.oracle, bound };
        parity.holds(&like(found(explained, asked, case.concepts.as_ref()), expected.len()), expected);
    }
}

#[test]
fn on_the_cpu() {
    for network in ["small", "signs", "resnet50", "birds", "birds-abn"] {
        hold(network, "native CPU", &on_cpu(weights(network)).unwrap(), |_| true);
    }
}

/// On Vulkan through the same WGSL as the browser's; the software adapter that `./build.sh test`
/// installs is enough. There the full network takes minutes, and is the browser tests' part.
#[test]
fn on_the_gpu() {
    let adapter = device::adapter().expect("a Vulkan adapter, such as the software one that ./build.sh test installs");
    println!("adapter: {}", adapter.description);
    let full = !adapter.software;
    for network in
        ["small", "signs", "resnet50", "birds", "birds-abn"].iter().filter(|name| full || **name != "resnet50")
    {
        for candidate in Candidate::ALL {
            let explainer = on_gpu(weights(network), adapter.clone(), Preference::Force(candidate)).unwrap();
            let device = format!("native GPU, {candidate:?} kernels");
            hold(network, &device, &explainer, |method| full || !method.starts_with("rise"));
        }
    }
}

/// A second class of the same picture re-uses the forward pass, and gives what a fresh one gives.
#[test]
fn class_switch_changes_nothing_but_the_time() {
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let explain = |explainer: &Explainer, json| {
        let input = formula::input("input", 64, 64);
        block_on(explainer.explain_tensor(input, 64, 64, &options(json), &mut |_, _, _| {})).unwrap()
    };
    let explainer = on_cpu(small()).unwrap();
    let first = explain(&explainer, json!({}));
    let switched = block_on(first.explain(&options(json!({ "target": 7 })), quiet)).unwrap();
    assert_eq!(switched.milliseconds.forward, 0.0);
    assert_ne!(switched.relevance, first.relevance);
    let fresh = explain(&on_cpu(small()).unwrap(), json!({ "target": 7 }));
    assert_eq!(switched.relevance, fresh.relevance);
    // The same values again are the same picture.
    assert_eq!(explain(&explainer, json!({ "target": 2 })).milliseconds.forward, 0.0);
}
