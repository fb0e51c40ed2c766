//! The parts of a bird.

use crate::sentence::say;
use crate::{Error, Result};

/// A part of a bird. Species differ in their parts, and each part has a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The beak.
    Beak,
    /// Feathers that stand up on the head.
    Crest,
    /// The head, with its cap or mask.
    Head,
    /// The breast, with its pattern.
    Breast,
    /// Both wings, with bars, patch or tips.
    Wing,
    /// The tail.
    Tail,
    /// Legs and feet.
    Legs,
    /// The rest of the body.
    Body,
    /// The eye.
    Eye,
}

impl Part {
    /// The number of parts.
    pub const COUNT: usize = 9;

    /// All parts, in the order of their indices.
    pub const ALL: [Self; Self::COUNT] =
        [Self::Beak, Self::Crest, Self::Head, Self::Breast, Self::Wing, Self::Tail, Self::Legs, Self::Body, Self::Eye];

    /// From 0 to 8.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The part with a name.
    ///
    /// # Errors
    /// [`Error::Options`] if there is none.
    pub fn by_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name).ok_or_else(|| {
            Error::Options(say!(
                "no-part",
                "there is no part \"{given}\" of a bird; there are {parts}",
                given = name,
                parts = Self::ALL.map(Self::name).to_vec()
            ))
        })
    }

    /// The part's name in lower case, as in files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beak => "beak",
            Self::Crest => "crest",
            Self::Head => "head",
            Self::Breast => "breast",
            Self::Wing => "wing",
            Self::Tail => "tail",
            Self::Legs => "legs",
            Self::Body => "body",
            Self::Eye => "eye",
        }
    }
}
