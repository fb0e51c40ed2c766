//! Faults are found wherever they are, and correct work passes.

use burn::tensor::{Device, Tensor, TensorData};
use pollster::block_on;
use serde_json::{Map, Value, json};

use super::watch::{watched, watching};
use super::*;
use crate::checkpoint::Checkpoint;
use crate::forward::Forward;
use crate::kernel::Direction;
use crate::network::{Convolution, Graph, Node, answer};
use crate::options::methods;
use crate::weights::{Architecture, Bytes, Stage, formula};
use crate::{Error, Options, Output, Result};

const SIDES: [usize; 2] = [72, 64];

/// A network in which some layers have groups; with `attends`, it also has an attention branch.
fn network(attends: bool) -> Graph {
    let mut architecture = Architecture::resnet([1, 2, 1, 1], 8, 10);
    architecture.stages[1].group = 4;
    architecture.attention = attends.then_some(Stage { depth: 1, width: 16, group: 16, out: 64 });
    let checkpoint = formula::checkpoint(&architecture).unwrap();
    let checkpoint = block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
    block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap()
}

/// A waiting thread may do other work meanwhile, which may be watched itself, and may panic.
#[test]
fn other_work_on_the_thread_leaves_the_watch_as_it_was() {
    let tensor = || Part::of(Tensor::from_data([1.0], &Device::flex()));
    let sample = |right: f32| Sample {
        noted: Vec::new(),
        seen: vec![tensor()],
        check: Box::new(move |seen: &[Vec<f32>]| {
            assert_eq!(seen, [[right]]);
            Ok(())
        }),
    };
    let panics = || {
        let work = || {
            show(|_| sample(1.0));
            panic!("on purpose");
        };
        assert!(std::panic::catch_unwind(|| watched(2, work)).is_err());
    };
    let ((), notes, pending) = watched(1, || {
        panics();
        show(|_| sample(1.0));
        show(|_| {
            panics();
            assert_eq!(watched(3, || show(|_| sample(1.0))).1.closed().len(), 1);
            sample(1.0)
        });
    });
    assert_eq!((notes.closed().len(), pending.len()), (2, 2));
    assert!(watching(|_| ()).is_none());
}

/// Winograd's terms are shared among a tile's places, so a small value beside a large one has the large one's rounding
/// errors.
#[test]
fn a_small_value_beside_a_large_one_is_no_fault() {
    let checkpoint = formula::checkpoint(&Architecture::resnet([1; 4], 16, 10)).unwrap();
    let checkpoint = block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
    let mut network = block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
    let served = |(layer, size): &(&mut Convolution, [usize; 2])| layer.geometry(1, *size).shared() > 0;
    let (layer, [height, width]) = network.convolutions([72, 72]).into_iter().find(served).unwrap();
    let [_, channels, ..] = layer.weight.tensor().dims();
    let value = |at: usize| if at % width == 8 { 1.0 } else { 1e-7 };
    let values: Vec<f32> = (0..channels * height * width).map(value).collect();
    let x = Tensor::<4>::from_data(TensorData::new(values, [1, channels, height, width]), &Device::flex());
    // Each time, another place is drawn.
    for _ in 0..400 {
        let there = block_on(read(&x.device(), || ((), vec![layer.forward(x.clone()).flatten(0, 3)])));
        let back = block_on(read(&x.device(), || ((), vec![layer.vjp([height, width], x.clone()).flatten(0, 3)])));
        assert!(there.and(back).is_ok());
    }
}

fn forward(network: &Graph) -> Result<Forward> {
    block_on(Forward::run(network, formula::input("input", SIDES[0], SIDES[1]), SIDES, &Device::flex()))
}

fn attribute(forward: &Forward, network: &Graph, options: &Map<String, Value>) -> Result<()> {
    let method = Options::from_json(json!({ "method": options })).unwrap().method;
    let target = Output::Softmax.most_probable(&forward.logits);
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    block_on(forward.attribute(network, Output::Softmax, (target, &Output::Softmax.target(target)), &method, 2, quiet))
        .map(|_| ())
}

/// All methods, and some rules that no method uses by default.
fn ways(attends: bool) -> Vec<Map<String, Value>> {
    let mut ways: Vec<Value> = methods().iter().map(|method| json!({ "name": method.name })).collect();
    ways.retain(|way| way["name"] != "rise" && (attends || way["name"] != "abn"));
    ways.extend([
        json!({ "name": "rise", "masks": 3 }),
        json!({ "name": "grad-cam", "stage": 1 }),
        json!({ "name": "c3-lrp", "epsilon": 10 }),
        json!({ "name": "lrp-epsilon", "epsilon": 1e-30, "norm": "own" }),
        json!({ "name": "lrp-epsilon-plus", "linear": "gamma", "convolution": "alpha-beta", "first": "w-square" }),
        json!({ "name": "lrp-splitting", "convolution": "gamma", "first": "z-box", "input": "picture" }),
    ]);
    ways.into_iter().map(|way| serde_json::from_value(way).unwrap()).collect()
}

