//! Prepares a picture: a square of it, resized and normalised.

use fast_image_resize::FilterType;
use fast_image_resize::pixels::U8x3;

use super::preparation::{Fit, Interpolation, Normalisation, Order, Preparation};
use crate::resample::{Crop, resample};
use crate::sentence::say;
use crate::{Error, Result};

/// A prepared picture: values `[channels, side, side]`, and the part of the picture that they show.
#[derive(Clone, Debug)]
pub struct Input {
    /// Normalised values, channel by channel.
    pub values: Vec<f32>,
    /// The part of the picture that they show.
    pub crop: Crop,
}

impl Preparation {
    /// Resizes, crops and normalises a picture of RGBA bytes.
    ///
    /// # Errors
    /// [`Error::Picture`] if the size is zero or doesn't match the number of bytes.
    pub fn prepare(&self, rgba: &[u8], width: usize, height: usize) -> Result<Input> {
        let Self { channels, side, normalisation: Normalisation { mean, std }, .. } = *self;
        let (pixels, crop) = self.square(rgba, width, height)?;
        let mut values = vec![0f32; channels * side * side];
        for (channel, plane) in values.chunks_exact_mut(side * side).enumerate() {
            let colour = self.colour(channel);
            for (value, pixel) in plane.iter_mut().zip(&pixels) {
                if let Some(pixel) = pixel {
                    *value = (f32::from(pixel[colour]) / 255.0 - mean[channel]) / std[channel];
                }
            }
        }
        Ok(Input { values, crop })
    }

    /// The RGB pixels of a prepared picture `[channels, H, W]`. Undoes the last step of [`prepare`](Self::prepare), the
    /// normalisation.
    pub fn pixels(&self, values: &[f32]) -> Vec<[u8; 3]> {
        let Self { channels, normalisation: Normalisation { mean, std }, .. } = *self;
        let plane = values.len() / channels.max(1);
        let channel = |at: usize, channel: usize| (values[channel * plane + at] * std[channel] + mean[channel]) * 255.0;
        let colours: [usize; 3] = std::array::from_fn(|colour| self.colour(colour).min(channels.saturating_sub(1)));
        // Adding 0.5 rounds to the nearest; the cast turns values below zero into 0.
        (0..plane).map(|at| colours.map(|colour| (channel(at, colour) + 0.5) as u8)).collect()
    }

    /// Which of red, green and blue a channel is; as this mapping is its own inverse, also which channel a colour is.
    fn colour(&self, channel: usize) -> usize {
        match self.order {
            Order::Rgb => channel,
            Order::Bgr => 2 - channel,
        }
    }

    /// The length of the shorter side before the crop, as torchvision and timm compute it: side / crop, rounded down.
    fn resized(&self) -> f64 {
        (self.side as f64 / self.crop).floor().max(self.side as f64)
    }

