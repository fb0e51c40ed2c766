//! Rules against hand-made fractions, and the chain against its oracle.

use burn::tensor::{Device, Tensor};
use c3lrp::attribution::{Equation1, Stabilizer, Unit};
use c3lrp::weights::formula;
use serde_json::json;

use crate::support::{block_on, error, on_cpu, options, small, tensors};

fn propagate(rule: Equation1, z: [f32; 2], weight: [[f32; 2]; 2], relevance: [f32; 2]) -> Vec<f32> {
    let device = Device::flex();
    let z = Tensor::<2>::from_data([z], &device);
    let weight = Tensor::<2>::from_data(weight, &device);
    let z_out = z.clone().matmul(weight.clone().transpose());
    let relevance = Tensor::<2>::from_data([relevance], &device);
    let back = rule.propagate(z, z_out, relevance, |cotangent| cotangent.matmul(weight));
    back.into_data().try_into_vec().unwrap()
}

/// z = (1, 2), w₁ = (3, 1), w₂ = (1, −1): z′ = (5, −1).
#[test]
fn equation_1_in_fractions() {
    let weight = [[3.0, 1.0], [1.0, -1.0]];
    // ε → 0: R₁ = 1·(3·2/5 + 1·1/(−1)) = 1/5, R₂ = 2·(1·2/5 − 1·1/(−1)) = 14/5.
    let tiny = Equation1 { stabilizer: Stabilizer::Plain, epsilon: 1e-30, ..Equation1::default() };
    assert_eq!(propagate(tiny, [1.0, 2.0], weight, [2.0, 1.0]), [3.0 * (2.0 / 5.0) - 1.0, 2.0 * (2.0 / 5.0 + 1.0)]);
    // ε = 3: denominators 8 and 2: R₁ = 3·2/8 + 1/2 = 5/4, R₂ = 2·(2/8 − 1/2) = −1/2.
    let plain = Equation1 { stabilizer: Stabilizer::Plain, epsilon: 3.0, ..Equation1::default() };
    assert_eq!(propagate(plain, [1.0, 2.0], weight, [2.0, 1.0]), [1.25, -0.5]);
    // ε = 3, signed: denominators 8 and −4: R₁ = 3·2/8 − 1/4 = 1/2, R₂ = 2·(2/8 + 1/4) = 1.
    let signed = Equation1 { stabilizer: Stabilizer::Signed, epsilon: 3.0, ..Equation1::default() };
    assert_eq!(propagate(signed, [1.0, 2.0], weight, [2.0, 1.0]), [0.5, 1.0]);
}

/// z = (1, 2), w₁ = (−1, 1), w₂ = (3, 2): z′ = (1, 7), whose root mean square is 5. ε = 3/5 of that is 3.
#[test]
fn epsilon_in_the_layers_unit() {
    let weight = [[-1.0, 1.0], [3.0, 2.0]];
    for stabilizer in [Stabilizer::Plain, Stabilizer::Signed] {
        let rule = Equation1 { stabilizer, epsilon: 0.6, unit: Unit::Layer };
        // Denominators 4 and 10: R₁ = −1·4/4 + 3·10/10 = 2, R₂ = 2·(1·4/4 + 2·10/10) = 6.
        let found = propagate(rule, [1.0, 2.0], weight, [4.0, 10.0]);
        assert!(found.iter().zip([2.0, 6.0]).all(|(found, expected)| (found - expected).abs() < 1e-6), "{found:?}");
        // The unit goes with the outputs: ten times the input, and nothing else changes.
        let scaled = propagate(rule, [10.0, 20.0], weight, [4.0, 10.0]);
        assert!(scaled.iter().zip(&found).all(|(scaled, found)| (scaled - found).abs() < 1e-6), "{scaled:?}");
        // Outputs that are all 0 take all relevance and give none.
        assert_eq!(propagate(rule, [0.0, 0.0], weight, [4.0, 10.0]), [0.0, 0.0]);
    }
}

