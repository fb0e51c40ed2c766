//! Relevance that is conserved is returned, and nothing else.

use burn::tensor::Device;
use serde_json::{Value, json};

use super::attribution::{Attribution, balanced};
use super::*;
use crate::checkpoint::Checkpoint;
use crate::weights::{Architecture, Bytes, formula};

const SIDES: [usize; 2] = [72, 64];

fn network() -> Graph {
    let checkpoint = formula::checkpoint(&Architecture::resnet([1, 2, 1, 1], 8, 10)).unwrap();
    let checkpoint = pollster::block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
    pollster::block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap()
}

fn forward(network: &Graph) -> Forward {
    let input = formula::input("input", SIDES[0], SIDES[1]);
    pollster::block_on(Forward::run(network, input, SIDES, &Device::flex())).unwrap()
}

fn attributed(forward: &Forward, network: &Graph, options: Value) -> Result<Attribution> {
    let method = crate::Options::from_json(json!({ "method": options })).unwrap().method;
    let target = Output::Softmax.most_probable(&forward.logits);
    pollster::block_on(forward.attribute(
        network,
        Output::Softmax,
        (target, &Output::Softmax.target(target)),
        &method,
        1,
        &mut |_, _, _| {},
    ))
}

#[test]
fn every_method_adds_up() {
    let network = network();
    let forward = forward(&network);
    for method in crate::options::methods() {
        let options = match method.name {
            "abn" => continue,
            "rise" => json!({ "name": "rise", "masks": 3 }),
            name => json!({ "name": name }),
        };
        attributed(&forward, &network, options).unwrap();
    }
    for options in [
        json!({ "name": "lrp-epsilon", "epsilon": 1e-30, "norm": "own" }),
        json!({ "name": "lrp-epsilon", "convolution": "zero", "stabilizer": "plain" }),
        json!({ "name": "lrp-splitting", "addition": "symmetric", "identitySkips": false }),
        json!({ "name": "lrp-epsilon-plus", "linear": "gamma", "first": "w-square" }),
        json!({ "name": "c3-lrp", "epsilon": 10, "start": "logit" }),
        json!({ "name": "grad-cam", "stage": 1 }),
    ] {
        attributed(&forward, &network, options).unwrap();
    }
}

/// The backward pass uses other weights than the forward pass.
#[test]
fn what_does_not_add_up_is_withheld() {
    let network = network();
    let forward = forward(&network);
    for method in ["c3-lrp", "input-x-gradient"] {
        let mut other = network.clone();
        let Some((conv2, _)) = other.convolutions(SIDES).into_iter().nth(5) else { unreachable!() };
        conv2.weight = (conv2.weight.tensor().clone() * 1.01).into();
        let found = attributed(&forward, &other, json!({ "name": method })).err();
        assert!(matches!(found, Some(Error::DeviceWrong(_))), "{method}: {found:?}");
    }
}

#[test]
fn no_number_balances_nothing() {
    assert!(balanced("fc", 1.0, 0.75, 0.25, 1.0).is_ok());
    assert!(balanced("fc", 0.0, 0.0, 0.0, 0.0).is_ok());
    assert!(balanced("fc", 1.0, 0.75, 0.26, 1.0).is_err());
    assert!(balanced("fc", 1.0, f64::NAN, 0.25, 1.0).is_err());
    assert!(balanced("fc", 1.0, 0.75, f64::NAN, 1.0).is_err());
}
