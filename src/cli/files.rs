//! Files in and out: weights, pictures, `.npy`, labels.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Mutex;

use c3lrp::weights::Source;
use c3lrp::{Error, Result};
use image::{DynamicImage, ImageDecoder, ImageReader};
use npyz::WriterBuilder;

/// An error that names its file.
fn failed(path: &Path, what: &str, error: impl std::fmt::Display) -> Error {
    Error::File(format!("{} can't be {what}: {error}", path.display()))
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
        read.map_err(|error| Error::Weights(format!("the file can't be read: {error}")))
    }
}

/// A picture, turned as its EXIF orientation says.
pub fn picture(path: &Path) -> Result<image::RgbaImage> {
    let reader = ImageReader::open(path)
        .and_then(ImageReader::with_guessed_format)
        .map_err(|error| failed(path, "opened", error))?;
    let decode = || {
        let mut decoder = reader.into_decoder()?;
        let orientation = decoder.orientation()?;
        let mut picture = DynamicImage::from_decoder(decoder)?;
        picture.apply_orientation(orientation);
        Ok(picture.into_rgba8())
    };
    decode().map_err(|error: image::ImageError| failed(path, "read as a picture", error))
}

/// A normalised tensor [1, 3, H, W] or [3, H, W] with its width and height.
pub fn tensor(path: &Path) -> Result<(Vec<f32>, usize, usize)> {
    let file = File::open(path).map_err(|error| failed(path, "opened", error))?;
    let npy = npyz::NpyFile::new(BufReader::new(file)).map_err(|error| failed(path, "read as .npy", error))?;
    let shape = npy.shape().to_vec();
    let (height, width) = match shape[..] {
        [1, 3, height, width] | [3, height, width] if npy.order() == npyz::Order::C => {
            (height as usize, width as usize)
        }
        _ => {
            return Err(failed(
                path,
                "used",
                format!("it has the shape {shape:?}, but [1, 3, height, width] in C order was expected"),
            ));
        }
    };
    let values = npy.into_vec::<f32>().map_err(|error| failed(path, "read as float32", error))?;
    Ok((values, width, height))
}

/// Writes an array of float32 as `.npy`.
pub fn write_npy(path: &Path, values: &[f32], shape: [usize; 3]) -> Result<()> {
    let write = || {
        let file = BufWriter::new(File::create(path)?);
        let shape = shape.map(|side| side as u64);
        let mut npy = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(file).begin_nd()?;
        npy.extend(values.iter().copied())?;
        npy.finish()
    };
    write().map_err(|error: std::io::Error| failed(path, "written", error))
}

/// Class names, one a line, or a JSON array.
pub fn labels(path: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).map_err(|error| failed(path, "read", error))?;
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(&text).map_err(|error| failed(path, "read as a JSON array of names", error));
    }
    Ok(text.lines().map(str::to_owned).collect())
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    File::create(path).and_then(|mut file| file.write_all(bytes)).map_err(|error| failed(path, "written", error))
}

pub fn write_picture(path: &Path, picture: &image::RgbaImage) -> Result<()> {
    picture.save(path).map_err(|error| failed(path, "written", error))
}

pub fn write_mask(path: &Path, mask: &image::GrayImage) -> Result<()> {
    mask.save(path).map_err(|error| failed(path, "written", error))
}

pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| failed(path, "made", error))
}