/// The error that is found within a few tries; at some places ReLUs hide the fault.
fn caught(mut work: impl FnMut() -> Result<()>) -> String {
    match (0..400).find_map(|_| work().err()) {
        Some(Error::DeviceWrong(what)) => what.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn right_work_is_right_at_every_place() {
    for attends in [false, true] {
        let network = network(attends);
        for _ in 0..20 {
            forward(&network).unwrap();
        }
        let forward = forward(&network).unwrap();
        for way in ways(attends) {
            for _ in 0..5 {
                attribute(&forward, &network, &way).unwrap_or_else(|error| panic!("{way:?}: {error}"));
            }
        }
    }
}

/// The device has other weights than the file for one layer: its results are off by 1 % everywhere.
#[test]
fn a_wrong_layer_is_named() {
    let names = [
        "conv1",
        "layer1.0.conv1",
        "layer1.0.conv2",
        "layer1.0.conv3",
        "layer1.0.downsample.0",
        "layer2.0.conv1",
        "layer2.0.conv2",
    ];
    for (at, name) in names.into_iter().enumerate() {
        let mut network = network(false);
        let Some((layer, _)) = network.convolutions(SIDES).into_iter().nth(at) else { panic!("{name}") };
        layer.weight = (layer.weight.tensor().clone() * 1.01).into();
        let what = caught(|| forward(&network).map(|_| ()));
        assert!(what.contains(&format!("its layer {name} gave")), "{name}: {what}");
    }
}

#[test]
fn the_attention_branch_is_witnessed() {
    let scaled = |layer: &mut Convolution| layer.weight = (layer.weight.tensor().clone() * 1.01).into();
    let whole = network(true);
    let forward_pass = forward(&whole).unwrap();
    let abn = serde_json::from_value(json!({ "name": "abn" })).unwrap();
    for (name, wrong) in [("attention.blocks.0.conv2", 0), ("attention.classes", 1), ("attention.map", 2)] {
        let mut network = whole.clone();
        let branch = network.nodes.iter_mut().find_map(|named| match &mut named.node {
            Node::Attention(branch) => Some(branch),
            _ => None,
        });
        let Some(branch) = branch else { panic!("no branch") };
        let block = &mut branch.blocks[0];
        scaled([&mut block.layers[1], &mut branch.classes, &mut branch.map][wrong]);
        for what in [caught(|| forward(&network).map(|_| ())), caught(|| attribute(&forward_pass, &network, &abn))] {
            assert!(what.contains(&format!("its layer {name} gave")), "{name}: {what}");
        }
    }
}

/// Every plane of the result is turned upside down, which keeps its sum.
#[test]
fn values_that_are_moved_within_their_planes_are_found() {
    let moved = |direction, result: Tensor<4>| match direction {
        Direction::Vjp => result.flip([2]),
        Direction::Forward => result,
    };
    for attends in [false, true] {
        let network = network(attends);
        let forward = forward(&network).unwrap();
        // The other methods never go back through a layer.
        let back = |way: &&Map<String, Value>| {
            let name = way["name"].as_str().unwrap();
            !["rise", "abn"].contains(&name) && (name != "grad-cam" || way.contains_key("stage"))
        };
        for way in ways(attends).iter().filter(back) {
            let what = caught(|| fault::during(moved, || attribute(&forward, &network, way)));
            assert!(what.contains("on the way back gave"), "{way:?}: {what}");
        }
    }
}

/// One picture of a batch comes out wrong.
#[test]
fn batches_are_witnessed() {
    let network = network(false);
    let input = formula::input("input", SIDES[0], SIDES[1]).repeat(3);
    let pictures = Tensor::from_data(TensorData::new(input, [3, 3, SIDES[0], SIDES[1]]), &Device::flex());
    let wrong = |_, result: Tensor<4>| {
        let [_, channels, rows, columns] = result.dims();
        let ranges = [1..2, 0..channels, 0..rows, 0..columns];
        let changed = result.clone().slice(ranges.clone()) * 1.01;
        result.slice_assign(ranges, changed)
    };
    block_on(answer(&network, pictures.clone())).unwrap();
    let what = caught(|| fault::during(wrong, || block_on(answer(&network, pictures.clone()))).map(|_| ()));
    assert!(what.contains("gave"), "{what}");
}

#[test]
fn what_is_computed_value_by_value_is_witnessed() {
    let device = Device::flex();
    let x = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, 4.0]]]], &device);
    let ask = |result: Tensor<4>| {
        let work = || {
            show_pointwise("doubling", [&x], &result, |[x]| 2.0 * x);
            ((), vec![result.clone().flatten(0, 3)])
        };
        block_on(read(&device, work)).map(|_| ())
    };
    ask(x.clone() * 2.0).unwrap();
    assert!(caught(|| ask((x.clone() * 2.0).flip([3]))).contains("its doubling gave"));
}

#[test]
fn a_weighted_sum_is_witnessed() {
    let device = Device::flex();
    let x = Tensor::<4>::from_floats([[[[1.0, 2.0]], [[3.0, -4.0]]]], &device);
    let weights = Tensor::<4>::from_floats([[[[2.0]], [[0.5]]]], &device);
    let ask = |sum: [f32; 2]| {
        let sum = Tensor::<4>::from_floats([[[sum]]], &device);
        let work = || {
            show_weighted_sum("sum", &x, &weights, &sum);
            ((), vec![sum.clone().flatten(0, 3)])
        };
        block_on(read(&device, work)).map(|_| ())
    };
    (0..10).for_each(|_| ask([3.5, 2.0]).unwrap());
    assert!(caught(|| ask([2.0, 3.5])).contains("its sum gave"));
}

#[test]
fn only_what_rounding_explains_passes() {
    let mut expected = Expected::default();
    [1.0, -1.0, 0.5].into_iter().for_each(|value| expected.add(value));
    let hold = |found| expected.hold(|| "it".into(), found);
    assert!(hold(0.5).is_ok() && hold(0.5003).is_ok());
    assert!(hold(0.501).is_err() && hold(f32::NAN).is_err() && hold(f32::INFINITY).is_err());
    // Values that a GPU may flush to zero.
    let mut tiny = Expected::default();
    tiny.add(1e-39);
    assert!(tiny.hold(|| "it".into(), 0.0).is_ok());
}
