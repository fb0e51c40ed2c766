//! Composites: which rule each layer gets, from the class down to the pixels.

use super::{Addition, Equation1, Rule, Stabilizer};
use crate::picture::Normalisation;
use crate::words::words;

words! {
    /// How much relevance starts at the explained class; it is zero at every other. Its sign is that of what
    /// the linear layer divides by, so that a feature gets positive relevance exactly where it speaks for the
    /// class: with x_j the features, w_jc the class's weights and z_c their divisor, R_j = x_j w_jc · |R| / |z_c|.
    /// A start of one sign for all would turn every sign of the map round where z_c < 0.
    #[derive(Default)]
    pub enum Start {
        /// The class's probability, as in the C3-LRP paper's figure.
        #[default]
        Probability = "probability",
        /// The magnitude of the class's logit.
        Logit = "logit",
    }
}

/// How the blocks are walked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Blocks {
    /// A whole residual block is one layer of Equation 1: C3-LRP's contribution.
    Whole,
    /// Layer by layer; the ReLUs pass relevance.
    Layers {
        /// Every convolution's rule.
        convolution: Rule,
        /// What the addition does.
        addition: Addition,
    },
}

words! {
    /// What the max-pool after the stem does.
    pub enum Pool {
        /// Relevance passes to the place of the maximum.
        Winner = "winner",
        /// Equation 1, which takes it to the same place, times z′ / (z′ + ε).
        Equation1 = "equation-1",
        /// As if it were an average over 2×2 without overlap, by Equation 1 (Relevance Splitting's
        /// released code).
        Average = "average",
    }
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

words! {
    /// What the first convolution's rule takes for its input.
    pub enum StemInput {
        /// The picture.
        Picture = "picture",
        /// Ones at every pixel (Relevance Splitting's released code).
        Ones = "ones",
    }
}

words! {
    /// What the BatchNorm after a convolution of its own does.
    pub enum Norm {
        /// It is part of the convolution before it: the field's canonizer.
        Merged = "merged",
        /// It is a layer of Equation 1.
        Own = "own",
        /// It passes relevance.
        Pass = "pass",
    }
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
            equation: Equation1 { stabilizer: Stabilizer::Signed, ..Equation1::default() },
            linear,
            linear_bias: true,
            blocks: Blocks::Layers { convolution, addition: Addition::Normalised },
            pool: Pool::Winner,
            stem: Stem::Layer { rule: first, input: StemInput::Picture },
            ..Self::default()
        }
    }

    /// This composite with z^B's bounds set to black and white under a normalisation.
    pub fn within(mut self, normalisation: &Normalisation) -> Self {
        if let Stem::Layer { rule: Rule::ZBox { low, high }, .. } = &mut self.stem {
            (*low, *high) = normalisation.bounds();
        }
        self
    }
}
