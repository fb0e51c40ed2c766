//! Reads and writes files: weights, pictures, `.npy`, labels.

mod avif;
mod colour;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use c3lrp::weights::Source;
use c3lrp::{Error, Labels, Result};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbaImage};
use npyz::WriterBuilder;

use colour::Applied;

/// An error that names its file.
fn failed(path: &Path, what: &str, error: impl std::fmt::Display) -> Error {
    Error::File(format!("{} can't be {what}: {error}", path.display()).into())
}

/// A weights file, read in pieces.
pub struct Weights {
    file: Mutex<File>,
    size: u64,
}

impl Weights {
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| failed(path, "opened", error))?;
        let size = file.metadata().map_err(|error| failed(path, "opened", error))?.len();
        Ok(Self { file: Mutex::new(file), size })
    }
}

impl Source for Weights {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(into));
        read.map_err(|error| Error::Weights(format!("the file can't be read: {error}").into()))
    }
}

/// The largest number of pixels. A hundred megapixels take 400 MB of RGBA; a larger picture is refused before it is
/// decoded.
const MOST_PIXELS: u64 = 100_000_000;

/// The kinds of pictures that can be read.
pub const KINDS: &str = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF";
/// The extensions of their files' names.
pub const EXTENSIONS: [&str; 10] = ["png", "jpg", "jpeg", "jfif", "webp", "gif", "bmp", "tif", "tiff", "avif"];

/// Reads a picture in sRGB, with its EXIF orientation applied; of an animation or several pages, the first one.
pub fn picture(path: &Path) -> Result<RgbaImage> {
    let file = File::open(path).map_err(|error| failed(path, "opened", error))?;
    decoded(path, BufReader::new(file))
}

/// Decodes the picture in a file's bytes.
fn decoded(path: &Path, mut bytes: impl BufRead + Seek) -> Result<RgbaImage> {
    let unreadable = |error: &dyn std::fmt::Display| failed(path, "read as a picture", error);
    let start = bytes.fill_buf().map_err(|error| unreadable(&error))?;
    let (picture, profile, orientation) = if avif::is_avif(start) {
        let avif::Avif { rgba, profile, orientation } =
            avif::read(bytes, MOST_PIXELS as u32).map_err(|error| unreadable(&error))?;
        (DynamicImage::ImageRgba8(rgba), Ok(profile), orientation)
    } else {
        let mut reader = ImageReader::new(bytes).with_guessed_format().map_err(|error| unreadable(&error))?;
        // The crate `image` allows a TIFF's profile no more memory than the pixels take, which is too little for small
        // pictures.
        let of_tiff = match reader.format() {
            Some(ImageFormat::Tiff) => {
                let mut bytes = reader.into_inner();
                let profile = colour::of_tiff(&mut bytes);
                bytes.rewind().map_err(|error| unreadable(&error))?;
                reader = ImageReader::with_format(bytes, ImageFormat::Tiff);
                Some(profile)
            }
            Some(_) | None => None,
        };
        let mut decoder = reader.into_decoder().map_err(|error| unreadable(&error))?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MOST_PIXELS {
            let most = MOST_PIXELS / 1_000_000;
            return Err(unreadable(&format!(
                "its header says {width}×{height} pixels, and at most {most} megapixels are taken; make it smaller"
            )));
        }
        let orientation = decoder.orientation().map_err(|error| unreadable(&error))?;
        let profile = of_tiff.unwrap_or_else(|| decoder.icc_profile().map_err(|error| error.to_string()));
        (DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))?, profile, orientation)
    };
    let applied = match profile {
        Ok(None) => Applied::Converted(picture.into_rgba8()),
        Ok(Some(profile)) => colour::apply(picture, &profile).map_err(|error| unreadable(&error))?,
        Err(why) => Applied::LeftOut(picture.into_rgba8(), why),
    };
    let rgba = match applied {
        Applied::Converted(rgba) => rgba,
        Applied::LeftOut(rgba, why) => {
            eprintln!("{}: its colour profile is left out, as it can't be read: {why}", path.display());
            rgba
        }
    };
    let mut picture = DynamicImage::ImageRgba8(rgba);
    picture.apply_orientation(orientation);
    Ok(picture.into_rgba8())
}

/// The longest header of a .npy file in bytes. A tensor's has 128, and NumPy refuses more than 10,000.
const LARGEST_NPY_HEADER: usize = 1024;

/// Reads a normalised tensor `[1, C, H, W]` or `[C, H, W]` with 1 or 3 channels; also returns its width and height.
pub fn tensor(path: &Path) -> Result<(Vec<f32>, usize, usize)> {
    let file = File::open(path).map_err(|error| failed(path, "opened", error))?;
    let size = file.metadata().map_err(|error| failed(path, "opened", error))?.len();
    npy(path, file, size)
}

