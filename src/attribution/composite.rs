//! Composites: which rule each layer gets, from the class down to the pixels.

use serde::Deserialize;

use super::{Addition, Equation1, Rule, Stabilizer};
use crate::picture::Normalisation;

/// What relevance starts as, at the explained class; it is zero at every other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// The class's softmax probability, as in the C3-LRP paper's figure.
    #[default]
    Probability,
    /// The class's logit.
    Logit,
}

/// How the blocks are walked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Blocks {
    /// A whole bottleneck is one layer of Equation 1: C3-LRP's contribution.
    Whole,
    /// Layer by layer; the ReLUs pass relevance.
    Layers {
        /// Every convolution's rule.
        convolution: Rule,
        /// What the addition does.
        addition: Addition,
    },
}

/// What the max-pool after the stem does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pool {
    /// Relevance passes to the place of the maximum.
    Winner,
    /// Equation 1, which takes it to the same place, times z′ / (z′ + ε).
    #[serde(rename = "equation-1")]
    Equation1,
    /// As if it were an average over 2×2 without overlap, by Equation 1 (Relevance Splitting's
    /// released code).
    Average,
}

/// How the stem is walked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stem {
    /// Convolution, BatchNorm and ReLU are one layer of Equation 1.
    Whole,
    /// The ReLU passes relevance, and the convolution has a rule of its own.
    Layer {
        /// The convolution's rule.
        rule: Rule,
        /// What it takes for its input.
        input: StemInput,
    },
}

/// What the first convolution's rule takes for its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StemInput {
    /// The picture.
    Picture,
    /// Ones at every pixel (Relevance Splitting's released code).
    Ones,
}

/// What the BatchNorm after a convolution of its own does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// It is part of the convolution before it: the field's canonizer.
    Merged,
    /// It is a layer of Equation 1.
    Own,
    /// It passes relevance.
    Pass,
}

/// A rule for each layer, in the order in which relevance meets them. `equation` stabilizes all of
/// their divisions, and is the rule of the global average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Composite {
    /// What relevance starts as.
    pub start: Start,
    /// The stabilizer, and ε.
    pub equation: Equation1,
    /// The linear layer.
    pub linear: Rule,
    /// Whether the linear layer's denominators count its bias.
    pub linear_bias: bool,
    /// The blocks.
    pub blocks: Blocks,
    /// The max-pool.
    pub pool: Pool,
    /// The stem.
    pub stem: Stem,
    /// The BatchNorms, where convolutions have rules of their own.
    pub norm: Norm,
}

impl Default for Composite {
    /// C3-LRP as printed: Equation 1 for all, Equation 2, which has no bias, for the linear layer.
    fn default() -> Self {
        Self {
            start: Start::Probability,
            equation: Equation1::default(),
            linear: Rule::Epsilon,
            linear_bias: false,
            blocks: Blocks::Whole,
            pool: Pool::Equation1,
            stem: Stem::Whole,
            norm: Norm::Merged,
        }
    }
}

impl Composite {
    /// The field's composite of three rules, with its usual choices for the rest: BatchNorm merged,
    /// signed stabilizer, ε = 1e-6, signed additions, the picture itself.
    pub fn layers(linear: Rule, convolution: Rule, first: Rule) -> Self {
        Self {
            equation: Equation1 { stabilizer: Stabilizer::Signed, epsilon: 1e-6 },
            linear,
            linear_bias: true,
            blocks: Blocks::Layers { convolution, addition: Addition::Normalised },
            pool: Pool::Winner,
            stem: Stem::Layer { rule: first, input: StemInput::Picture },
            ..Self::default()
        }
    }

    /// The same, with z^B's bounds those of black and white under a normalisation.
    pub fn within(mut self, normalisation: &Normalisation) -> Self {
        if let Stem::Layer { rule: Rule::ZBox { low, high }, .. } = &mut self.stem {
            (*low, *high) = normalisation.bounds();
        }
        self
    }
}
