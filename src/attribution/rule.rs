//! The field's rules for single layers. A rule only says how it modifies input and parameters; the propagation step is
//! the same for all rules, in `step.rs`.

use burn::tensor::Tensor;

use super::Equation1;
use crate::kernel::{Part, Weight};
use crate::network::Convolution;
use crate::picture::Normalisation;
use crate::words::{Value, Words, words};

/// How the relevance R_k of a layer's outputs z_k = Σ_j x_j w_jk + b_k is passed to its inputs x_j. In the formulas t⁺
/// = max(t, 0), t⁻ = min(t, 0), and every denominator is stabilized.
///
/// For inputs that can be negative, z⁺, αβ and γ are the field's extended versions: x⁻ is paired with the weights of
/// the other sign, and those terms have no bias.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// LRP-0: R_j = Σ_k x_j w_jk / z_k · R_k; outputs with z_k = 0 pass nothing on (Bach et al. 2015).
    Zero,
    /// LRP-ε: R_j = Σ_k x_j w_jk / (z_k + ε) · R_k (Bach et al. 2015).
    Epsilon,
    /// LRP-γ: w is w + γ·w⁺ where z_k > 0, and w + γ·w⁻ where z_k < 0 (Montavon et al. 2019; signed
    /// outputs as in Andéol et al. 2021).
    Gamma {
        /// γ ≥ 0.
        gamma: f32,
    },
    /// z⁺, or α1β0: R_j = Σ_k (x_j w_jk)⁺ / Σ_j′ (x_j′ w_j′k)⁺ · R_k (Montavon et al. 2017).
    ZPlus,
    /// αβ: α times what z⁺ gives, minus β times the same with (x_j w_jk)⁻ (Bach et al. 2015).
    AlphaBeta {
        /// α ≥ 1; β = α − 1.
        alpha: f32,
    },
    /// w²: R_j = Σ_k w_jk² / Σ_j′ w_j′k² · R_k (Montavon et al. 2017).
    WSquare,
    /// Flat: R_j = Σ_k 1 / Σ_j′ 1 · R_k over the inputs of k (Lapuschkin et al. 2019).
    Flat,
    /// z^B for pixels, l ≤ x ≤ h: R_j = Σ_k (x_j w_jk − l_j w_jk⁺ − h_j w_jk⁻) / Σ_j′ (the same) · R_k (Montavon et al.
    /// 2017). For a grey input, the first bound is used.
    ZBox {
        /// l of each channel.
        low: [f32; 3],
        /// h of each channel.
        high: [f32; 3],
    },
}

words! {
    /// A rule's name, without its parameters.
    pub enum RuleName {
        /// LRP-0.
        Zero = "zero",
        /// LRP-ε.
        Epsilon = "epsilon",
        /// LRP-γ.
        Gamma = "gamma",
        /// z⁺.
        ZPlus = "z-plus",
        /// αβ.
        AlphaBeta = "alpha-beta",
        /// w².
        WSquare = "w-square",
        /// Flat.
        Flat = "flat",
        /// z^B. It must be the last variant: only the first layer takes it, and [`RuleName::OF_LAYERS`] leaves it out.
        ZBox = "z-box",
    }
}

impl RuleName {
    /// The names of the rules for a layer that doesn't see pixels: all except z^B.
    pub const OF_LAYERS: &'static [Value] = Self::CHOICES.split_at(Self::CHOICES.len() - 1).0;

    /// The rule with this name and these parameters.
    pub fn rule(self, RuleParameters { gamma, alpha }: RuleParameters) -> Rule {
        match self {
            Self::Zero => Rule::Zero,
            Self::Epsilon => Rule::Epsilon,
            Self::Gamma => Rule::Gamma { gamma },
            Self::ZPlus => Rule::ZPlus,
            Self::AlphaBeta => Rule::AlphaBeta { alpha },
            Self::WSquare => Rule::WSquare,
            Self::Flat => Rule::Flat,
            Self::ZBox => {
                // Replaced by the network's own bounds when it explains.
                let (low, high) = Normalisation::default().bounds();
                Rule::ZBox { low, high }
            }
        }
    }
}

/// The parameters of all rules; each rule uses only its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleParameters {
    /// γ ≥ 0.
    pub gamma: f32,
    /// α ≥ 1.
    pub alpha: f32,
}

/// A layer's input, `[N, C, H, W]`.
#[derive(Clone, Debug)]
pub enum Input {
    /// All values are ≥ 0, as after a ReLU: there is no x⁻, so its terms are left out.
    Positive(Tensor<4>),
    /// Values of either sign.
    Signed(Tensor<4>),
}

impl Input {
    /// The input, whatever its signs.
    pub(super) fn values(&self) -> &Tensor<4> {
        match self {
            Self::Positive(x) | Self::Signed(x) => x,
        }
    }
}

/// Which outputs of a layer can have relevance.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a walk has one at a time")]
pub(super) enum Outputs {
    /// Only outputs above 0: a ReLU follows, and zeros get no relevance from the layers after it.
    Rectified,
    /// All outputs. Holds the outputs, `[N, C′, H′, W′]`, if they have been computed already.
    Signed(Option<Tensor<4>>),
}

/// One summand of a denominator, and of the relevance that it leads to.
pub(super) struct Term {
    pub(super) x: Tensor<4>,
    pub(super) layer: Convolution,
}

