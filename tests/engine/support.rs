//! What the tests share: references, formula-made networks, a waiting executor.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use c3lrp::device::{Adapter, Choice, Preference};
use c3lrp::weights::{Architecture, Bytes, formula};
use c3lrp::{Explainer, Loading, Options, Result};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

pub use pollster::block_on;

/// `tests/reference`, written by its `generate.py`.
pub fn reference(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(file)
}

/// The tensors of a reference file.
pub fn tensors(file: &str) -> HashMap<String, Vec<f32>> {
    let bytes = std::fs::read(reference(file)).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    tensors.iter().map(|(name, view)| (name.to_owned(), bytemuck::pod_collect_to_vec(view.data()))).collect()
}

/// The small network of the references: 1-1-1-1 blocks, 8 channels, 10 classes.
pub fn small() -> Vec<u8> {
    formula::checkpoint(&Architecture::resnet([1; 4], 8, 10)).unwrap()
}

/// The formula network of `depths`, changed tensor by tensor.
pub fn network(depths: [usize; 4], change: impl Fn(&str, &mut Vec<f32>)) -> Vec<u8> {
    let tensors: Vec<_> = Architecture::resnet(depths, 8, 10)
        .tensors()
        .into_iter()
        .map(|(name, shape)| {
            let mut values = formula::tensor(&name, &shape);
            change(&name, &mut values);
            (name, shape, values)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, values)| {
        (name, TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values)).unwrap())
    });
    safetensors::serialize(views, None).unwrap()
}

/// The methods' network: every second channel's BatchNorm has a negative weight.
pub fn flipped() -> Vec<u8> {
    network([1, 2, 1, 2], |name, values| {
        if name.ends_with(".weight") && (name.contains("bn") || name.contains("downsample.1")) {
            values.iter_mut().skip(1).step_by(2).for_each(|weight| *weight = -*weight);
        }
    })
}

/// A file of a model that comes with the page.
pub fn model(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/models").join(file)
}

/// An explainer on the CPU.
pub fn on_cpu(weights: Vec<u8>) -> Result<Explainer> {
    let loading = Loading { device: Choice::Cpu, ..Loading::default() };
    block_on(Explainer::create(Bytes(weights), loading, Err("not asked".into()), &mut |_, _, _| {}))
}

/// An explainer on this machine's GPU, a software one included.
pub fn on_gpu(weights: Vec<u8>, adapter: Adapter, kernels: Preference) -> Result<Explainer> {
    let loading = Loading { device: Choice::WebGpu, kernels, ..Loading::default() };
    block_on(Explainer::create(Bytes(weights), loading, Ok(adapter), &mut |_, _, _| {}))
}

/// Options from the JSON of the JavaScript interface.
pub fn options(json: Value) -> Options {
    Options::from_json(json).unwrap()
}

/// Largest difference, as a share of the largest magnitude expected.
pub fn error(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let worst = found
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0f32, |worst, next| if next.is_nan() { f32::NAN } else { worst.max(next) });
    worst / largest
}

/// A method on a network and a device, compared with independent values.
pub struct Parity<'a> {
    pub method: &'a str,
    pub network: &'a str,
    pub device: &'a str,
    pub oracle: &'a str,
    /// The largest error that is allowed, as a share of the largest magnitude expected.
    pub bound: f32,
}

impl Parity<'_> {
    /// Prints a line for docs/parity.md.
    pub fn holds(&self, found: &[f32], expected: &[f32]) {
        let off = error(found, expected);
        let Self { method, network, device, oracle, bound } = self;
        println!("parity | {network} | {method} | {oracle} | {bound:e} | {device} | {off:.1e}");
        assert!(off < *bound, "{method} on {network}, {device}: off by {off}");
    }
}
