//! CUB-200-2011 (Wah et al., Caltech 2011) as it is downloaded: tables of numbered lines, and pictures.

use std::collections::HashMap;
use std::path::{Component, Path};

use c3lrp::{Error, Result};

use super::super::disk;
use super::classes::{Classes, Found};
use super::entry::{Entry, Split, Truth};

/// The pictures of a split, in the order of images.txt. What is missing or wrong for one picture is reported when it is
/// that picture's turn.
pub fn entries(folder: &Path, split: Split, classes: &Classes) -> Result<Vec<Entry>> {
    let images = table(&folder.join("images.txt"))?;
    let class_of: HashMap<_, _> = table(&folder.join("image_class_labels.txt"))?.into_iter().collect();
    let boxes: HashMap<_, _> = table(&folder.join("bounding_boxes.txt"))?.into_iter().collect();
    let parts: HashMap<_, _> = match split {
        Split::All => HashMap::new(),
        _ => table(&folder.join("train_test_split.txt"))?.into_iter().collect(),
    };
    let names: HashMap<_, _> = match folder.join("classes.txt") {
        path if path.is_file() => table(&path)?.into_iter().collect(),
        _ => HashMap::new(),
    };
    // The segmentations are a separate download, which unpacks beside this folder or into it.
    let beside = folder.parent().map(|parent| parent.join("segmentations"));
    let segmentations = [Some(folder.join("segmentations")), beside].into_iter().flatten().find(|path| path.is_dir());

    let wanted = |id: &String| match split {
        Split::All => true,
        Split::Train => parts.get(id).is_some_and(|part| part == "1"),
        Split::Test => parts.get(id).is_none_or(|part| part != "1"),
    };
    let entry = |(id, name): (String, String)| {
        let number = class_of.get(&id).ok_or_else(|| missing(&id, "image_class_labels.txt"));
        let class = number.and_then(|number| {
            let known = split == Split::All || parts.contains_key(&id);
            known.then_some(number).ok_or_else(|| missing(&id, "train_test_split.txt"))
        });
        let class = class.and_then(|number| match (classes.labels, names.get(number)) {
            (None, _) => classes.class_of(Found::FromOne, 0, number),
            (Some(_), name) => classes.named(name.unwrap_or(number)).map(Some),
        });
        let segmentation = segmentations.as_ref().map(|folder| folder.join(&name).with_extension("png"));
        let object = match segmentation.filter(|path| path.is_file()) {
            Some(path) => Ok(Truth::Mask(path)),
            None => bounding_box(&id, boxes.get(&id)).map(Truth::Box),
        };
        let within = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
        let object = if within { object } else { Err(outside(&id, &name)) };
        let (class, object) = match object {
            Ok(object) => (class, object),
            Err(error) => (class.and(Err(error)), Truth::Unknown),
        };
        Entry { path: folder.join("images").join(&name), name, class, object }
    };
    Ok(images.into_iter().filter(|(id, _)| wanted(id)).map(entry).collect())
}

fn missing(id: &str, file: &str) -> Error {
    Error::Picture(format!("the image {id} has no line in {file}").into())
}

fn outside(id: &str, name: &str) -> Error {
    Error::Picture(format!("the image {id} has the name {name:?}, which leads out of the folder of images").into())
}

fn bounding_box(id: &str, line: Option<&String>) -> Result<[f64; 4]> {
    let line = line.ok_or_else(|| missing(id, "bounding_boxes.txt"))?;
    let numbers = line.split_whitespace().map(|number| number.parse().ok().filter(|number: &f64| number.is_finite()));
    let numbers: Option<Vec<f64>> = numbers.collect();
    match numbers.as_deref() {
        Some(&[left, top, width, height]) if width > 0.0 && height > 0.0 => Ok([left, top, width, height]),
        _ => Err(Error::Picture(
            format!("the image {id} has the bounding box {line:?}; left, top, width and height were expected").into(),
        )),
    }
}

/// Lines of a number and the text after it.
fn table(path: &Path) -> Result<Vec<(String, String)>> {
    let text = disk::read_text(path)?;
    let line = |(at, line): (usize, &str)| {
        let parts = line.trim().split_once(char::is_whitespace);
        parts.map(|(id, rest)| (id.to_owned(), rest.trim().to_owned())).ok_or_else(|| {
            Error::File(
                format!("{}, line {}: a number and a value were expected, not {line:?}", path.display(), at + 1).into(),
            )
        })
    };
    text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()).map(line).collect()
}
