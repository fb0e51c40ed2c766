//! AVIF stills: an ISO base media file with an AV1 picture, and another one for alpha.

use std::io::Read;

use image::metadata::Orientation;
use image::{Rgba, RgbaImage};
use mp4parse::{AvifContext, ImageMirror, ImageRotation, ParseStrictness};
use re_rav1d::dav1d::pixel::{MatrixCoefficients, YUVRange};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// A decoded picture, before its colour profile and its orientation are applied.
pub struct Avif {
    pub rgba: RgbaImage,
    pub profile: Option<Vec<u8>>,
    pub orientation: Orientation,
}

type Result<T> = std::result::Result<T, String>;

/// Whether a file starts like an AVIF file: with a box `ftyp` of that brand.
pub fn is_avif(start: &[u8]) -> bool {
    matches!(start.get(4..12), Some(b"ftypavif" | b"ftypavis"))
}

/// Reads a picture of at most `most_pixels` pixels.
pub fn read(mut file: impl Read, most_pixels: u32) -> Result<Avif> {
    let context = mp4parse::read_avif(&mut file, ParseStrictness::Normal).map_err(|error| error.to_string())?;
    let coded = context.primary_item_coded_data().ok_or("it holds no picture")?;
    let picture = decode(coded, most_pixels)?;
    let mut rgba = colours(&picture)?;
    if let Some(coded) = context.alpha_item_coded_data() {
        let alpha = decode(coded, most_pixels)?;
        if (alpha.width(), alpha.height()) != rgba.dimensions() {
            return Err("its alpha has another size than the picture".into());
        }
        let plane = Samples::of(&alpha, PlanarImageComponent::Y);
        let (least, range) = luma_range(&alpha);
        for (x, y, pixel) in rgba.enumerate_pixels_mut() {
            pixel.0[3] = byte((plane.at(x, y) - least) / range);
        }
    }
    let profile = context.icc_colour_information().and_then(std::result::Result::ok).map(<[u8]>::to_vec);
    Ok(Avif { rgba, profile, orientation: orientation(&context)? })
}

/// Decodes the single frame of an AV1 picture.
fn decode(coded: &[u8], most_pixels: u32) -> Result<Picture> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(most_pixels);
    let mut decoder = Decoder::with_settings(&settings).map_err(|error| error.to_string())?;
    decoder.send_data(coded.to_vec(), None, None, None).map_err(|error| error.to_string())?;
    decoder.get_picture().map_err(|error| format!("its AV1 picture can't be decoded: {error}"))
}

/// The values of a plane, as shares of the largest value with its number of bits.
struct Samples {
    plane: re_rav1d::dav1d::Plane,
    stride: usize,
    bits: usize,
    width: u32,
    height: u32,
}

impl Samples {
    fn of(picture: &Picture, component: PlanarImageComponent) -> Self {
        let halves = |side: u32, halved: bool| if halved { side.div_ceil(2) } else { side };
        let chroma = component != PlanarImageComponent::Y;
        let layout = picture.pixel_layout();
        let across = chroma && matches!(layout, PixelLayout::I420 | PixelLayout::I422);
        let down = chroma && layout == PixelLayout::I420;
        Self {
            plane: picture.plane(component),
            stride: picture.stride(component) as usize,
            bits: picture.bit_depth(),
            width: halves(picture.width(), across),
            height: halves(picture.height(), down),
        }
    }

    fn at(&self, x: u32, y: u32) -> f32 {
        let (x, y) = (x.min(self.width - 1) as usize, y.min(self.height - 1) as usize);
        let value = match self.bits {
            8 => self.plane.get(y * self.stride + x).copied().map(u16::from),
            _ => {
                let at = y * self.stride + 2 * x;
                self.plane.get(at..at + 2).map(|bytes| u16::from_ne_bytes([bytes[0], bytes[1]]))
            }
        };
        f32::from(value.unwrap_or_default()) / ((1u32 << self.bits) - 1) as f32
    }

    /// The value for a pixel if the plane has half the resolution: interpolated between the two nearest samples, whose
    /// centres are a quarter and three quarters of a sample away.
    fn beside(&self, x: u32, y: u32, [across, down]: [bool; 2]) -> f32 {
        let along = |at: u32, halved: bool| match (halved, at.is_multiple_of(2)) {
            (false, _) => (at, at),
            (true, true) => (at / 2, (at / 2).saturating_sub(1)),
            (true, false) => (at / 2, at / 2 + 1),
        };
        let ((x, next_x), (y, next_y)) = (along(x, across), along(y, down));
        let row = |y| 0.75 * self.at(x, y) + 0.25 * self.at(next_x, y);
        0.75 * row(y) + 0.25 * row(next_y)
    }
}

/// The value of black, and the distance from black to white, as shares of the largest value.
fn luma_range(picture: &Picture) -> (f32, f32) {
    let largest = ((1u32 << picture.bit_depth()) - 1) as f32;
    let unit = (1u32 << (picture.bit_depth() - 8)) as f32 / largest;
    match picture.color_range() {
        YUVRange::Full => (0.0, 1.0),
        YUVRange::Limited => (16.0 * unit, 219.0 * unit),
    }
}

