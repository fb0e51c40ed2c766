//! Picture files, and what is known about them before they are read.

use std::path::PathBuf;

use c3lrp::Result;
use clap::ValueEnum;

/// The part of CUB-200-2011 to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Split {
    Train,
    Test,
    All,
}

impl Split {
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
            Self::All => "all",
        }
    }
}

/// A picture file, and what is known about it.
pub struct Entry {
    pub name: String,
    pub path: PathBuf,
    /// The class of the network; `None` if it is unknown, an error if it can't be determined.
    pub class: Result<Option<usize>>,
    pub object: Truth,
}

/// Where the object is, if that is known.
pub enum Truth {
    Unknown,
    /// Left edge, upper edge, width and height, in the picture's pixels.
    Box([f64; 4]),
    /// A mask file: the object's shape, white on black.
    Mask(PathBuf),
}
