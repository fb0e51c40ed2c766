//! ResNet-50's layers on the native CPU, each shape by itself, and the whole network:
//! `cargo bench --features cli`. Items are multiplications with an addition.

#![allow(clippy::expect_used, reason = "a bench fails by panicking")]

use std::fmt;

use c3lrp::device::Choice;
use c3lrp::random::unit;
use c3lrp::weights::{Architecture, Bytes, formula};
use c3lrp::{Explainer, Loading, Options};
use c3lrp_kernels::{CachedWeights, Convolution, Extra, Geometry, Processor};
use divan::Bencher;
use divan::counter::ItemsCount;

const SIDE: usize = 224;

fn main() {
    divan::main();
}

/// A convolution's weight and stride, and the side of what it is given.
struct Layer {
    name: &'static str,
    weight: [usize; 4],
    stride: usize,
    side: usize,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, weight: [outputs, inputs, kernel, _], stride, side } = self;
        write!(f, "{name}: {inputs} to {outputs}, {kernel}x{kernel} / {stride}, {side}x{side}")
    }
}

const fn layer(name: &'static str, [outputs, inputs, kernel]: [usize; 3], stride: usize, side: usize) -> Layer {
    Layer { name, weight: [outputs, inputs, kernel, kernel], stride, side }
}

/// One of each kind that ResNet-50 has, in order.
const LAYERS: [Layer; 16] = [
    layer("conv1", [64, 3, 7], 2, 224),
    layer("layer1.1.conv1", [64, 256, 1], 1, 56),
    layer("layer1.1.conv2", [64, 64, 3], 1, 56),
    layer("layer1.1.conv3", [256, 64, 1], 1, 56),
    layer("layer2.0.conv2", [128, 128, 3], 2, 56),
    layer("layer2.0.downsample", [512, 256, 1], 2, 56),
    layer("layer2.1.conv1", [128, 512, 1], 1, 28),
    layer("layer2.1.conv2", [128, 128, 3], 1, 28),
    layer("layer2.1.conv3", [512, 128, 1], 1, 28),
    layer("layer3.1.conv1", [256, 1024, 1], 1, 14),
    layer("layer3.1.conv2", [256, 256, 3], 1, 14),
    layer("layer3.1.conv3", [1024, 256, 1], 1, 14),
    layer("layer4.1.conv1", [512, 2048, 1], 1, 7),
    layer("layer4.1.conv2", [512, 512, 3], 1, 7),
    layer("layer4.1.conv3", [2048, 512, 1], 1, 7),
    layer("fc", [1000, 2048, 1], 1, 1),
];

impl Layer {
    fn geometry(&self) -> Geometry {
        Geometry::new(self.weight, self.stride, 1, 1, [self.side; 2])
    }

    fn products(&self) -> ItemsCount {
        let [height, width] = self.geometry().output;
        ItemsCount::new(self.weight.iter().product::<usize>() * height * width)
    }
}

fn noise<const D: usize>(shape: [usize; D]) -> Vec<f32> {
    (0..shape.iter().product()).map(|at| unit("noise", at)).collect()
}

/// With bias and ReLU.
#[divan::bench(args = &LAYERS)]
fn forward(bencher: Bencher, layer: &Layer) {
    let geometry = layer.geometry();
    let x = noise([1, geometry.inputs, layer.side, layer.side]);
    let (weight, bias, cache) = (noise(layer.weight), noise([geometry.outputs]), CachedWeights::default());
    let layer_on = Convolution { geometry, weight: &weight, cache: Some(&cache), processor: Processor::here() };
    bencher.counter(layer.products()).bench_local(|| layer_on.forward(&x, &bias, Extra::None, true));
}

/// Back to the input, through the ReLU that made it.
#[divan::bench(args = &LAYERS)]
fn vjp(bencher: Bencher, layer: &Layer) {
    let geometry = layer.geometry();
    let [height, width] = geometry.output;
    let (cotangent, weight) = (noise([1, geometry.outputs, height, width]), noise(layer.weight));
    let input = noise([1, geometry.inputs, layer.side, layer.side]);
    let cache = CachedWeights::default();
    let layer_on = Convolution { geometry, weight: &weight, cache: Some(&cache), processor: Processor::here() };
    bencher.counter(layer.products()).bench_local(|| layer_on.back(&cotangent, Extra::Mask(&input), None));
}

/// A network of formula-made weights on the CPU.
fn explainer(architecture: &Architecture) -> Explainer {
    let weights = formula::checkpoint(architecture).expect("a network of formula-made weights");
    let cpu = Err("the CPU was asked for".into());
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    pollster::block_on(Explainer::create(
        Bytes(weights),
        Loading { device: Choice::Cpu, ..Loading::default() },
        cpu,
        quiet,
    ))
    .expect("a network on the CPU")
}

/// A width of 64 is ResNet-50's own; the bundled models have 16.
const WIDTHS: [usize; 2] = [64, 16];

fn resnet50(width: usize) -> Explainer {
    explainer(&Architecture::resnet([3, 4, 6, 3], width, 1000))
}

#[divan::bench(args = WIDTHS, sample_count = 10)]
fn whole_forward(bencher: Bencher, width: usize) {
    let explainer = resnet50(width);
    bencher
        .with_inputs(|| formula::input("input", SIDE, SIDE))
        .bench_local_values(|picture| pollster::block_on(explainer.logits(picture, SIDE, SIDE)).expect("logits"));
}

#[divan::bench(args = WIDTHS, sample_count = 10)]
fn whole_explanation(bencher: Bencher, width: usize) {
    let explainer = resnet50(width);
    let mut round = 0;
    bencher
        // Another picture each time: a forward pass is remembered.
        .with_inputs(|| {
            round += 1;
            formula::input(&format!("input {round}"), SIDE, SIDE)
        })
        .bench_local_values(|picture| {
            let quiet = &mut |_: f64, _: f64, _: &str| {};
            pollster::block_on(explainer.explain_tensor(picture, SIDE, SIDE, &Options::default(), quiet))
                .expect("an explanation")
        });
}