    /// The square's RGB pixels; `None` for the border beside a whole picture.
    fn square(&self, rgba: &[u8], width: usize, height: usize) -> Result<(Vec<Option<[u8; 3]>>, Crop)> {
        let bytes = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(4));
        if width == 0 || height == 0 || bytes != Some(rgba.len()) {
            let given = rgba.len();
            return Err(Error::Picture(say!(
                "picture-bytes",
                "{given} bytes were given for {width}×{height} pixels; four bytes for each of at least one pixel were expected",
                given,
                width,
                height
            )));
        }
        let mut rgb = on_white(rgba);
        if self.channels == 1 {
            grey(&mut rgb);
        }
        let (w, h) = (width as f64, height as f64);
        let side = self.side;
        match self.fit {
            Fit::Crop | Fit::Squash => {
                let crop = self.centre(w, h);
                let pixels = self.resize(&rgb, [width, height], crop, [side, side])?;
                Ok((pixels.into_iter().map(Some).collect(), crop))
            }
            Fit::Pad => {
                let scale = side as f64 / w.max(h);
                let inner = [w, h].map(|length| ((length * scale).round() as usize).clamp(1, side));
                let [left, top] = inner.map(|length| (side - length) / 2);
                let whole = Crop { x: 0.0, y: 0.0, width: w, height: h };
                let mut pixels = vec![None; side * side];
                let resized = self.resize(&rgb, [width, height], whole, inner)?;
                for (row, line) in resized.chunks_exact(inner[0]).enumerate() {
                    let start = (top + row) * side + left;
                    pixels[start..start + inner[0]].iter_mut().zip(line).for_each(|(to, from)| *to = Some(*from));
                }
                let (across, down) = (w / inner[0] as f64, h / inner[1] as f64);
                let crop = Crop {
                    x: -(left as f64) * across,
                    y: -(top as f64) * down,
                    width: side as f64 * across,
                    height: side as f64 * down,
                };
                Ok((pixels, crop))
            }
        }
    }

    /// The part of a picture that torchvision's `Resize` and `CenterCrop` keep.
    fn centre(&self, width: f64, height: f64) -> Crop {
        let (side, shorter) = (self.side as f64, width.min(height));
        let part = |length: f64| {
            let resized = match self.fit {
                Fit::Crop | Fit::Pad => (self.resized() * length / shorter).floor(),
                Fit::Squash => self.resized(),
            };
            let start = ((resized - side) / 2.0).round_ties_even();
            (start * length / resized, side * length / resized)
        };
        let ((x, width), (y, height)) = (part(width), part(height));
        Crop { x, y, width, height }
    }

    /// Resamples only the part that is kept. The numbers are the same as if the whole picture were resized, and a long
    /// panorama takes no more memory.
    fn resize(&self, rgb: &[u8], size: [usize; 2], part: Crop, to: [usize; 2]) -> Result<Vec<[u8; 3]>> {
        let (filter, across_first) = match self.interpolation {
            Interpolation::Bilinear => (FilterType::Bilinear, false),
            // Pillow resizes horizontally first, and clips overshooting values before it resizes vertically.
            Interpolation::Bicubic => (FilterType::CatmullRom, true),
        };
        let resized = |rgb: &[u8], size, part, to| -> Result<Vec<[u8; 3]>> {
            Ok(resample::<U8x3>(rgb, size, part, to, filter)?.pixels().iter().map(|pixel| pixel.0).collect())
        };
        // After the first pass, the picture is resized in one direction only. A strip one pixel high would be a
        // thousand times its size there if it were stretched before it is shrunk.
        let across = to[0] as f64 * part.height;
        let down = to[1] as f64 * part.width;
        let across_first = if across_first { across <= 16.0 * down } else { down > 16.0 * across };
        if !across_first {
            return resized(rgb, size, part, to);
        }
        // The library resizes vertically first.
        let turned = transposed(rgb.as_chunks::<3>().0, size);
        let Crop { x, y, width, height } = part;
        let part = Crop { x: y, y: x, width: height, height: width };
        let [size, turned_to] = [size, to].map(|[width, height]| [height, width]);
        Ok(transposed(&resized(turned.as_flattened(), size, part, turned_to)?, turned_to))
    }
}

/// The pixels of a picture `[width, height]`, stored row by row, as those of its transpose.
fn transposed(pixels: &[[u8; 3]], [width, height]: [usize; 2]) -> Vec<[u8; 3]> {
    (0..width).flat_map(|x| (0..height).map(move |y| pixels[y * width + x])).collect()
}

/// RGB to the luma of ITU-R 601 in all three channels, as Pillow's `convert("L")` computes it.
fn grey(rgb: &mut [u8]) {
    for pixel in rgb.as_chunks_mut::<3>().0 {
        let [r, g, b] = pixel.map(u32::from);
        *pixel = [((r * 19_595 + g * 38_470 + b * 7_471 + 0x8000) >> 16) as u8; 3];
    }
}

