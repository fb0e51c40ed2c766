//! Colour profiles: converts a picture's colours to sRGB, which networks are trained on.

use std::io::{Read, Seek};

use image::{ColorType, DynamicImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// The result of applying a profile.
pub enum Applied {
    /// The picture's colours in sRGB.
    Converted(RgbaImage),
    /// The picture unchanged: the profile can't be read or doesn't fit the picture, and is ignored, as in browsers.
    LeftOut(RgbaImage, String),
}

/// A picture's colours in sRGB, according to its profile.
///
/// # Errors
/// A sentence, if the pixels no longer match the profile.
pub fn apply(picture: DynamicImage, profile: &[u8]) -> Result<Applied, String> {
    match converted(&picture, profile) {
        Ok(Some(rgba)) => Ok(Applied::Converted(rgba)),
        Ok(None) => Ok(Applied::Converted(picture.into_rgba8())),
        Err(Wrong::Profile(why)) => Ok(Applied::LeftOut(picture.into_rgba8(), why)),
        Err(Wrong::Picture(why)) => Err(why),
    }
}

enum Wrong {
    Profile(String),
    Picture(String),
}

impl From<moxcms::CmsError> for Wrong {
    fn from(error: moxcms::CmsError) -> Self {
        Self::Profile(error.to_string())
    }
}

/// `None` if the profile changes nothing.
fn converted(picture: &DynamicImage, profile: &[u8]) -> Result<Option<RgbaImage>, Wrong> {
    let source = ColorProfile::new_from_slice(profile)?;
    let grey = matches!(picture.color(), ColorType::L8 | ColorType::La8 | ColorType::L16 | ColorType::La16);
    let layout = match (source.color_space, grey) {
        (DataColorSpace::Rgb, _) => Layout::Rgba,
        (DataColorSpace::Gray, true) => Layout::GrayAlpha,
        (DataColorSpace::Cmyk, _) => {
            let what = "its colours are CMYK by a profile of its own, which is not read; save it as RGB";
            return Err(Wrong::Picture(what.into()));
        }
        (space, _) => return Err(Wrong::Profile(format!("it is of the colour space {space:?}"))),
    };
    let target = ColorProfile::new_srgb();
    let transform = source.create_transform_8bit(layout, &target, Layout::Rgba, TransformOptions::default())?;
    // A profile that has sRGB's values changes nothing; converting would only round.
    let greys = || 0..=255u8;
    let (input, before): (Vec<u8>, Vec<u8>) = match layout == Layout::GrayAlpha {
        true => (greys().flat_map(|grey| [grey, 255]).collect(), greys().flat_map(|g| [g, g, g, 255]).collect()),
        false => (probe(), probe()),
    };
    let mut after = vec![0; before.len()];
    transform.transform(&input, &mut after)?;
    if before.iter().zip(&after).all(|(before, after)| before.abs_diff(*after) <= 1) {
        return Ok(None);
    }
    let pixels =
        if layout == Layout::GrayAlpha { picture.to_luma_alpha8().into_raw() } else { picture.to_rgba8().into_raw() };
    let (width, height) = (picture.width(), picture.height());
    let mut converted = vec![0; 4 * width as usize * height as usize];
    transform.transform(&pixels, &mut converted)?;
    match RgbaImage::from_raw(width, height, converted) {
        Some(converted) => Ok(Some(converted)),
        None => Err(Wrong::Picture("its pixels don't fill its size".into())),
    }
}

/// Colours from all over the cube, as RGBA.
fn probe() -> Vec<u8> {
    let steps = || (0..=255u8).step_by(51);
    steps().flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b, 255]))).collect()
}

/// The profile in a TIFF file, if it has one.
pub fn of_tiff(file: impl Read + Seek) -> Result<Option<Vec<u8>>, String> {
    let bytes = Decoder::new(file)
        .and_then(|mut file| file.find_tag(Tag::IccProfile)?.map(|tag| tag.into_u8_vec()).transpose());
    bytes.map_err(|error| error.to_string())
}