/// Converts the colours with the picture's matrix (ITU-T H.273, 8.3): with Y from 0 to 1, and Cb and Cr from −½ to ½,
///
///   R = Y + 2 (1 − K_R) Cr,  B = Y + 2 (1 − K_B) Cb,  G = (Y − K_R R − K_B B) / (1 − K_R − K_B)
fn colours(picture: &Picture) -> Result<RgbaImage> {
    let matrix = picture.matrix_coefficients();
    let layout = picture.pixel_layout();
    let (least, range) = luma_range(picture);
    let middle = (1u32 << (picture.bit_depth() - 1)) as f32 / ((1u32 << picture.bit_depth()) - 1) as f32;
    let chroma_range = match picture.color_range() {
        YUVRange::Full => 1.0,
        YUVRange::Limited => range * 224.0 / 219.0,
    };
    let luma = Samples::of(picture, PlanarImageComponent::Y);
    let size = (picture.width(), picture.height());
    if layout == PixelLayout::I400 {
        let grey = |x, y| byte((luma.at(x, y) - least) / range);
        return Ok(RgbaImage::from_fn(size.0, size.1, |x, y| Rgba([grey(x, y), grey(x, y), grey(x, y), 255])));
    }
    let chroma = [PlanarImageComponent::U, PlanarImageComponent::V].map(|of| Samples::of(picture, of));
    let halved = match layout {
        PixelLayout::I420 => [true, true],
        PixelLayout::I422 => [true, false],
        PixelLayout::I444 | PixelLayout::I400 => [false, false],
    };
    let weights = match matrix {
        MatrixCoefficients::Identity if layout == PixelLayout::I444 => None,
        MatrixCoefficients::BT709 => Some((0.2126, 0.0722)),
        // By default, the format is sRGB with BT.601 (MIAF, ISO 23000-22).
        MatrixCoefficients::Unspecified | MatrixCoefficients::BT470BG | MatrixCoefficients::ST170M => {
            Some((0.299, 0.114))
        }
        MatrixCoefficients::BT470M => Some((0.30, 0.11)),
        MatrixCoefficients::ST240M => Some((0.212, 0.087)),
        MatrixCoefficients::BT2020NonConstantLuminance => Some((0.2627, 0.0593)),
        other => return Err(format!("its colours are by the matrix {other:?}, which is not read; save it as sRGB")),
    };
    let pixel = |x: u32, y: u32| {
        let y_ = (luma.at(x, y) - least) / range;
        let [u, v] = [&chroma[0], &chroma[1]].map(|plane| plane.beside(x, y, halved));
        let [r, g, b] = match weights {
            // The planes of Y, U and V hold G, B and R.
            None => [(v - least) / range, y_, (u - least) / range],
            Some((red, blue)) => {
                let [cb, cr] = [u, v].map(|value| (value - middle) / chroma_range);
                let (r, b) = (y_ + 2.0 * (1.0 - red) * cr, y_ + 2.0 * (1.0 - blue) * cb);
                [r, (y_ - red * r - blue * b) / (1.0 - red - blue), b]
            }
        };
        Rgba([byte(r), byte(g), byte(b), 255])
    };
    Ok(RgbaImage::from_fn(size.0, size.1, pixel))
}

fn byte(share: f32) -> u8 {
    (share * 255.0).round().clamp(0.0, 255.0) as u8
}

/// Rotation first, then the mirror (MIAF, 7.3.6.7).
fn orientation(context: &AvifContext) -> Result<Orientation> {
    let rotation = context.image_rotation().map_err(|error| error.to_string())?;
    let mirror = context.image_mirror_ptr().map_err(|error| error.to_string())?;
    // SAFETY: the pointer is null, or points into the context, which is borrowed here.
    let mirror = unsafe { mirror.as_ref() };
    // The file counts counter-clockwise.
    Ok(match (rotation, mirror) {
        (ImageRotation::D0, None) => Orientation::NoTransforms,
        (ImageRotation::D90, None) => Orientation::Rotate270,
        (ImageRotation::D180, None) => Orientation::Rotate180,
        (ImageRotation::D270, None) => Orientation::Rotate90,
        (ImageRotation::D0, Some(ImageMirror::LeftRight)) | (ImageRotation::D180, Some(ImageMirror::TopBottom)) => {
            Orientation::FlipHorizontal
        }
        (ImageRotation::D0, Some(ImageMirror::TopBottom)) | (ImageRotation::D180, Some(ImageMirror::LeftRight)) => {
            Orientation::FlipVertical
        }
        (ImageRotation::D90, Some(ImageMirror::LeftRight)) | (ImageRotation::D270, Some(ImageMirror::TopBottom)) => {
            Orientation::Rotate270FlipH
        }
        (ImageRotation::D90, Some(ImageMirror::TopBottom)) | (ImageRotation::D270, Some(ImageMirror::LeftRight)) => {
            Orientation::Rotate90FlipH
        }
    })
}
