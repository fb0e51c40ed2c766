//! Composites: which rule each layer gets, from the class down to the pixels.

use super::{Addition, Equation1, Rule, Stabilizer};
use crate::picture::Normalisation;
use crate::words::words;

words! {
    /// How much relevance starts at the explained class; every other class starts with zero. The start has the sign of
    /// the linear layer's denominator, so that a feature gets positive relevance exactly where it speaks for the class:
    /// with the features x_j, the class's weights w_jc and the denominator z_c, R_j = x_j w_jc · |R| / |z_c|. If the
    /// start were always positive, every sign of the map would flip where z_c < 0.
    #[derive(Default)]
    pub enum Start {
        /// The class's probability, as in the C3-LRP paper's figure.
        #[default]
        Probability = "probability",
        /// The magnitude of the class's logit.
        Logit = "logit",
    }
}

/// How relevance passes through the blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Blocks {
    /// A whole residual block is one layer of Equation 1: C3-LRP's contribution.
    Whole,
    /// Layer by layer; ReLUs pass relevance on unchanged.
    Layers {
        /// The rule of every convolution.
        convolution: Rule,
        /// How the addition splits relevance.
        addition: Addition,
    },
}

words! {
    /// How relevance passes through the max-pool after the stem.
    pub enum Pool {
        /// Each output's relevance goes to the place of its maximum.
        Winner = "winner",
        /// Equation 1: it goes to the same place, multiplied by z′ / (z′ + ε).
        Equation1 = "equation-1",
        /// As if the pool were an average over 2×2 without overlap, by Equation 1 (Relevance Splitting's released
        /// code).
        Average = "average",
    }
}

/// How relevance passes through the stem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stem {
    /// Convolution, BatchNorm and ReLU are one layer of Equation 1.
    Whole,
    /// The ReLU passes relevance on unchanged, and the convolution has a rule of its own.
    Layer {
        /// The convolution's rule.
        rule: Rule,
        /// What the rule uses as the convolution's input.
        input: StemInput,
    },
}

words! {
    /// What the first convolution's rule uses as its input.
    pub enum StemInput {
        /// The picture.
        Picture = "picture",
        /// Ones at every pixel (Relevance Splitting's released code).
        Ones = "ones",
    }
}

words! {
    /// How relevance passes through the BatchNorm of a convolution that has a rule of its own.
    pub enum Norm {
        /// The BatchNorm is merged into the convolution before it, as the field's canonizers do.
        Merged = "merged",
        /// The BatchNorm is a layer of its own, by Equation 1.
        Own = "own",
        /// The BatchNorm passes relevance on unchanged.
        Pass = "pass",
    }
}

/// A rule for each layer, from the class to the pixels. `equation` stabilizes all divisions, and is the rule of the
/// global average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Composite {
    /// How much relevance the class starts with.
    pub start: Start,
    /// The stabilizer, and ε.
    pub equation: Equation1,
    /// The linear layer's rule.
    pub linear: Rule,
    /// Whether the linear layer's denominators include its bias.
    pub linear_bias: bool,
    /// The blocks' rule.
    pub blocks: Blocks,
    /// The max-pool's rule.
    pub pool: Pool,
    /// The stem's rule.
    pub stem: Stem,
    /// The BatchNorms' rule, for convolutions with rules of their own.
    pub norm: Norm,
}

impl Default for Composite {
    /// C3-LRP as printed: Equation 1 everywhere, except for the linear layer: Equation 2, without a bias.
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
    /// A composite of three rules with the field's usual choices for the rest: BatchNorm merged, signed stabilizer, ε =
    /// 1e-6, additions split by signed contribution, and the picture as the first layer's input.
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

    /// This composite, with z^B's bounds set to what black and white are after a normalisation.
    pub fn within(mut self, normalisation: &Normalisation) -> Self {
        if let Stem::Layer { rule: Rule::ZBox { low, high }, .. } = &mut self.stem {
            (*low, *high) = normalisation.bounds();
        }
        self
    }
}
