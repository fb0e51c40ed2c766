//! The options that give facts about a network: their names, meanings and possible values.

use super::StrideIn;
use crate::output::OutputKind;
use crate::picture::{Fit, Interpolation, Order, SIDES};
use crate::sentence::say;
use crate::setting::{Kind, Setting};
use crate::words::Words;

const CHANNELS: Kind = Kind::Text {
    expected: || say!("channels", "one number or three, such as [0.485, 0.456, 0.406],"),
    typescript: "number[]",
};

const STAGES: Kind = Kind::Text {
    expected: || say!("stages", "a small whole number for each stage, such as [1, 1, 2, 4],"),
    typescript: "number[]",
};

/// The options that give facts about a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintName {
    /// The side of the square that a network sees.
    Side,
    /// How a picture becomes a square.
    Fit,
    /// The share of the shorter side that a crop keeps.
    Crop,
    /// How pixels are interpolated.
    Interpolation,
    /// The mean of each channel.
    Mean,
    /// The standard deviation of each channel.
    Std,
    /// The channels' order.
    Order,
    /// What a network's outputs mean.
    Output,
    /// Which convolution of a bottleneck has the stride.
    StrideIn,
    /// Each stage's stride.
    Strides,
    /// Each stage's dilation.
    Dilations,
    /// BatchNorm's ε.
    NormEpsilon,
}

impl HintName {
    /// All of these options.
    pub const ALL: [Self; 12] = [
        Self::Side,
        Self::Fit,
        Self::Crop,
        Self::Interpolation,
        Self::Mean,
        Self::Std,
        Self::Order,
        Self::Output,
        Self::StrideIn,
        Self::Strides,
        Self::Dilations,
        Self::NormEpsilon,
    ];

    /// The option's row of the table.
    pub fn setting(self) -> Setting {
        let of = Setting::of;
        match self {
            Self::Side => of(
                "side",
                "Side of the square that the network sees, in pixels.",
                Kind::Whole { least: *SIDES.start() as u64, most: *SIDES.end() as u64 },
            ),
            Self::Fit => of(
                "fit",
                "How a picture becomes a square: the centre of it, all of it squeezed, or all of it with borders.",
                Kind::OneOf(Fit::CHOICES),
            ),
            Self::Crop => of(
                "crop",
                "Share of the shorter side that a crop keeps: 0.875 is 224 of 256.",
                Kind::Number { least: 0.1, most: 1.0, such_as: 0.875 },
            ),
            Self::Interpolation => {
                of("interpolation", "How pixels between pixels are found.", Kind::OneOf(Interpolation::CHOICES))
            }
            Self::Mean => of("mean", "Mean of each channel, of pixels from 0 to 1, in the network's order.", CHANNELS),
            Self::Std => of("std", "Standard deviation of each channel, above 0.", CHANNELS),
            Self::Order => of("order", "The order of the network's channels.", Kind::OneOf(Order::CHOICES)),
            Self::Output => of(
                "output",
                "What the outputs mean: classes that exclude each other (softmax), or each by itself (sigmoid). A network with one output answers yes or no.",
                Kind::OneOf(OutputKind::CHOICES),
            ),
            Self::StrideIn => of(
                "strideIn",
                "Which convolution of a bottleneck has its stride: torchvision's 3×3, or the first 1×1 as in Caffe and Keras.",
                Kind::OneOf(StrideIn::CHOICES),
            ),
            Self::Strides => of("strides", "The stride of each stage, 1 or 2.", STAGES),
            Self::Dilations => of(
                "dilations",
                "The dilation of each stage, 1, 2, 4 or 8; it takes the place of the stage's stride unless strides are given.",
                STAGES,
            ),
            Self::NormEpsilon => {
                of("normEpsilon", "BatchNorm's ε.", Kind::Number { least: 1e-12, most: 1.0, such_as: 1e-5 })
            }
        }
    }

    /// The option's name in JSON.
    pub fn key(self) -> &'static str {
        self.setting().key
    }
}
