//! The methods against zennit, captum and the papers' formulas (`tests/reference/methods.py`), their
//! rules against dense matrices and fractions, and what they conserve.

use burn::tensor::{Device, Tensor, TensorData};
use c3lrp::attribution::{Equation1, Input, Rule, Stabilizer};
use c3lrp::network::Convolution;
use c3lrp::weights::{Architecture, Stage, formula};
use c3lrp::{Explainer, Explanation, device};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use crate::support::{block_on, error, on_cpu, on_gpu, options, tensors};

/// zennit's merged BatchNorms keep dividing by √(1 + 1e-5), 5e-6 a layer, which moves its maps by up to
/// 4e-5 of their maximum; f32 in 30 layers adds 1e-5. The project's promise is 1e-3.
const ZENNIT: f32 = 1e-4;
/// The same formulas in float64: f32 alone differs.
const FORMULAS: f32 = 5e-5;

/// The formula network of `depths`, changed tensor by tensor.
fn network(depths: [usize; 4], change: impl Fn(&str, &mut Vec<f32>)) -> Vec<u8> {
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

/// The references' network: every second channel's BatchNorm has a negative weight.
fn flipped() -> Vec<u8> {
    network([1, 2, 1, 2], |name, values| {
        if name.ends_with(".weight") && (name.contains("bn") || name.contains("downsample.1")) {
            values.iter_mut().skip(1).step_by(2).for_each(|weight| *weight = -*weight);
        }
    })
}

fn explain(explainer: &mut Explainer, json: Value) -> Explanation {
    let input = formula::input("input", 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options(json), &mut |_, _, _| {})).unwrap()
}

/// The worst of a map's channels, each as a share of the whole map's largest magnitude.
fn compare(name: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    let off = error(found, expected);
    println!("{name}: {off:.1e}");
    assert!(off < tolerance, "{name} is off by {off}");
}

#[test]
fn composites_are_zennits() {
    let expected = tensors("methods.safetensors");
    let mut explainer = on_cpu(flipped()).unwrap();
    for name in [
        "lrp-epsilon",
        "lrp-epsilon-plus",
        "lrp-epsilon-plus-flat",
        "lrp-alpha2-beta1",
        "lrp-alpha2-beta1-flat",
        "lrp-epsilon-gamma-box",
    ] {
        let explanation = explain(&mut explainer, json!({ "method": name }));
        compare(name, &explanation.relevance, &expected[name], ZENNIT);
    }
}

/// On Vulkan, a software adapter included, through the same WGSL as the browser's.
#[test]
fn methods_on_the_gpu() {
    let expected = tensors("methods.safetensors");
    let adapter = device::adapter().expect("a Vulkan adapter, such as the software one that ./build.sh test installs");
    let mut explainer = on_gpu(flipped(), adapter).unwrap();
    for name in ["lrp-epsilon-plus", "lrp-epsilon-gamma-box", "lrp-splitting", "input-x-gradient"] {
        let explanation = explain(&mut explainer, json!({ "method": name }));
        compare(&format!("{name} on the GPU"), &explanation.relevance, &expected[name], ZENNIT);
    }
    let explanation = explain(&mut explainer, json!({ "method": { "name": "grad-cam", "stage": 3 } }));
    compare("grad-cam 3 on the GPU", &explanation.map, &expected["grad-cam 3"], ZENNIT);
}

/// On the full network f32 alone moves zennit's maps by up to 6e-4 (methods.py, FULL).
#[test]
fn composites_are_zennits_on_resnet50() {
    let expected = tensors("methods_resnet50.safetensors");
    let mut explainer = on_cpu(formula::checkpoint(&Architecture::resnet([3, 4, 6, 3], 64, 1000)).unwrap()).unwrap();
    let input = formula::input("input 80", 224, 224);
    for name in ["lrp-epsilon-plus", "lrp-alpha2-beta1-flat", "lrp-epsilon-gamma-box"] {
        let options = options(json!({ "method": name }));
        let explanation =
            block_on(explainer.explain_tensor(input.clone(), 224, 224, &options, &mut |_, _, _| {})).unwrap();
        assert_eq!(explanation.target, 568);
        let expected = &expected[&format!("resnet50 {name}")];
        let found = if expected.len() == explanation.map.len() { &explanation.map } else { &explanation.relevance };
        compare(&format!("resnet50 {name} in {:.0} ms", explanation.milliseconds.backward), found, expected, 1e-3);
    }
}