/// Terms that share a denominator.
pub(super) struct Group {
    /// The share of the relevance that this group distributes.
    pub(super) share: f32,
    /// If given, only outputs of this sign pass relevance to the terms; outputs of the other sign and zeros don't.
    pub(super) side: Option<Part>,
    pub(super) terms: Vec<Term>,
}

impl Rule {
    /// Whether inputs of 0 get no relevance.
    pub(super) fn skips_zeros(&self) -> bool {
        match self {
            Self::Zero | Self::Epsilon | Self::Gamma { .. } | Self::ZPlus | Self::AlphaBeta { .. } => true,
            Self::WSquare | Self::Flat | Self::ZBox { .. } => false,
        }
    }

    /// Whether an output's relevance can be slightly off, by the rounding of a sum that it was part of, without a
    /// visible effect: no denominator of the rule is a small difference of large terms. A denominator of γ is at least
    /// γ times the terms of one sign, so 1/γ of the rounding gets through.
    pub(super) fn tolerates_rounding(&self) -> bool {
        match self {
            Self::ZPlus | Self::AlphaBeta { .. } => true,
            Self::Gamma { gamma } => *gamma >= 0.1,
            Self::Zero | Self::Epsilon | Self::WSquare | Self::Flat | Self::ZBox { .. } => false,
        }
    }

    /// The relevance, with the sign of the rule's denominator, so that each input's share has the sign of its own
    /// contribution. For rules whose denominators all have one sign, it stays as it is.
    pub(super) fn signed(
        &self,
        equation: &Equation1,
        layer: &Convolution,
        input: &Input,
        relevance: Tensor<4>,
    ) -> Tensor<4> {
        match self.divisor(equation, layer, input) {
            None => relevance,
            Some(divisor) => {
                let negative = divisor.lower_elem(0.0);
                relevance.clone().mask_where(negative, relevance.neg())
            }
        }
    }

    /// The rule's denominator for each output, `[N, C′, H′, W′]`; none for a rule whose denominators have the same sign
    /// for every output.
    pub(super) fn divisor(&self, equation: &Equation1, layer: &Convolution, input: &Input) -> Option<Tensor<4>> {
        match self {
            Self::Zero => Some(layer.forward(input.values().clone())),
            // γ moves an output further from zero, and keeps its sign.
            Self::Epsilon | Self::Gamma { .. } => Some(equation.stabilize(layer.forward(input.values().clone()))),
            Self::ZPlus | Self::AlphaBeta { .. } | Self::WSquare | Self::Flat | Self::ZBox { .. } => None,
        }
    }

    /// The groups of terms of this rule: how it modifies input and parameters.
    pub(super) fn groups(&self, layer: &Convolution, input: &Input, at: &Outputs) -> Vec<Group> {
        let (weight, bias) = (layer.weight.tensor(), &layer.bias);
        let x = input.values();
        let with = |weight: Weight, bias: Tensor<1>| Convolution { weight, bias, witness: None, ..layer.clone() };
        let no_bias = || bias.zeros_like();
        let whole = |terms| vec![Group { share: 1.0, side: None, terms }];
        let term = |x: Tensor<4>, layer| Term { x, layer };
        // Pairs x⁺ with one part of the parameters, and x⁻ with the weights of the other part.
        let crossed = |part: Part, modified: &dyn Fn(Part) -> Convolution| match input {
            Input::Positive(x) => vec![term(x.clone(), modified(part))],
            Input::Signed(x) => {
                let others = Convolution { bias: no_bias(), ..modified(part.other()) };
                vec![term(Part::Positive.of(x.clone()), modified(part)), term(Part::Negative.of(x.clone()), others)]
            }
        };
        let clamped = |part: Part| with(layer.weight.part(part), part.of(bias.clone()));
        match *self {
            Self::Zero | Self::Epsilon => whole(vec![term(x.clone(), layer.clone())]),
            Self::Gamma { gamma } => {
                let raised =
                    |part: Part| with(layer.weight.raised(part, gamma), bias.clone() + part.of(bias.clone()) * gamma);
                let group = |part, side| Group { share: 1.0, side, terms: crossed(part, &raised) };
                match at {
                    Outputs::Rectified => vec![group(Part::Positive, None)],
                    Outputs::Signed(_) => [Part::Positive, Part::Negative].map(|part| group(part, Some(part))).into(),
                }
            }
            Self::ZPlus => whole(crossed(Part::Positive, &clamped)),
            Self::AlphaBeta { alpha } => {
                let group = |share, part| Group { share, side: None, terms: crossed(part, &clamped) };
                vec![group(alpha, Part::Positive), group(1.0 - alpha, Part::Negative)]
            }
            Self::WSquare => {
                whole(vec![term(x.ones_like(), with((weight.clone() * weight.clone()).into(), no_bias()))])
            }
            Self::Flat => whole(vec![term(x.ones_like(), with(weight.ones_like().into(), no_bias()))]),
            // x·w − l·w⁺ − h·w⁻ = (x − h)·w + (h − l)·w⁺; the bias cancels out.
            Self::ZBox { low, high } => {
                let [_, channels, ..] = x.dims();
                let bound = |bound: [f32; 3]| {
                    Tensor::<1>::from_data(&bound[..channels.min(3)], &x.device()).reshape([1, -1, 1, 1])
                };
                let range: [f32; 3] = std::array::from_fn(|channel| high[channel] - low[channel]);
                whole(vec![
                    term(x.clone() - bound(high), layer.unbiased()),
                    term(x.zeros_like() + bound(range), with(layer.weight.part(Part::Positive), no_bias())),
                ])
            }
        }
    }
}
