//! The propagation step of a rule: a layer's relevance, from its output to its input.

use burn::tensor::Tensor;

use super::rule::{Group, Input, Outputs, Rule, Term};
use super::{Equation1, Ledger};
use crate::kernel::{self, Part};
use crate::network::{Convolution, size};
use crate::witness::show_pointwise;

impl Rule {
    /// Takes the relevance `[N, C′, H′, W′]` of a layer's output to its input, in the input's shape: for each group of
    /// terms x·w, Σ x ⊙ VJP_w(R ⊘ Σ z), where `equation` stabilizes the division. The denominators include the layer's
    /// bias, except in w² and flat.
    #[doc(hidden)]
    pub fn propagate(
        &self,
        equation: &Equation1,
        layer: &Convolution,
        input: &Input,
        relevance: Tensor<4>,
    ) -> Tensor<4> {
        self.step(&mut Ledger::closed(), equation, layer, input, Outputs::Signed(None), relevance)
    }

    /// As [`Rule::propagate`]. Records in the ledger what biases and ε absorb, and the relevance of outputs that pass
    /// none on.
    pub(super) fn step(
        &self,
        ledger: &mut Ledger,
        equation: &Equation1,
        layer: &Convolution,
        input: &Input,
        at: Outputs,
        relevance: Tensor<4>,
    ) -> Tensor<4> {
        if let (Self::Gamma { gamma }, Input::Positive(x), Outputs::Signed(whole)) = (self, input, &at) {
            return gamma_of_both_signs(*gamma, ledger, equation, layer, x, whole.clone(), relevance);
        }
        ledger.take(1.0, || kernel::sum(&relevance));
        let mut total = None;
        let mut add = |part: Tensor<4>| {
            total = Some(match total.take() {
                Some(sum) => sum + part,
                None => part,
            });
        };
        let mut whole = None;
        for Group { share, side, terms } in self.groups(layer, input, &at) {
            let outputs = terms.iter().map(|term| term.layer.forward(term.x.clone()));
            let Some(outputs) = outputs.reduce(|sum, output| sum + output) else { continue };
            let cotangent = match self {
                Self::Zero => {
                    let zero = outputs.clone().equal_elem(0.0);
                    (relevance.clone() / outputs.clone().mask_fill(zero.clone(), 1.0)).mask_fill(zero, 0.0)
                }
                _ => equation.divide(relevance.clone(), &outputs),
            };
            let cotangent = match side {
                None => cotangent,
                Some(side) => {
                    let whole = whole.get_or_insert_with(|| layer.forward(input.values().clone()));
                    of_sign(side, whole, cotangent)
                }
            };
            ledger.take(-share, || kernel::dot(&outputs, &cotangent));
            for Term { x, layer } in terms {
                ledger.take_bias(&layer, &cotangent, share);
                let part = layer.vjp_times(&x, cotangent.clone());
                add(if share == 1.0 { part } else { part * share });
            }
        }
        total.unwrap_or_else(|| input.values().zeros_like())
    }
}

/// The cotangent of outputs `whole` of one sign; 0 for all others.
fn of_sign(side: Part, whole: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
    let nothing = match side {
        Part::Positive => whole.clone().lower_equal_elem(0.0),
        Part::Negative => whole.clone().greater_equal_elem(0.0),
    };
    cotangent.mask_fill(nothing, 0.0)
}

/// A shortcut of [`Rule::step`] for LRP-γ with inputs x ≥ 0 and outputs of either sign: two forward passes at most,
/// where the groups take three. With z⁺ the outputs of w⁺ and b⁺, z + γ·z⁻ is (1 + γ)·z − γ·z⁺; and with p and n the
/// cotangents of the outputs above and below 0, R = x ⊙ (VJP_w(p + (1 + γ)·n) + VJP_w⁺(γ·(p − n))).
fn gamma_of_both_signs(
    gamma: f32,
    ledger: &mut Ledger,
    equation: &Equation1,
    layer: &Convolution,
    x: &Tensor<4>,
    whole: Option<Tensor<4>>,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let bias = Part::Positive.of(layer.bias.clone());
    let positive = Convolution { weight: layer.weight.part(Part::Positive), bias, witness: None, ..layer.clone() };
    let whole = whole.unwrap_or_else(|| layer.forward(x.clone()));
    let outputs = [&whole, &positive.forward(x.clone())];
    let [own, raised] = at_once(gamma, ledger, equation, outputs, &relevance)
        .unwrap_or_else(|| step_by_step(gamma, ledger, equation, outputs, relevance));
    ledger.take_bias(layer, &own, 1.0);
    ledger.take_bias(&positive, &raised, 1.0);
    layer.vjp_with(&positive.vjp(size(x), raised), own, Some(x))
}

/// The cotangents of w and of w⁺, p + (1 + γ)·n and γ·(p − n), from the outputs z and z⁺ in one pass through the memory. None
/// if they are not on the CPU, or ε depends on all outputs.
fn at_once(
    gamma: f32,
    ledger: &mut Ledger,
    equation: &Equation1,
    [whole, raising]: [&Tensor<4>; 2],
    relevance: &Tensor<4>,
) -> Option<[Tensor<4>; 2]> {
    let epsilon = equation.known_epsilon()?;
    let inputs = [whole, raising, relevance];
    let (cotangents, left) = kernel::gamma_quotients(inputs, gamma, epsilon, equation.is_signed())?;
    ledger.take(1.0, || left);
    let (gamma, equation) = (f64::from(gamma), *equation);
    let quotient = move |[z, raising, relevance]: [f64; 3]| match z {
        z if z > 0.0 => relevance / equation.stabilize_one(z + gamma * raising, epsilon),
        z if z < 0.0 => relevance / equation.stabilize_one((1.0 + gamma) * z - gamma * raising, epsilon),
        _ => 0.0,
    };
    let [own, raised] = &cotangents;
    show_pointwise("γ's cotangent", inputs, own, move |of| quotient(of) * if of[0] < 0.0 { 1.0 + gamma } else { 1.0 });
    show_pointwise("γ's cotangent", inputs, raised, move |of| quotient(of) * if of[0] < 0.0 { -gamma } else { gamma });
    Some(cotangents)
}

/// As [`at_once`], on any device and with any ε.
fn step_by_step(
    gamma: f32,
    ledger: &mut Ledger,
    equation: &Equation1,
    [whole, raising]: [&Tensor<4>; 2],
    relevance: Tensor<4>,
) -> [Tensor<4>; 2] {
    ledger.take(1.0, || kernel::sum(&relevance));
    let raising = raising.clone() * gamma;
    let mut side = |part| {
        let outputs = match part {
            Part::Positive => whole.clone() + raising.clone(),
            Part::Negative => whole.clone() * (1.0 + gamma) - raising.clone(),
        };
        let cotangent = of_sign(part, whole, equation.divide(relevance.clone(), &outputs));
        ledger.take(-1.0, || kernel::dot(&outputs, &cotangent));
        cotangent
    };
    let [above, below] = [Part::Positive, Part::Negative].map(&mut side);
    [above.clone() + below.clone() * (1.0 + gamma), (above - below) * gamma]
}