#[test]
fn gradients_are_captums() {
    let expected = tensors("methods.safetensors");
    let mut explainer = on_cpu(flipped()).unwrap();
    let explanation = explain(&mut explainer, json!({ "method": "input-x-gradient" }));
    compare("logits", &explanation.logits, &expected["logits"], 1e-5);
    compare("input-x-gradient", &explanation.relevance, &expected["input-x-gradient"], 2e-5);
    assert!(explanation.boundaries.is_empty());
    for stage in 1..=4 {
        let explanation = explain(&mut explainer, json!({ "method": { "name": "grad-cam", "stage": stage } }));
        assert_eq!(explanation.relevance, explanation.map);
        compare(&format!("grad-cam {stage}"), &explanation.map, &expected[&format!("grad-cam {stage}")], 2e-5);
    }
    let named = explain(&mut explainer, json!({ "method": "grad-cam" }));
    let fourth = explain(&mut explainer, json!({ "method": { "name": "grad-cam", "stage": 4 } }));
    assert_eq!(named.map, fourth.map);
}

#[test]
fn variants_are_the_papers_formulas() {
    let expected = tensors("methods.safetensors");
    let mut explainer = on_cpu(flipped()).unwrap();
    for name in ["lrp-splitting", "c3-lrp-plus"] {
        let explanation = explain(&mut explainer, json!({ "method": name }));
        compare(name, &explanation.relevance, &expected[name], FORMULAS);
    }
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
        let explanation = explain(&mut explainer, json!({ "method": method }));
        compare(name, &explanation.map, &expected[name], FORMULAS);
    }
}

