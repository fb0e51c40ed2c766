//! The names of a network's classes, and their source.

use std::path::Path;

use c3lrp::birds::Species;
use c3lrp::{Error, Info, Labels, Result};

use super::files;

/// ImageNet-1k's names.
const IMAGENET: &str = include_str!("../../www/public/labels/imagenet-1k.txt");

/// The classes' names, as far as anybody knows them.
pub struct Names {
    /// One name per class; none if they are unknown.
    pub labels: Option<Labels>,
    /// Who says: in words that follow "classes are named by".
    pub from: Origin,
}

/// Who names the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file that `--labels` names.
    File,
    /// The weights file.
    Weights,
    /// Nobody: the network has as many classes as ImageNet, which most such networks learnt from.
    Guess,
    Nobody,
}

impl Names {
    /// The names in the file that was given, or in the weights file, or ImageNet's where the number of classes
    /// suggests them.
    ///
    /// # Errors
    /// [`c3lrp::Error::File`] where the file can't be read, or names more or fewer classes.
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

    /// As [`Names::name`], for people: what is a guess is called one.
    pub fn say(&self, class: usize) -> String {
        match self.from {
            Origin::Guess => format!("class {class}, probably {}", self.name(class)),
            Origin::File | Origin::Weights | Origin::Nobody => self.name(class),
        }
    }
}

/// The class of a species, of a network that tells the birds apart.
///
/// # Errors
/// [`Error::Weights`] where no class is called so.
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
