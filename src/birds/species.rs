//! A species: a choice of shape and colour for each part.
//!
//! Species differ in nothing else; a picture's pose, place and light don't depend on the species. The distance of two
//! species is the number of parts in which they differ. The nearest species are those at the smallest distance, and a
//! species' deciding parts are all parts in which it differs from one of them: an explanation that found the reason
//! should point there.

use super::colour::Colour;
use super::part::Part;
use super::parts::Parts;

/// A bird's species.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Species {
    pub(super) name: &'static str,
    pub(super) body: Colour,
    pub(super) head: Head,
    pub(super) crest: Crest,
    pub(super) beak: Beak,
    pub(super) breast: Breast,
    pub(super) wing: Wing,
    pub(super) tail: Tail,
    pub(super) legs: Legs,
    pub(super) eye: Colour,
}

/// A beak's shape and colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Beak(pub BeakShape, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BeakShape {
    /// Short and thick, for seeds.
    Cone,
    /// A straight needle.
    Long,
    /// Hooked like a parrot's.
    Hooked,
    /// Flat like a spoon.
    Flat,
    /// Curved like a sickle.
    Curved,
}

/// A crest's shape, colour and the colour of its tips.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Crest(pub CrestShape, pub Colour, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CrestShape {
    None,
    /// One point, swept back.
    Tuft,
    /// A raised fan.
    Fan,
    /// A row of spikes.
    Mohawk,
    /// Two stalks with drops, bent forward.
    Plume,
}

/// A head's colour, pattern and the pattern's colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head(pub Colour, pub HeadPattern, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadPattern {
    Plain,
    /// Everything above the eye.
    Cap,
    /// A stripe through the eye.
    Mask,
    /// A line over the eye.
    Brow,
    /// A round patch under the eye.
    Cheek,
}

/// A breast's colour, pattern and the pattern's colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Breast(pub Colour, pub BreastPattern, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BreastPattern {
    Plain,
    Spots,
    /// Streaks from the throat to the belly.
    Streaks,
    /// One broad band across.
    Band,
}

/// A wing's colour, pattern and the pattern's colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wing(pub Colour, pub WingPattern, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WingPattern {
    Plain,
    /// Two bars.
    Bars,
    /// One large patch.
    Patch,
    /// Coloured ends of the flight feathers.
    Tips,
}

/// A tail's shape, colour and the colour of its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tail(pub TailShape, pub Colour, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TailShape {
    Short,
    Long,
    Forked,
    Fan,
}

/// The legs' style, colour and second colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Legs(pub LegStyle, pub Colour, pub Colour);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LegStyle {
    Slim,
    /// Rings of the second colour.
    Ringed,
    /// Feathered down to the foot, in the second colour.
    Trousers,
}

impl Species {
    /// The species' name, which is its label in the models.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The species' index in [`Species::all`].
    pub fn index(&self) -> usize {
        Self::all().iter().position(|species| species.name == self.name).unwrap_or(0)
    }

    /// The parts that it has: all of them, except for the crest in species without one.
    pub fn parts(&self) -> Parts {
        match self.crest.0 {
            CrestShape::None => Parts::NONE.with(Part::Crest).others(),
            CrestShape::Tuft | CrestShape::Fan | CrestShape::Mohawk | CrestShape::Plume => Parts::ALL,
        }
    }

    /// The parts in which two species differ.
    pub fn differing(&self, other: &Self) -> Vec<Part> {
        Part::ALL.into_iter().filter(|&part| self.differs(other, part)).collect()
    }

    fn differs(&self, other: &Self, part: Part) -> bool {
        match part {
            Part::Beak => self.beak != other.beak,
            Part::Crest => self.crest != other.crest,
            Part::Head => self.head != other.head,
            Part::Breast => self.breast != other.breast,
            Part::Wing => self.wing != other.wing,
            Part::Tail => self.tail != other.tail,
            Part::Legs => self.legs != other.legs,
            Part::Body => self.body != other.body,
            Part::Eye => self.eye != other.eye,
        }
    }

    /// This species, with the shape and colours of another species' part.
    pub(super) fn with(mut self, part: Part, other: &Self) -> Self {
        match part {
            Part::Beak => self.beak = other.beak,
            Part::Crest => self.crest = other.crest,
            Part::Head => self.head = other.head,
            Part::Breast => self.breast = other.breast,
            Part::Wing => self.wing = other.wing,
            Part::Tail => self.tail = other.tail,
            Part::Legs => self.legs = other.legs,
            Part::Body => self.body = other.body,
            Part::Eye => self.eye = other.eye,
        }
        self
    }

    /// The species that differ from this one in exactly one part.
    pub fn neighbours(&self) -> Vec<&'static Self> {
        self.at_distance(1)
    }

    /// The species that differ from this one in the fewest parts.
    pub fn nearest(&self) -> Vec<&'static Self> {
        let distances = Self::all().iter().map(|other| self.differing(other).len());
        distances.filter(|&distance| distance > 0).min().map_or_else(Vec::new, |distance| self.at_distance(distance))
    }

    fn at_distance(&self, distance: usize) -> Vec<&'static Self> {
        Self::all().iter().filter(|other| self.differing(other).len() == distance).collect()
    }

    /// The parts that distinguish this species from its nearest ones.
    pub fn deciding_parts(&self) -> Vec<Part> {
        let nearest = self.nearest();
        let decides = |part: &Part| nearest.iter().any(|other| self.differs(other, *part));
        Part::ALL.into_iter().filter(decides).collect()
    }
}
