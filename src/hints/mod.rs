//! Facts that a network's tensors don't contain: how its pictures are prepared, where its strides are, and what its
//! outputs mean.
//!
//! They come from an option, a configuration file, or the weights file's own header, in this order of precedence;
//! otherwise a default is assumed, and marked as assumed.

mod config;
mod fields;
mod given;
mod name;

pub use config::Config;
pub(crate) use config::refuse_by_name;
pub use given::{GivenFacts, Origin};
pub use name::HintName;

use crate::output::OutputKind;
use crate::picture::{Fit, Interpolation, Order};
use crate::words::words;

words! {
    /// Which convolution of a bottleneck has the stride.
    #[derive(Default)]
    pub enum StrideIn {
        /// The 3×3 convolution, as in torchvision ("v1.5").
        #[default]
        Spatial = "3x3",
        /// The first 1×1 convolution, as in the paper, Caffe and Keras ("v1").
        Pointwise = "1x1",
    }
}

/// Facts about a network; each is none if it isn't given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// Side in pixels of the square that the network sees.
    pub side: Option<usize>,
    /// How a picture becomes a square.
    pub fit: Option<Fit>,
    /// Share of the shorter side that a crop keeps, above 0 and at most 1.
    pub crop: Option<f64>,
    /// How pixels are interpolated.
    pub interpolation: Option<Interpolation>,
    /// Mean of the channels: one number for all, or three; for pixels from 0 to 1.
    pub mean: Option<Vec<f32>>,
    /// Standard deviation of the channels: one number for all, or three; for pixels from 0 to 1.
    pub std: Option<Vec<f32>>,
    /// The order of the channels.
    pub order: Option<Order>,
    /// What the outputs mean.
    pub output: Option<OutputKind>,
    /// Which convolution of a bottleneck has the stride.
    pub stride_in: Option<StrideIn>,
    /// The stride of each stage.
    pub strides: Option<Vec<usize>>,
    /// The dilation of each stage.
    pub dilations: Option<Vec<usize>>,
    /// BatchNorm's ε.
    pub norm_epsilon: Option<f32>,
}
