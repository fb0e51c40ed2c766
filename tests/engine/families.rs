//! Networks of each family, as torchvision and timm build them, against what PyTorch makes of them
//! (`tests/reference/families.py`): float64, so that only f32's rounding is between them.

use std::collections::BTreeMap;

use c3lrp::checkpoint::Reading;
use c3lrp::device::{Adapter, Choice};
use c3lrp::hints::Hints;
use c3lrp::weights::{Bytes, formula};
use c3lrp::{Explainer, Loading};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{block_on, error, options, reference, tensors};

/// Rounding in f32 through some twenty layers, as a share of the largest value.
const TOLERANCE: f32 = 5e-5;

#[derive(Deserialize)]
struct Network {
    channels: usize,
    size: usize,
    tensors: BTreeMap<String, Vec<usize>>,
    options: Map<String, Value>,
}

impl Network {
    fn file(&self) -> Vec<u8> {
        let values: Vec<_> = self.tensors.iter().map(|(name, shape)| formula::tensor(name, shape)).collect();
        let views = self.tensors.iter().zip(&values).map(|((name, shape), values)| {
            (name, TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values)).unwrap())
        });
        safetensors::serialize(views, None).unwrap()
    }

    fn load(&self, device: Choice, adapter: Result<Adapter, c3lrp::Sentence>) -> c3lrp::Result<Explainer> {
        let hints = Hints::take(&mut self.options.clone()).unwrap();
        let loading = Loading { device, reading: Reading { hints, ..Reading::default() }, ..Loading::default() };
        block_on(Explainer::create(Bytes(self.file()), loading, adapter, &mut |_, _, _| {}))
    }
}

fn networks() -> BTreeMap<String, Network> {
    let bytes = std::fs::read(reference("families.safetensors")).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    serde_json::from_str(&header.metadata().as_ref().unwrap()["networks"]).unwrap()
}

fn holds(name: &str, network: &Network, explainer: &Explainer) {
    let expected = tensors("families.safetensors");
    let Network { channels, size, .. } = *network;
    let input: Vec<f32> = formula::input("input", size, size)[..channels * size * size].to_vec();
    for method in ["input-x-gradient", "c3-lrp"] {
        let asked = match method {
            "c3-lrp" => json!({ "name": method, "epsilon": 0.1, "start": "logit" }),
            _ => json!({ "name": method }),
        };
        let asked = options(json!({ "method": asked, "target": 3, "filter": "none" }));
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let found = block_on(explainer.explain_tensor(input.clone(), size, size, &asked, quiet))
            .unwrap_or_else(|error| panic!("{name}, {method}: {error}"));
        let off = error(&found.logits, &expected[&format!("{name}: logits")]);
        assert!(off < TOLERANCE, "{name}: logits are off by {off}");
        let every = if size < 224 { 5 } else { 61 };
        let some: Vec<f32> = found.relevance.iter().copied().step_by(every).collect();
        let off = error(&some, &expected[&format!("{name}: {method}")]);
        println!("{name}, {method}: {off:.1e}");
        assert!(off < TOLERANCE, "{name}, {method}: off by {off}");
    }
}

#[test]
fn every_family_is_pytorchs_on_the_cpu() {
    let networks = networks();
    assert_eq!(networks.len(), 16);
    for (name, network) in &networks {
        let explainer = network.load(Choice::Cpu, Err("not asked".into()));
        holds(name, network, &explainer.unwrap_or_else(|error| panic!("{name}: {error}")));
    }
}

const OWN_LAYERS: [&str; 6] =
    ["average before projections", "squeeze and excitation", "ECA", "small pictures", "dilated", "grey"];

/// Those whose layers no other network has.
#[test]
fn some_families_are_pytorchs_on_the_gpu() {
    let adapter = c3lrp::device::adapter().unwrap();
    for (name, network) in &networks() {
        if OWN_LAYERS.contains(&&name[..]) {
            let explainer = network.load(Choice::WebGpu, Ok(adapter.clone()));
            holds(name, network, &explainer.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
    }
}