#[test]
fn sums_at_the_boundaries_are_the_references() {
    let expected = tensors("methods.safetensors");
    let mut explainer = on_cpu(flipped()).unwrap();
    for name in ["lrp-epsilon-plus", "lrp-alpha2-beta1", "lrp-epsilon-gamma-box", "lrp-splitting", "c3-lrp-plus"] {
        let boundaries = explain(&mut explainer, json!({ "method": name })).boundaries;
        let names: Vec<_> = boundaries.iter().map(|boundary| &boundary.name[..]).collect();
        let blocks = ["layer4.1", "layer4.0", "layer3.0", "layer2.1", "layer2.0", "layer1.0"];
        assert_eq!(names[..2], ["fc", "avgpool"]);
        assert_eq!(names[2..8], blocks);
        assert_eq!(names[8..], ["maxpool", "stem", "input"]);
        let sums: Vec<_> = boundaries.iter().map(|boundary| boundary.sum as f32).collect();
        compare(&format!("{name} sums"), &sums, &expected[&format!("{name} sums")], ZENNIT);
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
    let mut explainer = on_cpu(network([1, 2, 1, 2], |name, values| {
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
        let boundaries = explain(&mut explainer, json!({ "method": name })).boundaries;
        let start = boundaries[0].sum;
        let lost = boundaries.iter().map(|boundary| (boundary.sum - start).abs() / start.abs()).fold(0.0, f64::max);
        println!("{name}: at most {lost:.1e} of the start is lost");
        assert!(lost < 1e-4 || !conserves, "{name} loses {lost} of the start");
    }
}

/// The same masks in PyTorch, 37 of them: the last batch isn't full.
#[test]
fn rise_is_the_formula() {
    let expected = tensors("methods.safetensors");
    let mut explainer = on_cpu(flipped()).unwrap();
    let options = options(json!({ "method": { "name": "rise", "masks": 37, "seed": 5 } }));
    let mut told = Vec::new();
    let mut tell = |done: f64, total: f64, what: &str| told.push((done, total, what.to_owned()));
    let input = formula::input("input", 64, 64);
    let explanation = block_on(explainer.explain_tensor(input, 64, 64, &options, &mut tell)).unwrap();
    compare("rise", &explanation.map, &expected["rise"], 2e-5);
    let masks: Vec<_> =
        told.iter().filter(|(.., what)| what == "masks").map(|(done, total, _)| (*done, *total)).collect();
    assert_eq!((masks.len(), masks[4]), (5, (2.0, 3.0)));
    let other = explain(&mut explainer, json!({ "method": { "name": "rise", "masks": 8, "seed": 6 } }));
    assert_ne!(other.map, explain(&mut explainer, json!({ "method": { "name": "rise", "masks": 8 } })).map);
}

/// The branch is part of what the gradient goes through.
#[test]
fn attention_is_shown_and_derived() {
    let expected = tensors("methods.safetensors");
    let mut architecture = Architecture::resnet([1; 4], 8, 10);
    architecture.attention = Some(Stage { depth: 1, width: 64, group: 64, out: 256 });
    let mut explainer = on_cpu(formula::checkpoint(&architecture).unwrap()).unwrap();
    let abn = explain(&mut explainer, json!({ "method": "abn" }));
    compare("abn logits", &abn.logits, &expected["abn logits"], 1e-5);
    compare("abn", &abn.map, &expected["abn"], 1e-5);
    assert_eq!(abn.map, explain(&mut explainer, json!({ "method": "abn", "target": 2 })).map);
    let gradient = explain(&mut explainer, json!({ "method": "input-x-gradient" }));
    compare("abn input-x-gradient", &gradient.map, &expected["abn input-x-gradient"], 2e-5);
    let cam = explain(&mut explainer, json!({ "method": { "name": "grad-cam", "stage": 3 } }));
    compare("abn grad-cam 3", &cam.map, &expected["abn grad-cam 3"], 2e-5);
}

/// A layer of `kernel`, `stride` and `groups` on [1, 3, 9, 8] to 6 channels, and its matrix: for each
/// output the inputs that it sees, with their weights.
struct Case {
    layer: Convolution,
    x: Vec<f32>,
    relevance: Vec<f32>,
    bias: Vec<f64>,
    seen: Vec<Vec<(usize, f64)>>,
    size: [usize; 2],
}

const INPUT: [usize; 3] = [3, 9, 8];
const OUTPUTS: usize = 6;
/// Outputs nearer to zero have no relevance: dividing by them loses digits in any order of summation.
const NEAR_ZERO: f64 = 0.25;

impl Case {
    /// Biases are up to `biased`.
    fn new([kernel, stride, groups]: [usize; 3], positive: bool, biased: f32) -> Self {
        let name = format!("{kernel} {stride} {groups}");
        let [channels, height, width] = INPUT;
        let padding = kernel / 2;
        let size = [height, width].map(|side| (side + 2 * padding - kernel) / stride + 1);
        let values = |what: &str, count: usize| -> Vec<f32> {
            (0..count).map(|index| formula::unit(&format!("{what} {name}"), index)).collect()
        };
        let mut x = values("x", channels * height * width);
        if positive {
            x.iter_mut().for_each(|x| *x = x.max(0.0));
        }
        let in_group = channels / groups;
        let weight = values("w", OUTPUTS * in_group * kernel * kernel);
        let bias: Vec<_> = values("b", OUTPUTS).into_iter().map(|bias| biased * bias).collect();
        let mut relevance = values("r", OUTPUTS * size[0] * size[1]);
        let mut seen: Vec<Vec<(usize, f64)>> = Vec::new();
        for out in 0..OUTPUTS {
            for (row, column) in (0..size[0]).flat_map(|row| (0..size[1]).map(move |column| (row, column))) {
                let mut inputs = Vec::new();
                for (at, &weight) in
                    weight[out * in_group * kernel * kernel..][..in_group * kernel * kernel].iter().enumerate()
                {
                    let channel = out / (OUTPUTS / groups) * in_group + at / (kernel * kernel);
                    let y = (row * stride + at / kernel % kernel).checked_sub(padding).filter(|y| *y < height);
                    let x = (column * stride + at % kernel).checked_sub(padding).filter(|x| *x < width);
                    if let (Some(y), Some(x)) = (y, x) {
                        inputs.push(((channel * height + y) * width + x, f64::from(weight)));
                    }
                }
                seen.push(inputs);
            }
        }
        for (at, relevance) in relevance.iter_mut().enumerate() {
            let sum: f64 = seen[at].iter().map(|&(input, weight)| f64::from(x[input]) * weight).sum();
            if (sum + f64::from(bias[at / (size[0] * size[1])])).abs() < NEAR_ZERO {
                *relevance = 0.0;
            }
        }
        let device = Device::flex();
        let layer = Convolution {
            weight: Tensor::from_data(TensorData::new(weight, [OUTPUTS, in_group, kernel, kernel]), &device),
            bias: Tensor::from_data(TensorData::new(bias.clone(), [OUTPUTS]), &device),
            scale: Tensor::ones([OUTPUTS], &device),
            stride,
            groups,
        };
        let bias = bias.iter().flat_map(|&bias| vec![f64::from(bias); size[0] * size[1]]).collect();
        Self { layer, x, relevance, bias, seen, size }
    }

    fn propagate(&self, rule: Rule, equation: Equation1, positive: bool) -> Vec<f32> {
        let device = Device::flex();
        let x = Tensor::from_data(TensorData::new(self.x.clone(), [1, INPUT[0], INPUT[1], INPUT[2]]), &device);
        let input = if positive { Input::Positive(x) } else { Input::Signed(x) };
        let shape = [1, OUTPUTS, self.size[0], self.size[1]];
        let relevance = Tensor::from_data(TensorData::new(self.relevance.clone(), shape), &device);
        rule.propagate(&equation, &self.layer, &input, relevance).into_data().try_into_vec().unwrap()
    }

    /// The rule's own formula, output by output.
    fn dense(&self, rule: Rule, epsilon: f64) -> Vec<f32> {
        let mut back = vec![0f64; self.x.len()];
        for ((inputs, &bias), &relevance) in self.seen.iter().zip(&self.bias).zip(&self.relevance) {
            let relevance = f64::from(relevance);
            let mut share = |contribution: &dyn Fn(usize, f64) -> f64, bias: f64, epsilon: f64, factor: f64| {
                let sum: f64 = inputs.iter().map(|&(at, w)| contribution(at, w)).sum::<f64>() + bias;
                let stabilized = if sum < 0.0 { sum - epsilon } else { sum + epsilon };
                for &(at, w) in inputs {
                    back[at] += factor * contribution(at, w) / stabilized * relevance;
                }
            };
            let x = |at: usize| f64::from(self.x[at]);
            let (up, down) = (|t: f64| t.max(0.0), |t: f64| t.min(0.0));
            match rule {
                Rule::Zero => share(&|at, w| x(at) * w, bias, 0.0, 1.0),
                Rule::Epsilon => share(&|at, w| x(at) * w, bias, epsilon, 1.0),
                Rule::ZPlus => share(&|at, w| up(x(at) * w), up(bias), epsilon, 1.0),
                Rule::AlphaBeta { alpha } => {
                    let alpha = f64::from(alpha);
                    share(&|at, w| up(x(at) * w), up(bias), epsilon, alpha);
                    share(&|at, w| down(x(at) * w), down(bias), epsilon, 1.0 - alpha);
                }
                Rule::Gamma { gamma } => {
                    let gamma = f64::from(gamma);
                    let sum = inputs.iter().map(|&(at, w)| x(at) * w).sum::<f64>() + bias;
                    if sum > 0.0 {
                        share(&|at, w| x(at) * w + gamma * up(x(at) * w), bias + gamma * up(bias), epsilon, 1.0);
                    } else if sum < 0.0 {
                        share(&|at, w| x(at) * w + gamma * down(x(at) * w), bias + gamma * down(bias), epsilon, 1.0);
                    }
                }
                Rule::WSquare => share(&|_, w| w * w, 0.0, epsilon, 1.0),
                Rule::Flat => share(&|_, _| 1.0, 0.0, epsilon, 1.0),
                Rule::ZBox { low, high } => {
                    let of = |bound: [f32; 3], at: usize| f64::from(bound[at / (INPUT[1] * INPUT[2])]);
                    share(&|at, w| x(at) * w - of(low, at) * up(w) - of(high, at) * down(w), 0.0, epsilon, 1.0);
                }
            }
        }
        back.into_iter().map(|value| value as f32).collect()
    }
}

const RULES: [Rule; 9] = [
    Rule::Zero,
    Rule::Epsilon,
    Rule::Gamma { gamma: 0.25 },
    Rule::ZPlus,
    Rule::AlphaBeta { alpha: 2.0 },
    Rule::AlphaBeta { alpha: 1.0 },
    Rule::WSquare,
    Rule::Flat,
    Rule::ZBox { low: [-1.0, -1.25, -1.5], high: [1.0, 2.0, 1.5] },
];

#[test]
fn rules_are_their_dense_formulas() {
    const EPSILON: f32 = 1e-3;
    let equation = Equation1 { stabilizer: Stabilizer::Signed, epsilon: EPSILON };
    for rule in RULES {
        let mut worst = 0f32;
        for (kernel, stride, groups, positive) in [1, 2, 3, 4, 7].into_iter().flat_map(|kernel| {
            let strides = [1, 2].into_iter().flat_map(move |stride| [1, 3].map(move |groups| (stride, groups)));
            strides.flat_map(move |(stride, groups)| [true, false].map(|positive| (kernel, stride, groups, positive)))
        }) {
            let case = Case::new([kernel, stride, groups], positive, 0.1);
            let off = error(&case.propagate(rule, equation, positive), &case.dense(rule, EPSILON.into()));
            // Sums of up to 147 products in f32.
            assert!(off < 1e-5, "{rule:?}, kernel {kernel}, stride {stride}, groups {groups}: {off}");
            worst = worst.max(off);
        }
        println!("{rule:?}: {worst:.1e}");
    }
}

/// Without biases, and where contributions of both signs come to an output, every rule conserves.
#[test]
fn rules_conserve() {
    let equation = Equation1 { stabilizer: Stabilizer::Signed, epsilon: 1e-6 };
    for rule in RULES {
        for positive in [true, false] {
            let mut case = Case::new([3, 2, 1], positive, 0.0);
            for (inputs, relevance) in case.seen.iter().zip(&mut case.relevance) {
                let has = |sign: f64| inputs.iter().any(|&(at, w)| f64::from(case.x[at]) * w * sign > 0.0);
                if !(has(1.0) && has(-1.0)) {
                    *relevance = 0.0;
                }
            }
            let total = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>();
            let (start, back) = (total(&case.relevance), total(&case.propagate(rule, equation, positive)));
            let lost = (start - back).abs() / start.abs();
            println!("{rule:?}: {lost:.1e} of {start:.2}");
            assert!(lost < 1e-4, "{rule:?} loses {lost} of {start}");
        }
    }
}

/// x = (1, 2), w₁ = (3, 1), w₂ = (1, −1), R = (2, 1), no bias, ε → 0.
#[test]
fn rules_in_fractions() {
    let device = Device::flex();
    let tiny = Equation1 { stabilizer: Stabilizer::Signed, epsilon: 1e-30 };
    let back = |rule: Rule, x: [f32; 2]| -> Vec<f32> {
        let weight = Tensor::<2>::from_data([[3.0, 1.0], [1.0, -1.0]], &device);
        let layer = Convolution::linear(weight, Tensor::zeros([2], &device));
        let x = Input::Signed(Tensor::<1>::from_data(x, &device).reshape([1, 2, 1, 1]));
        let relevance = Tensor::<1>::from_data([2.0, 1.0], &device).reshape([1, 2, 1, 1]);
        rule.propagate(&tiny, &layer, &x, relevance).into_data().try_into_vec().unwrap()
    };
    let check = |rule: Rule, x: [f32; 2], expected: [f32; 2]| {
        let found = back(rule, x);
        assert!(error(&found, &expected) < 1e-6, "{rule:?} of {x:?}: {found:?}, not {expected:?}");
    };
    // z = (5, −1).
    check(Rule::Zero, [1.0, 2.0], [3.0 * 2.0 / 5.0 - 1.0, 2.0 * 2.0 / 5.0 + 2.0]);
    check(Rule::Epsilon, [1.0, 2.0], [3.0 * 2.0 / 5.0 - 1.0, 2.0 * 2.0 / 5.0 + 2.0]);
    // Positive contributions (3, 2) and (1, 0).
    check(Rule::ZPlus, [1.0, 2.0], [3.0 * 2.0 / 5.0 + 1.0, 2.0 * 2.0 / 5.0]);
    // Twice that, minus the negative ones' shares: none in the first, all of the second at x₂.
    check(Rule::AlphaBeta { alpha: 2.0 }, [1.0, 2.0], [22.0 / 5.0, 8.0 / 5.0 - 1.0]);
    // γ = 1: z₁ > 0 doubles (3, 2); z₂ < 0 has (1, −4), a sum of −3.
    check(Rule::Gamma { gamma: 1.0 }, [1.0, 2.0], [6.0 / 5.0 - 1.0 / 3.0, 4.0 / 5.0 + 4.0 / 3.0]);
    // Squares (9, 1) and (1, 1).
    check(Rule::WSquare, [1.0, 2.0], [9.0 * 2.0 / 10.0 + 1.0 / 2.0, 2.0 / 10.0 + 1.0 / 2.0]);
    check(Rule::Flat, [1.0, 2.0], [3.0 / 2.0, 3.0 / 2.0]);
    // A negative input goes with negative weights: x = (1, −2) contributes (3, −2) and (1, 2).
    check(Rule::ZPlus, [1.0, -2.0], [2.0 + 1.0 / 3.0, 2.0 / 3.0]);
    // LRP-0 gives nothing where z = 0: x = (1, 1) has z = (4, 0).
    check(Rule::Zero, [1.0, 1.0], [3.0 * 2.0 / 4.0, 2.0 / 4.0]);
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
            given[&option.name] = option.default.clone();
        }
        let explicit = options(json!({ "method": given }));
        assert_eq!(explicit, options(json!({ "method": method.name })), "{}", method.name);
        for option in &method.options {
            for choice in &option.choices {
                options(json!({ "method": { "name": method.name, &option.name: choice } }));
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
        (json!({ "method": "lime" }), vec!["\"lime\"", "c3-lrp, c3-lrp-plus", "grad-cam"]),
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
        (json!({ "filter": { "kind": "c3", "levels": 8 } }), vec!["only heat-quantization has levels"]),
    ] {
        let told = refused(json.clone());
        assert!(words.iter().all(|word| told.contains(word)), "{json}: {told}");
    }
    let mut explainer = on_cpu(flipped()).unwrap();
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
    let mut explainer = on_cpu(dead).unwrap();
    for norm in ["own", "pass"] {
        let explanation = explain(&mut explainer, json!({ "method": { "name": "lrp-epsilon-plus", "norm": norm } }));
        assert!(explanation.relevance.iter().all(|value| value.is_finite()));
    }
}

/// Sides that the network halves to odd ones.
#[test]
fn any_size_is_walked() {
    let mut explainer = on_cpu(flipped()).unwrap();
    let input: Vec<_> = (0..3 * 70 * 45).map(|index| formula::unit("odd", index)).collect();
    for method in ["lrp-splitting", "lrp-epsilon-gamma-box", "c3-lrp-plus", "grad-cam", "input-x-gradient"] {
        let options = options(json!({ "method": method }));
        let explanation =
            block_on(explainer.explain_tensor(input.clone(), 45, 70, &options, &mut |_, _, _| {})).unwrap();
        assert_eq!((explanation.map.len(), explanation.width), (70 * 45, 45), "{method}");
        assert!(explanation.map.iter().any(|&value| value != 0.0), "{method}");
    }
}
