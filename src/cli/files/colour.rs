//! Colour profiles: a picture's colours as sRGB, which the network learnt from.

use image::{DynamicImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// What came of a profile.
pub enum Applied {
    /// The picture's colours in sRGB.
    Converted(RgbaImage),
    /// The profile can't be read or is not of such a picture, and is left out, as browsers do.
    LeftOut(String),
}

/// The colours of a picture by its profile, in sRGB.
///
/// # Errors
/// A sentence where the pixels are no longer what the profile is about.
pub fn apply(picture: DynamicImage, profile: &[u8]) -> Result<Applied, String> {
    let rgba = |picture: DynamicImage| picture.into_rgba8();
    let source = match ColorProfile::new_from_slice(profile) {
        Ok(source) => source,
        Err(error) => return Ok(Applied::LeftOut(error.to_string())),
    };
    let grey = matches!(
        picture.color(),
        image::ColorType::L8 | image::ColorType::La8 | image::ColorType::L16 | image::ColorType::La16
    );
    let (layout, pixels) = match (source.color_space, grey) {
        (DataColorSpace::Rgb, _) => (Layout::Rgba, picture.clone().into_rgba8().into_raw()),
        (DataColorSpace::Gray, true) => (Layout::GrayAlpha, picture.to_luma_alpha8().into_raw()),
        (DataColorSpace::Cmyk, _) => {
            return Err("its colours are CMYK by a profile of its own, which is not read; save it as RGB".into());
        }
        (space, _) => return Ok(Applied::LeftOut(format!("it is of the colour space {space:?}"))),
    };
    let target = ColorProfile::new_srgb();
    let transform = source.create_transform_8bit(layout, &target, Layout::Rgba, TransformOptions::default());
    let transform = match transform {
        Ok(transform) => transform,
        Err(error) => return Ok(Applied::LeftOut(error.to_string())),
    };
    // A profile that says sRGB, by its values, changes nothing: rounding would.
    let probe = probe(layout);
    let mut seen = vec![0; 4 * probe.len() / layout.channels()];
    if let Err(error) = transform.transform(&probe, &mut seen) {
        return Ok(Applied::LeftOut(error.to_string()));
    }
    let expanded: Vec<u8> = match layout {
        Layout::GrayAlpha => probe.chunks_exact(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect(),
        _ => probe,
    };
    if seen.iter().zip(&expanded).all(|(a, b)| a.abs_diff(*b) <= 1) {
        return Ok(Applied::Converted(rgba(picture)));
    }
    let (width, height) = (picture.width(), picture.height());
    let mut converted = vec![0; 4 * width as usize * height as usize];
    match transform.transform(&pixels, &mut converted) {
        Err(error) => Ok(Applied::LeftOut(error.to_string())),
        Ok(()) => match RgbaImage::from_raw(width, height, converted) {
            Some(converted) => Ok(Applied::Converted(converted)),
            None => Err("its pixels don't fill its size".into()),
        },
    }
}

/// Colours from all over the cube, or greys.
fn probe(layout: Layout) -> Vec<u8> {
    let steps = || (0..=255u8).step_by(51);
    match layout {
        Layout::GrayAlpha => (0..=255).flat_map(|grey| [grey, 255]).collect(),
        _ => steps().flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b, 255]))).collect(),
    }
}
