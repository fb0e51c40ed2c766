//! Picture files, and what is known of them before they are read.

use std::path::PathBuf;

use c3lrp::Result;
use clap::ValueEnum;

/// The part of CUB-200-2011 that is measured.
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

/// A picture file and what is known of it.
pub struct Entry {
    pub name: String,
    pub path: PathBuf,
    /// Its class among the network's; `None` where nobody says, an error where it can't be told.
    pub class: Result<Option<usize>>,
    pub object: Truth,
}

/// Where the object is, as far as it is known.
pub enum Truth {
    Unknown,
    /// Left, upper edge, width and height, in the picture's pixels.
    Box([f64; 4]),
    /// A picture of the object's shape, white on black.
    Mask(PathBuf),
}
