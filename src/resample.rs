//! Antialiased resampling, as in Pillow and torchvision.
//!
//! Generic over the kind of pixel, so that only the two kinds in use are compiled.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::F32;
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use serde::Serialize;

use crate::{Error, Result};

/// A part of a picture, in the picture's pixels. It reaches beyond the picture if the whole picture is shown with
/// borders.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Crop {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Resamples the part `crop` of an image `[width, height]` to the size `to`, `[width, height]`. Pixels just outside the
/// part count at its edges, as if the whole image were resampled.
///
/// # Errors
/// [`Error::Picture`] if the sizes don't match the number of bytes or the part leaves the image.
pub(crate) fn resample<P: PixelTrait>(
    bytes: &[u8],
    [width, height]: [usize; 2],
    crop: Crop,
    to: [usize; 2],
    filter: FilterType,
) -> Result<TypedImage<'static, P>> {
    let failed = |error: &dyn std::fmt::Display| Error::Picture(error.to_string().into());
    let side = |side: usize| u32::try_from(side).map_err(|error| failed(&error));
    let source = TypedImageRef::<P>::from_buffer(side(width)?, side(height)?, bytes).map_err(|error| failed(&error))?;
    let mut target = TypedImage::new(side(to[0])?, side(to[1])?);
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(crop.x, crop.y, crop.width, crop.height);
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|error| failed(&error))?;
    Ok(target)
}

/// Resizes a map `[width, height]` to the size `to`, `[width, height]`, bilinearly.
///
/// # Errors
/// As [`resample`].
pub(crate) fn resize(map: &[f32], [width, height]: [usize; 2], to: [usize; 2]) -> Result<Vec<f32>> {
    let whole = Crop { x: 0.0, y: 0.0, width: width as f64, height: height as f64 };
    let resized = resample::<F32>(bytemuck::cast_slice(map), [width, height], whole, to, FilterType::Bilinear)?;
    Ok(resized.pixels().iter().map(|pixel| pixel.0).collect())
}
