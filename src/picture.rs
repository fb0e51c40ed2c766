//! From a picture's bytes to the network's input, as torchvision prepares it.

use fast_image_resize::pixels::U8x3;

pub use crate::resample::Crop;
use crate::resample::resample;
use crate::words::words;
use crate::{Error, Result};

/// The input's side.
pub const SIDE: usize = 224;
/// The shorter side's length before the centre crop.
const SHORTER: f64 = 256.0;

/// How a channel's value x in [0, 1] becomes the network's: (x − mean) / std.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    /// Mean of each channel.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, above zero.
    pub std: [f32; 3],
}

impl Default for Normalisation {
    /// ImageNet's.
    fn default() -> Self {
        Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    }
}

impl Normalisation {
    /// What black and white become, channel by channel.
    pub fn bounds(&self) -> ([f32; 3], [f32; 3]) {
        let of = |x: f32| std::array::from_fn(|channel| (x - self.mean[channel]) / self.std[channel]);
        (of(0.0), of(1.0))
    }
}

words! {
    /// How a picture becomes a square.
    #[derive(Default)]
    pub enum Fit {
        /// Shorter side to 256, then the centre 224×224.
        #[default]
        Crop = "crop",
        /// Longer side to 224, the rest filled with the mean colour (letterbox).
        Whole = "whole",
    }
}

/// A picture made ready: values [3, 224, 224] and where they lie in it.
#[derive(Clone, Debug)]
pub struct Input {
    /// Normalised values, channel by channel.
    pub values: Vec<f32>,
    /// What part of the picture they are.
    pub crop: Crop,
}

/// Resizes (antialiased bilinear), crops and normalises a picture of RGBA bytes.
///
/// # Errors
/// [`Error::Picture`] where the size is zero or doesn't fit the bytes.
pub fn prepare(
    rgba: &[u8],
    width: usize,
    height: usize,
    fit: Fit,
    Normalisation { mean, std }: &Normalisation,
) -> Result<Input> {
    let (pixels, crop) = square(rgba, width, height, fit)?;
    let mut values = vec![0f32; 3 * SIDE * SIDE];
    for (channel, plane) in values.chunks_exact_mut(SIDE * SIDE).enumerate() {
        for (value, pixel) in plane.iter_mut().zip(&pixels) {
            if let Some(pixel) = pixel {
                *value = (f32::from(pixel[channel]) / 255.0 - mean[channel]) / std[channel];
            }
        }
    }
    Ok(Input { values, crop })
}

/// The RGB pixels of a normalised picture [3, H, W], which undoes [`prepare`]'s last step.
pub fn pixels(values: &[f32], Normalisation { mean, std }: &Normalisation) -> Vec<[u8; 3]> {
    let plane = values.len() / 3;
    let channel = |at: usize, channel: usize| (values[channel * plane + at] * std[channel] + mean[channel]) * 255.0;
    (0..plane).map(|at| std::array::from_fn(|c| channel(at, c).round() as u8)).collect()
}

/// The square's RGB pixels, 224×224; `None` beside a whole picture.
fn square(rgba: &[u8], width: usize, height: usize, fit: Fit) -> Result<(Vec<Option<[u8; 3]>>, Crop)> {
    let bytes = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(4));
    if width == 0 || height == 0 || bytes != Some(rgba.len()) {
        let given = rgba.len();
        return Err(Error::Picture(format!(
            "{given} bytes were given for {width}×{height} pixels; four bytes for each of at least one pixel were expected"
        )));
    }
    let rgb = on_white(rgba);
    let (w, h) = (width as f64, height as f64);
    match fit {
        Fit::Crop => {
            let crop = centre(w, h);
            let pixels = resize(&rgb, [width, height], crop, [SIDE, SIDE])?;
            Ok((pixels.into_iter().map(Some).collect(), crop))
        }
        Fit::Whole => {
            let scale = SIDE as f64 / w.max(h);
            let inner = [w, h].map(|side| ((side * scale).round() as usize).clamp(1, SIDE));
            let [left, top] = inner.map(|side| (SIDE - side) / 2);
            let whole = Crop { x: 0.0, y: 0.0, width: w, height: h };
            let mut pixels = vec![None; SIDE * SIDE];
            for (row, line) in resize(&rgb, [width, height], whole, inner)?.chunks_exact(inner[0]).enumerate() {
                let start = (top + row) * SIDE + left;
                pixels[start..start + inner[0]].iter_mut().zip(line).for_each(|(to, from)| *to = Some(*from));
            }
            let (across, down) = (w / inner[0] as f64, h / inner[1] as f64);
            let crop = Crop {
                x: -(left as f64) * across,
                y: -(top as f64) * down,
                width: SIDE as f64 * across,
                height: SIDE as f64 * down,
            };
            Ok((pixels, crop))
        }
    }
}

/// The part of a picture that torchvision's `Resize(256)` and `CenterCrop(224)` keep.
fn centre(width: f64, height: f64) -> Crop {
    let shorter = width.min(height);
    let side = |length: f64| {
        let resized = (SHORTER * length / shorter).floor();
        let start = ((resized - SIDE as f64) / 2.0).round_ties_even();
        (start * length / resized, SIDE as f64 * length / resized)
    };
    let ((x, width), (y, height)) = (side(width), side(height));
    Crop { x, y, width, height }
}

/// RGBA over white.
fn on_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for &[r, g, b, alpha] in rgba.as_chunks::<4>().0 {
        let alpha = u32::from(alpha);
        rgb.extend([r, g, b].map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8));
    }
    rgb
}

/// Only the part that is kept is resampled: the same numbers as resizing all of it, and no panorama
/// makes it large.
fn resize(rgb: &[u8], size: [usize; 2], part: Crop, to: [usize; 2]) -> Result<Vec<[u8; 3]>> {
    Ok(resample::<U8x3>(rgb, size, part, to)?.pixels().iter().map(|pixel| pixel.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crop_is_torchvisions() {
        // 500×375 → 341×256; left = round((341 − 224) / 2) = round(58.5) = 58, top = 16.
        let crop = centre(500.0, 375.0);
        assert_eq!(crop.x, 58.0 * 500.0 / 341.0);
        assert_eq!(crop.y, 16.0 * 375.0 / 256.0);
        assert_eq!(crop.height, 224.0 * 375.0 / 256.0);
    }

    #[test]
    fn long_strips_and_single_pixels_are_pictures() {
        for (width, height) in [(1, 1), (1, 20_000), (20_000, 1), (3, 2)] {
            let grey = vec![128; width * height * 4];
            for fit in [Fit::Crop, Fit::Whole] {
                let input = prepare(&grey, width, height, fit, &Normalisation::default()).unwrap();
                assert_eq!(input.values.len(), 3 * SIDE * SIDE);
            }
        }
    }

    #[test]
    fn whole_picture_lies_in_the_middle() {
        let input = prepare(&[255; 4 * 448 * 224], 448, 224, Fit::Whole, &Normalisation::default()).unwrap();
        assert_eq!(input.crop, Crop { x: 0.0, y: -112.0, width: 448.0, height: 448.0 });
        assert_eq!(input.values[0], 0.0);
        assert!(input.values[SIDE * SIDE / 2 + 3] > 2.0);
    }

    #[test]
    fn bytes_must_fit_the_size() {
        for (bytes, width, height) in [(4, 0, 1), (4, 2, 1), (8, 1, 1), (4, usize::MAX, 2)] {
            let refused = prepare(&vec![0; bytes], width, height, Fit::Crop, &Normalisation::default());
            assert!(matches!(refused, Err(Error::Picture(_))));
        }
    }
}
