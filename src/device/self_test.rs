//! The self-test: a small network with a known answer, run on a device before it is trusted.

use burn::tensor::Device;
use safetensors::SafeTensors;

use crate::attribution::Method;
use crate::checkpoint::Checkpoint;
use crate::forward::Forward;
use crate::kernel::{Candidate, Kernels};
use crate::network::Graph;
use crate::output::Output;
use crate::sentence::say;
use crate::weights::{Architecture, Bytes, formula};
use crate::{Error, Result};

/// The logits, and the relevance summed over tiles of 8×8, computed with PyTorch in float64
/// (`tests/reference/generate.py`).
const ANSWER: &[u8] = include_bytes!("known_answer.safetensors");
const SIDE: usize = 64;
const TILE: usize = 8;

/// The largest difference that rounding in f32 can explain, as a share of the largest value: sixty layers lose about
/// 1e-5.
const TOLERANCE: f32 = 1e-3;

/// Runs the small network of [`formula`] on a device, with one candidate for its convolutions.
///
/// # Errors
/// [`Error::Device`] if the answer is not the known one.
pub(super) async fn run(device: &Device, kernel: Candidate) -> Result<()> {
    match answer(device, kernel).await {
        Err(Error::DeviceWrong(what)) => {
            Err(Error::Device(say!("self-test-failed", "its self-test failed: {what}", what)))
        }
        result => result,
    }
}

async fn answer(device: &Device, kernel: Candidate) -> Result<()> {
    let architecture = Architecture::resnet([1; 4], 8, 10);
    let checkpoint = Checkpoint::open(Bytes(formula::checkpoint(&architecture)?)).await?;
    let mut network = Graph::load(&checkpoint, device, |_, _| {}).await?;
    for (layer, _) in network.convolutions([SIDE; 2]) {
        layer.kernels = Kernels { forward: kernel, vjp: kernel };
    }
    let forward = Forward::run(&network, formula::input("input", SIDE, SIDE), [SIDE, SIDE], device).await?;
    compare("logits", &forward.logits)?;
    let target = Output::Softmax.most_probable(&forward.logits);
    let (method, quiet) = (Method::default(), &mut |_: f64, _: f64, _: &str| {});
    let relevance = forward
        .attribute(&network, Output::Softmax, (target, &Output::Softmax.target(target)), &method, 1, quiet)
        .await?
        .values;

    let mut tiles = vec![0f32; 3 * TILE * TILE];
    for (at, value) in relevance.iter().enumerate() {
        let (channel, y, x) = (at / (SIDE * SIDE), at / SIDE % SIDE, at % SIDE);
        tiles[(channel * TILE + y / (SIDE / TILE)) * TILE + x / (SIDE / TILE)] += value;
    }
    compare("tiles", &tiles)
}

fn compare(name: &str, found: &[f32]) -> Result<()> {
    let broken = |why: String| {
        Error::Device(say!(
            "self-test-unreadable",
            "the stored answer of its self-test can't be read: {words}",
            words = why
        ))
    };
    let answer = SafeTensors::deserialize(ANSWER).map_err(|error| broken(error.to_string()))?;
    let expected: Vec<f32> =
        bytemuck::pod_collect_to_vec(answer.tensor(name).map_err(|error| broken(error.to_string()))?.data());
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let error = expected
        .iter()
        .zip(found)
        .fold(0f32, |error, (a, b)| if (a - b).is_finite() { error.max((a - b).abs()) } else { f32::INFINITY });
    if expected.len() == found.len() && error <= TOLERANCE * largest {
        Ok(())
    } else {
        Err(Error::Device(say!(
            "self-test-wrong",
            "its self-test gave wrong {part} (off by {error} where {largest} is the largest), so no map from it could be trusted",
            part = name,
            error,
            largest
        )))
    }
}