/// Reads the tensor of a .npy file with `size` bytes.
pub fn npy(path: &Path, mut file: impl Read, size: u64) -> Result<(Vec<f32>, usize, usize)> {
    let unreadable = |error: &dyn std::fmt::Display| failed(path, "read as .npy", error);
    // npyz reserves whatever length the header claims, and its parsing time doubles with each level of nested lists: it
    // only gets a short, flat header.
    let mut start = Vec::new();
    let most = LARGEST_NPY_HEADER as u64;
    file.by_ref().take(most).read_to_end(&mut start).map_err(|error| unreadable(&error))?;
    let length = match start[..] {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, a, b, ..] => 10 + u64::from(u16::from_le_bytes([a, b])),
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _, a, b, c, d, ..] => {
            12 + u64::from(u32::from_le_bytes([a, b, c, d]))
        }
        _ => return Err(unreadable(&"it doesn't begin as such a file does")),
    };
    if length > most.min(size) {
        return Err(unreadable(&format!("its header would have {length} bytes; at most {most} and the file's {size}")));
    }
    let header = &start[..length as usize];
    if header.iter().filter(|byte| b"([{".contains(byte)).count() > 2 {
        return Err(unreadable(&"it holds something else than one plain array"));
    }
    let npy = npyz::NpyFile::new(BufReader::new(start.chain(file))).map_err(|error| unreadable(&error))?;
    let shape = npy.shape().to_vec();
    let unusable = |why: String| failed(path, "used", why);
    let (channels, height, width) = match shape[..] {
        [1, channels @ (1 | 3), height, width] | [channels @ (1 | 3), height, width]
            if npy.order() == npyz::Order::C =>
        {
            (channels, height, width)
        }
        _ => {
            return Err(unusable(format!(
                "it has the shape {shape:?}, but [1, channels, height, width] in C order was expected, with 1 or 3 channels"
            )));
        }
    };
    let bytes = height.checked_mul(width).and_then(|pixels| pixels.checked_mul(4 * channels));
    if bytes != Some(size - length) {
        let follow = size - length;
        return Err(unusable(format!(
            "{follow} bytes follow its header, which is not what its shape {shape:?} takes as float32"
        )));
    }
    let values = npy.into_vec::<f32>().map_err(|error| failed(path, "read as float32", error))?;
    Ok((values, width as usize, height as usize))
}

/// An array of float32 as `.npy`.
pub fn npy_bytes(values: &[f32], shape: [usize; 3]) -> Result<Vec<u8>> {
    let write = || {
        let mut bytes = Vec::new();
        let shape = shape.map(|side| side as u64);
        let mut npy = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut bytes).begin_nd()?;
        npy.extend(values.iter().copied())?;
        npy.finish()?;
        Ok(bytes)
    };
    write().map_err(|error: std::io::Error| Error::File(format!("the array can't be written: {error}").into()))
}

/// A picture as PNG.
pub fn png_bytes(picture: &RgbaImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    let written = picture.write_to(&mut bytes, ImageFormat::Png);
    written.map_err(|error| Error::File(format!("the picture can't be written: {error}").into()))?;
    Ok(bytes.into_inner())
}

/// Reads the names in a file, for a network with `classes` classes.
pub fn labels(path: &Path, classes: usize) -> Result<Labels> {
    let file = File::open(path).map_err(|error| failed(path, "opened", error))?;
    let mut bytes = Vec::new();
    // One byte more than a list can have is enough to refuse it.
    file.take(MOST_LABELS).read_to_end(&mut bytes).map_err(|error| failed(path, "read", error))?;
    Labels::parse(&bytes).and_then(|labels| labels.for_classes(classes)).map_err(|error| match error {
        Error::Labels(why) => failed(path, "used as a list of class names", why),
        error => error,
    })
}

/// One byte more than [`Labels::parse`] accepts.
const MOST_LABELS: u64 = Labels::MOST_BYTES as u64 + 1;

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    File::create(path).and_then(|mut file| file.write_all(bytes)).map_err(|error| failed(path, "written", error))
}

/// Writes a file so that it never exists incompletely: first under another name, then renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        // Otherwise, a machine that crashes might leave the name without the bytes.
        file.sync_data()?;
        fs::rename(&part, path)
    });
    written.map_err(|error| {
        // The incomplete file is of no use.
        _ = fs::remove_file(&part);
        failed(path, "written", error)
    })
}

pub fn write_picture(path: &Path, picture: &RgbaImage) -> Result<()> {
    picture.save(path).map_err(|error| failed(path, "written", error))
}

pub fn write_mask(path: &Path, mask: &image::GrayImage) -> Result<()> {
    mask.save(path).map_err(|error| failed(path, "written", error))
}

pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| failed(path, "made", error))
}
