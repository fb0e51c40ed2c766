//! How pictures are prepared for a network: the square's side, and how its pixels are found and normalised.

use crate::words::words;

/// The sides in pixels that the square can have. Networks halve it five times, hence at least 32; the upper end bounds
/// memory.
pub const SIDES: std::ops::RangeInclusive<usize> = 32..=1024;

/// How a channel's value x in [0, 1] is normalised: (x − mean) / std.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// Mean of each channel, in the network's channel order; the same number three times for a grey picture.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, above zero.
    pub std: [f32; 3],
}

impl Default for Normalisation {
    /// ImageNet's means and standard deviations.
    fn default() -> Self {
        Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    }
}

impl Normalisation {
    /// For grey pictures: the mean of ImageNet's three numbers.
    pub const GREY: Self = Self { mean: [0.449; 3], std: [0.226; 3] };

    /// The normalised values of black and of white, channel by channel.
    pub fn bounds(&self) -> ([f32; 3], [f32; 3]) {
        let of = |x: f32| std::array::from_fn(|channel| (x - self.mean[channel]) / self.std[channel]);
        (of(0.0), of(1.0))
    }
}

words! {
    /// How a picture becomes a square.
    #[derive(Default)]
    pub enum Fit {
        /// The centre of the picture: a square whose side is a share of the picture's shorter side.
        #[default]
        Crop = "crop",
        /// The whole picture, squeezed to a square.
        Squash = "squash",
        /// The whole picture, with borders in the mean colour (letterbox).
        Pad = "whole",
    }
}

words! {
    /// How a picture's pixels are interpolated when it is resized.
    #[derive(Default)]
    pub enum Interpolation {
        /// Antialiased bilinear.
        #[default]
        Bilinear = "bilinear",
        /// Antialiased bicubic, a = −1/2, as in Pillow.
        Bicubic = "bicubic",
    }
}

words! {
    /// The order of a network's three channels.
    #[derive(Default)]
    pub enum Order {
        /// Red, green, blue.
        #[default]
        Rgb = "rgb",
        /// Blue, green, red, as in Caffe and OpenCV.
        Bgr = "bgr",
    }
}

/// How pictures are prepared for a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preparation {
    /// Number of channels: 3, or 1 for networks of grey pictures.
    pub channels: usize,
    /// Side of the square in pixels, within [`SIDES`].
    pub side: usize,
    /// How a picture becomes a square.
    pub fit: Fit,
    /// Share of the shorter side that [`Fit::Crop`] keeps, or of both sides with [`Fit::Squash`]; above 0, at most 1.
    pub crop: f64,
    /// How pixels are interpolated.
    pub interpolation: Interpolation,
    /// The order of the channels.
    pub order: Order,
    /// How the channels' values are normalised.
    pub normalisation: Normalisation,
}

impl Default for Preparation {
    /// As torchvision prepares pictures for ImageNet: shorter side to 256, then the centre 224×224.
    fn default() -> Self {
        Self {
            channels: 3,
            side: 224,
            fit: Fit::Crop,
            crop: 0.875,
            interpolation: Interpolation::Bilinear,
            order: Order::Rgb,
            normalisation: Normalisation::default(),
        }
    }
}