/// RGBA bytes to RGB bytes, over a white background.
fn on_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for &[r, g, b, alpha] in rgba.as_chunks::<4>().0 {
        let alpha = u32::from(alpha);
        rgb.extend([r, g, b].map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8));
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    const WHOLE: Preparation = Preparation {
        channels: 3,
        side: 224,
        fit: Fit::Pad,
        crop: 0.875,
        interpolation: Interpolation::Bilinear,
        order: Order::Rgb,
        normalisation: Normalisation { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    };

    #[test]
    fn crop_is_torchvisions() {
        // 500×375 → 341×256; left = round((341 − 224) / 2) = round(58.5) = 58, top = 16.
        let crop = Preparation::default().centre(500.0, 375.0);
        assert_eq!(crop.x, 58.0 * 500.0 / 341.0);
        assert_eq!(crop.y, 16.0 * 375.0 / 256.0);
        assert_eq!(crop.height, 224.0 * 375.0 / 256.0);
    }

    #[test]
    fn long_strips_and_single_pixels_are_pictures() {
        for (width, height) in [(1, 1), (1, 20_000), (20_000, 1), (3, 2)] {
            let grey = vec![128; width * height * 4];
            for (_, fit) in Fit::ALL {
                for channels in [1, 3] {
                    let preparation = Preparation { fit: *fit, channels, side: 160, ..Preparation::default() };
                    let input = preparation.prepare(&grey, width, height).unwrap();
                    assert_eq!(input.values.len(), channels * 160 * 160);
                }
            }
        }
    }

    #[test]
    fn sides_before_the_crop_are_timms() {
        // math.floor(side / crop_pct), with side and share as timm's models have them.
        for (side, crop, resized) in
            [(224, 0.875, 256.0), (160, 0.95, 168.0), (224, 0.95, 235.0), (288, 1.0, 288.0), (176, 0.875, 201.0)]
        {
            assert_eq!(Preparation { side, crop, ..Preparation::default() }.resized(), resized);
        }
        // Squeezed sides keep the same share of each.
        let squash = Preparation { fit: Fit::Squash, crop: 1.0, ..Preparation::default() };
        assert_eq!(squash.centre(500.0, 375.0), Crop { x: 0.0, y: 0.0, width: 500.0, height: 375.0 });
    }

    #[test]
    fn blue_comes_first_where_a_network_wants_it() {
        let red = [255, 0, 0, 255].repeat(32 * 32);
        let bgr = Preparation { side: 32, order: Order::Bgr, crop: 1.0, ..Preparation::default() };
        let input = bgr.prepare(&red, 32, 32).unwrap();
        let (black, white) = bgr.normalisation.bounds();
        assert!((input.values[0] - black[0]).abs() < 1e-6 && (input.values[2 * 32 * 32] - white[2]).abs() < 1e-6);
        assert_eq!(bgr.pixels(&input.values)[0], [255, 0, 0]);
        let grey = Preparation { channels: 1, normalisation: Normalisation::GREY, ..bgr };
        // Pillow: Image.new("RGB", (1, 1), "red").convert("L") is 76.
        assert_eq!(grey.pixels(&grey.prepare(&red, 32, 32).unwrap().values)[0], [76; 3]);
    }

    #[test]
    fn whole_picture_lies_in_the_middle() {
        let input = WHOLE.prepare(&[255; 4 * 448 * 224], 448, 224).unwrap();
        assert_eq!(input.crop, Crop { x: 0.0, y: -112.0, width: 448.0, height: 448.0 });
        assert_eq!(input.values[0], 0.0);
        assert!(input.values[224 * 224 / 2 + 3] > 2.0);
    }

    #[test]
    fn bytes_must_fit_the_size() {
        for (bytes, width, height) in [(4, 0, 1), (4, 2, 1), (8, 1, 1), (4, usize::MAX, 2)] {
            let refused = Preparation::default().prepare(&vec![0; bytes], width, height);
            assert!(matches!(refused, Err(Error::Picture(_))));
        }
    }
}