/// z′ = 0: plain and signed both divide by +ε, since sign(0) = 1.
#[test]
fn zero_is_positive_to_the_signed_stabilizer() {
    for stabilizer in [Stabilizer::Plain, Stabilizer::Signed] {
        let rule = Equation1 { stabilizer, epsilon: 0.5, ..Equation1::default() };
        assert_eq!(propagate(rule, [1.0, 1.0], [[1.0, -1.0], [0.0, 0.0]], [1.0, 0.0]), [2.0, -2.0]);
    }
}

/// With ε → 0 the chain telescopes: R = x ⊙ ∂y_c/∂x · R_c / (y_c − b_c). The gradient is PyTorch's
/// autograd in float64.
#[test]
fn telescopes_to_input_times_gradient() {
    let expected = tensors("small.safetensors");
    let explainer = on_cpu(small()).unwrap();
    let input = formula::input("input", 64, 64);
    let options = options(json!({ "epsilon": 1e-30 }));
    let explanation = block_on(explainer.explain_tensor(input.clone(), 64, 64, &options, &mut |_, _, _| {})).unwrap();
    let bias = formula::tensor("fc.bias", &[10])[explanation.target];
    let scale = explanation.probability / (explanation.logits[explanation.target] - bias);
    let oracle: Vec<f32> = input.iter().zip(&expected["gradient"]).map(|(x, gradient)| x * gradient * scale).collect();
    let off = error(&explanation.relevance, &oracle);
    println!("telescoping: {off:.1e}");
    // The scale is a difference of logits near each other: two more digits are lost than in the map.
    assert!(off < 2e-5, "off by {off}");
}

#[test]
fn map_is_the_sum_over_channels() {
    let explainer = on_cpu(small()).unwrap();
    let explanation = block_on(explainer.explain_tensor(
        formula::input("input", 64, 96),
        96,
        64,
        &options(json!({})),
        &mut |_, _, _| {},
    ))
    .unwrap();
    assert_eq!((explanation.width, explanation.height, explanation.map.len()), (96, 64, 64 * 96));
    let plane = 64 * 96;
    for at in [0, 1000, plane - 1] {
        let sum = explanation.relevance[at] + explanation.relevance[plane + at] + explanation.relevance[2 * plane + at];
        assert_eq!(explanation.map[at], sum);
    }
}

#[test]
fn options_out_of_range_are_named() {
    let explainer = on_cpu(small()).unwrap();
    let explain = |json| {
        block_on(explainer.explain_tensor(formula::input("input", 64, 64), 64, 64, &options(json), &mut |_, _, _| {}))
    };
    let error = explain(json!({ "target": 10 })).unwrap_err().to_string();
    assert!(error.contains("target is 10") && error.contains("0 to 9"), "{error}");
    assert!(explain(json!({ "target": 9 })).is_ok());
    let refused = |json| c3lrp::Options::from_json(json).unwrap_err().to_string();
    assert!(refused(json!({ "epsilon": 0 })).contains("epsilon is 0"));
    assert!(refused(json!({ "stabiliser": "plain" })).contains("stabiliser"));
    assert!(refused(json!({ "filter": "c4" })).contains("c4"));
    assert!(refused(json!({ "filter": { "kind": "c3", "connectivity": 6 } })).contains("4 or 8"));
    assert!(refused(json!({ "filter": { "kind": "c3", "size": 129 } })).contains("2 to 128"));
    assert!(
        refused(json!({ "filter": { "kind": "c3", "threshold": { "fraction": 2 } } }))
            .contains("threshold is {\"fraction\":2}")
    );
}

#[test]
fn tensors_that_cannot_be_explained_are_refused() {
    let explainer = on_cpu(small()).unwrap();
    let explain = |values: Vec<f32>, width, height| {
        block_on(explainer.explain_tensor(values, width, height, &options(json!({})), &mut |_, _, _| {}))
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert!(explain(vec![0.0; 12], 64, 64).contains("12 values"));
    assert!(explain(vec![0.0; 12], 2, 2).contains("32 to 1024"));
    assert!(explain(vec![0.0; 12], usize::MAX, usize::MAX).contains("32 to 1024"));
    assert!(explain(vec![f32::NAN; 3 * 64 * 64], 64, 64).contains("NaN"));
}
