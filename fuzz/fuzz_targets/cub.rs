//! A folder of pictures: CUB-200-2011 as it is downloaded, or files by any name.
#![no_main]

#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/disk.rs"]
mod disk;
#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/files/mod.rs"]
mod files;
#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/names.rs"]
mod names;
#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/evaluate"]
mod evaluate {
    pub mod classes;
    pub mod cub;
    pub mod entry;
    pub mod pictures;
}

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use c3lrp::Labels;
use c3lrp::picture::Preparation;
use c3lrp_fuzz::{bounded, folder, told};
use evaluate::classes::{Classes, Rule};
use evaluate::entry::Split;
use evaluate::pictures::{Drawing, Pictures};
use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| folder("cub"));

const TABLES: [&str; 5] =
    ["images.txt", "image_class_labels.txt", "bounding_boxes.txt", "train_test_split.txt", "classes.txt"];

// A byte of choices, then parts that NULs divide: the tables of CUB, or a name for each file and its bytes.
fuzz_target!(|bytes: &[u8]| {
    let Some((&choices, rest)) = bytes.split_first() else { return };
    let folder = FOLDER.as_path();
    _ = fs::remove_dir_all(folder);
    let mut parts = rest.split(|&byte| byte == 0);
    if choices & 1 == 0 {
        _ = fs::create_dir_all(folder.join("images"));
        for (name, text) in TABLES.into_iter().zip(&mut parts) {
            _ = fs::write(folder.join(name), text);
        }
        // What is left are the pictures' bytes, where their names allow a file.
        let images = fs::read_to_string(folder.join("images.txt")).unwrap_or_default();
        let names = images.lines().filter_map(|line| Some(line.split_once(' ')?.1.trim()));
        for (name, picture) in names.zip(parts) {
            write(&folder.join("images"), name, picture);
        }
    } else {
        _ = fs::create_dir_all(folder);
        while let (Some(name), Some(picture)) = (parts.next(), parts.next()) {
            write(folder, &String::from_utf8_lossy(name), picture);
        }
    }
    let split = [Split::All, Split::Train, Split::Test][usize::from(choices >> 1) % 3];
    let labels = Labels::from(["black footed albatross".to_owned(), "Laysan_Albatross".to_owned()].to_vec());
    let rules = [Rule::Auto, Rule::Name, Rule::FromZero, Rule::FromOne, Rule::Sorted, Rule::None];
    let rule = rules[usize::from(choices >> 4) % rules.len()];
    let (labels, count) = if choices & 8 == 0 { (Some(&labels), 2) } else { (None, 3) };
    let classes = Classes { count, labels, rule };

    let Some(text) = folder.to_str() else { return };
    let open = || Pictures::open(text, None, Preparation::default(), split, &classes, Drawing::default());
    let pictures = bounded(bytes.len(), || told(open()));
    let Some(pictures) = pictures else { return };
    assert!(pictures.len() > 0 && pictures.describe().contains("pictures"));
    for number in 0..pictures.len().min(3) {
        let name = pictures.name(number);
        assert!(name.len() <= 3 * bytes.len());
        // What is drawn in few bytes may be large; a picture of more would be slow, not different.
        let pixels = [folder.join(&name), folder.join("images").join(&name)].iter().map(pixels).max().unwrap_or(0);
        if pixels > 1 << 18 {
            continue;
        }
        bounded(bytes.len() + pixels, || {
            if let Some(subject) = told(pictures.load(number)) {
                assert!(subject.class.is_none_or(|class| class < count));
                assert!(subject.object.is_none_or(|mask| mask.iter().all(|&inside| inside < 2)));
            }
        });
    }
});

/// The pixels that a file's header tells of; none where it is no picture.
fn pixels(path: &PathBuf) -> usize {
    let reader = image::ImageReader::open(path).and_then(image::ImageReader::with_guessed_format);
    reader
        .ok()
        .and_then(|reader| reader.into_dimensions().ok())
        .map_or(0, |(width, height)| (width as usize).saturating_mul(height as usize))
}

/// Writes a file below a folder, and none elsewhere: the bytes as they are, or a picture of so many pixels.
fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let depth = name.split('/').count();
    if depth <= 2 && name.len() < 200 && !name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        let path = folder.join(name);
        if depth == 2 {
            _ = path.parent().map(fs::create_dir_all);
        }
        _ = match *bytes {
            [width, height] => {
                let picture =
                    image::GrayImage::from_fn(width.into(), height.into(), |x, y| image::Luma([(x * y) as u8]));
                picture.save_with_format(path, image::ImageFormat::Png).ok()
            }
            _ => fs::write(path, bytes).ok(),
        };
    }
}
