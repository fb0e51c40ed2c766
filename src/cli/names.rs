//! The names of a network's classes, and their source.

use std::path::Path;

use c3lrp::birds::Species;
use c3lrp::{Error, Info, Labels, Result};

use super::files;

/// ImageNet-1k's names.
const IMAGENET: &str = include_str!("../../www/public/labels/imagenet-1k.txt");

/// The classes' names, if they are known.
pub struct Names {
    /// One name per class; none if they are unknown.
    pub labels: Option<Labels>,
    /// Their source, for messages of the form "classes are named by …".
    pub from: Origin,
}

/// The source of the classes' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file that `--labels` gives.
    File,
    /// The weights file.
    Weights,
    /// A guess: the network has as many classes as ImageNet, which most such networks are trained on.
    Guess,
    Nobody,
}

impl Names {
    /// The names in the given file, or in the weights file, or ImageNet's if the number of classes suggests them.
    ///
    /// # Errors
    /// [`c3lrp::Error::File`] if the file can't be read, or has more or fewer names than classes.
    pub fn of(given: Option<&Path>, info: &Info) -> Result<Self> {
        let (labels, from) = match (given, &info.labels) {
            (Some(path), _) => (Some(files::labels(path, info.classes)?), Origin::File),
            (None, Some(names)) => (Some(Labels::from(names.clone())), Origin::Weights),
            (None, None) => match Labels::parse(IMAGENET.as_bytes())?.for_classes(info.classes) {
                Ok(imagenet) => (Some(imagenet), Origin::Guess),
                Err(_) => (None, Origin::Nobody),
            },
        };
        Ok(Self { labels, from })
    }

    /// A class's name, or its number if it has none.
    pub fn name(&self, class: usize) -> String {
        let name = self.labels.as_ref().and_then(|labels| labels.names().get(class));
        name.cloned().unwrap_or_else(|| format!("class {class}"))
    }

    /// As [`Names::name`], for people: a guess is marked as one.
    pub fn say(&self, class: usize) -> String {
        match self.from {
            Origin::Guess => format!("class {class}, probably {}", self.name(class)),
            Origin::File | Origin::Weights | Origin::Nobody => self.name(class),
        }
    }
}

/// The class of a species, for a network that distinguishes the birds.
///
/// # Errors
/// [`Error::Weights`] if no class has this name.
pub fn class_of(species: &Species, labels: Option<&Labels>) -> Result<usize> {
    let name = species.name();
    labels.and_then(|labels| labels.names().iter().position(|label| label == name)).ok_or_else(|| {
        Error::Weights(format!("the network's labels have no {name:?}; a network of the birds was expected").into())
    })
}

impl Origin {
    pub fn say(self) -> Option<&'static str> {
        match self {
            Self::File => Some("the list of --labels"),
            Self::Weights => Some("the weights file"),
            Self::Guess => Some("probably ImageNet, by the number of classes"),
            Self::Nobody => None,
        }
    }
}
