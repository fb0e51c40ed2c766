//! Kinds of picture files and their colours, against LittleCMS and Pillow (`tests/reference/pictures.py`).

use std::path::PathBuf;
use std::process::Command;

use image::RgbaImage;

use crate::files;
use crate::support::{reference, small};

/// How far a channel may be from what is expected, by the files' names.
///
/// What is lossless is exact. Of 16 bits, 8 are kept, and libpng and LittleCMS round otherwise by one. A profile's
/// curves are tables in either library, and their rounding may add up to two. JPEG's and AVIF's colours are
/// rounded twice by each decoder; where the chroma has half the samples, libavif's are between others. One level of the
/// dark end of a wide channel is up to seven of sRGB's.
const FILES: [(&str, u8); 24] = [
    ("plain.bmp", 0),
    ("plain.tif", 0),
    ("lzw.tif", 0),
    ("grey-16.tif", 1),
    ("palette.png", 0),
    ("palette.gif", 0),
    ("animated.gif", 0),
    ("grey.png", 0),
    ("grey.jpg", 1),
    ("grey-16.png", 1),
    ("plain.avif", 1),
    ("alpha.avif", 1),
    ("grey.avif", 1),
    ("halved.avif", 6),
    ("limited.avif", 6),
    ("turned.avif", 1),
    ("turned.jpg", 4),
    ("p3.png", 2),
    ("p3.webp", 2),
    ("p3.tif", 2),
    ("p3.avif", 8),
    ("p3-alpha.png", 2),
    ("grey-profile.png", 2),
    ("cmyk.jpg", 3),
];

/// Left out, as browsers do: what is no profile, and what is of another kind of picture.
const LEFT_OUT: [&str; 2] = ["broken-profile.png", "other-profile.png"];

fn path(name: &str) -> PathBuf {
    reference("pictures").join(name)
}

/// The largest difference of a channel, and where it is.
fn difference(found: &RgbaImage, expected: &RgbaImage) -> (u8, (u32, u32)) {
    assert_eq!(found.dimensions(), expected.dimensions());
    let differences = found.enumerate_pixels().map(|(x, y, pixel)| {
        let expected = expected.get_pixel(x, y);
        let worst = pixel.0.iter().zip(expected.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0);
        (worst, (x, y))
    });
    differences.max().unwrap()
}

fn expected(name: &str) -> RgbaImage {
    image::open(path(&format!("{name}.expected.png"))).unwrap().into_rgba8()
}

#[test]
fn every_kind_of_file_has_its_colours_in_srgb() {
    let mut wrong = Vec::new();
    let exact = LEFT_OUT.map(|name| (name, 0)).into_iter().chain([("srgb.png", 0)]);
    for (name, bound) in FILES.into_iter().chain(exact) {
        let (off, (x, y)) = difference(&files::picture(&path(name)).unwrap(), &expected(name));
        println!("{name}: {off}");
        if off > bound {
            wrong.push(format!("{name} is off by {off} at {x}, {y}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The profile matters: without it, a colour is off by far more than any bound above.
    let plain = image::open(path("p3.png")).unwrap().into_rgba8();
    assert!(difference(&plain, &expected("p3.png")).0 > 20);
}

#[test]
fn a_profile_that_is_left_out_is_told() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let weights = folder.join("formats.safetensors");
    std::fs::write(&weights, small()).unwrap();
    for name in LEFT_OUT {
        let output = Command::new(env!("CARGO_BIN_EXE_c3lrp"))
            .args(["explain", path(name).to_str().unwrap(), "--weights", weights.to_str().unwrap()])
            .args(["--device", "cpu", "--method", "grad-cam"])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && told.contains("its colour profile is left out"), "{name}: {told}");
    }
}

#[test]
fn a_folder_of_every_kind_is_measured() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("formats");
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let weights = folder.join("small.safetensors");
    std::fs::write(&weights, small()).unwrap();
    for (name, _) in FILES {
        std::fs::copy(path(name), folder.join(name)).unwrap();
    }
    std::fs::write(folder.join("cut.avif"), &std::fs::read(path("plain.avif")).unwrap()[..400]).unwrap();
    std::fs::write(folder.join(".hidden.png"), "no picture").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_c3lrp"))
        .args(["evaluate", folder.to_str().unwrap(), "--weights", weights.to_str().unwrap(), "--methods", "uniform"])
        .output()
        .unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains(&format!("{} of {} pictures measured, 1 failed", FILES.len(), FILES.len() + 1)), "{table}");
    assert!(table.contains("cut.avif: ") && table.contains("can't be read as a picture"), "{table}");
}
