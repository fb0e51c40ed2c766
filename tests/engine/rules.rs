//! Rules of single layers against dense matrices, fractions and captum, and what they conserve.

use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};
use c3lrp::attribution::{Equation1, Input, Rule, Stabilizer};
use c3lrp::device::Kernels;
use c3lrp::network::Convolution;
use c3lrp::random::unit;

use crate::support::{Parity, error, tensors};

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
            (0..count).map(|index| unit(&format!("{what} {name}"), index)).collect()
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
            weight: Tensor::from_data(TensorData::new(weight, [OUTPUTS, in_group, kernel, kernel]), &device).into(),
            bias: Tensor::from_data(TensorData::new(bias.clone(), [OUTPUTS]), &device),
            scale: Tensor::ones([OUTPUTS], &device),
            stride,
            padding: kernel / 2,
            dilation: 1,
            groups,
            kernels: Kernels::default(),
            witness: None,
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
    let equation = Equation1 { stabilizer: Stabilizer::Signed, epsilon: EPSILON, ..Equation1::default() };
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
    let equation = Equation1 { stabilizer: Stabilizer::Signed, epsilon: 1e-6, ..Equation1::default() };
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
    let tiny = Equation1 { stabilizer: Stabilizer::Signed, epsilon: 1e-30, ..Equation1::default() };
    let back = |rule: Rule, x: [f32; 2]| -> Vec<f32> {
        let weight = Tensor::<2>::from_data([[3.0, 1.0], [1.0, -1.0]], &device);
        let layer = Convolution {
            weight: weight.unsqueeze_dims(&[2, 3]).into(),
            bias: Tensor::zeros([2], &device),
            scale: Tensor::ones([2], &device),
            stride: 1,
            padding: 0,
            dilation: 1,
            groups: 1,
            kernels: Kernels::default(),
            witness: None,
        };
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

/// A chain of three convolutions with ReLUs between them (`chain.py`).
#[test]
fn rules_are_captums() {
    let expected = tensors("chain.safetensors");
    let device = Device::flex();
    let values = |what: &str, count: usize| -> Vec<f32> {
        (0..count).map(|index| unit(&format!("chain {what}"), index)).collect()
    };
    let layer = |name: &str, [outputs, inputs, kernel]: [usize; 3], stride: usize, groups: usize| Convolution {
        weight: Tensor::from_data(
            TensorData::new(values(name, outputs * inputs * kernel * kernel), [outputs, inputs, kernel, kernel]),
            &device,
        )
        .into(),
        bias: Tensor::zeros([outputs], &device),
        scale: Tensor::ones([outputs], &device),
        stride,
        padding: kernel / 2,
        dilation: 1,
        groups,
        kernels: Kernels::default(),
        witness: None,
    };
    let layers = [layer("conv1", [6, 3, 3], 2, 1), layer("conv2", [8, 3, 3], 1, 2), layer("conv3", [4, 8, 1], 1, 1)];
    let x: Vec<_> = values("x", 3 * 12 * 10).into_iter().map(f32::abs).collect();
    let x = Tensor::<4>::from_data(TensorData::new(x, [1, 3, 12, 10]), &device);
    let first = relu(layers[0].forward(x.clone()));
    let second = relu(layers[1].forward(first.clone()));
    let output: Vec<f32> = layers[2].forward(second.clone()).into_data().try_into_vec().unwrap();
    assert!(error(&output, &expected["output"]) < 1e-5);
    let best = (0..output.len()).max_by(|&a, &b| output[a].total_cmp(&output[b])).unwrap();
    for (name, rule, epsilon) in
        [("epsilon", Rule::Epsilon, 1e-3), ("gamma", Rule::Gamma { gamma: 0.25 }, 1e-9), ("z-plus", Rule::ZPlus, 1e-9)]
    {
        let equation = Equation1 { stabilizer: Stabilizer::Signed, epsilon, ..Equation1::default() };
        let start = (0..output.len()).map(|at| if at == best { output[at] } else { 0.0 }).collect();
        let mut relevance = Tensor::from_data(TensorData::new(start, [1, 4, 6, 5]), &device);
        for (layer, input) in layers.iter().zip([&x, &first, &second]).rev() {
            relevance = rule.propagate(&equation, layer, &Input::Positive(input.clone()), relevance);
        }
        let found: Vec<f32> = relevance.into_data().try_into_vec().unwrap();
        // Sums of up to 27 products in f32, three times.
        let oracle = Parity {
            method: name,
            network: "three convolutions",
            device: "native CPU",
            oracle: "captum LRP",
            bound: 1e-5,
        };
        oracle.holds(&found, &expected[name]);
    }
}
