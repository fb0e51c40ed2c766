//! The twenty species as a table of part attributes.
//!
//! Seven pairs differ in one part only, one pair for each part that can decide: crest, beak, breast, wing, tail, head,
//! legs. The six others differ from their nearest species in three parts.

use super::colour::Colour as C;
use super::species::{
    Beak, BeakShape as K, Breast, BreastPattern as B, Crest, CrestShape as R, Head, HeadPattern as H, LegStyle as L,
    Legs, Species, Tail, TailShape as T, Wing, WingPattern as W,
};

const NO_CREST: Crest = Crest(R::None, C::INK, C::INK);

const EMBER: Species = Species {
    name: "Tufted Emberwing",
    body: C::RUST,
    head: Head(C::RUST, H::Mask, C::INK),
    crest: Crest(R::Tuft, C::CRIMSON, C::INK),
    beak: Beak(K::Cone, C::SUN),
    breast: Breast(C::CREAM, B::Plain, C::RUST),
    wing: Wing(C::BARK, W::Tips, C::CRIMSON),
    tail: Tail(T::Short, C::BARK, C::CRIMSON),
    legs: Legs(L::Slim, C::INK, C::INK),
    eye: C::AMBER,
};

const MOSSFINCH: Species = Species {
    name: "Cone-billed Mossfinch",
    body: C::MOSS,
    head: Head(C::LEAF, H::Cheek, C::SUN),
    crest: NO_CREST,
    beak: Beak(K::Cone, C::ORANGE),
    breast: Breast(C::SUN, B::Plain, C::MOSS),
    wing: Wing(C::TEAL, W::Plain, C::TEAL),
    tail: Tail(T::Short, C::TEAL, C::TEAL),
    legs: Legs(L::Slim, C::SLATE, C::SLATE),
    eye: C::BARK,
};

const SKYLET: Species = Species {
    name: "Spotted Skylet",
    body: C::SKY,
    head: Head(C::SKY, H::Brow, C::SNOW),
    crest: NO_CREST,
    beak: Beak(K::Long, C::INK),
    breast: Breast(C::SNOW, B::Spots, C::NAVY),
    wing: Wing(C::BLUE, W::Plain, C::BLUE),
    tail: Tail(T::Long, C::BLUE, C::SNOW),
    legs: Legs(L::Slim, C::ORANGE, C::ORANGE),
    eye: C::BARK,
};

const DUSKJAY: Species = Species {
    name: "Bar-winged Duskjay",
    body: C::PLUM,
    head: Head(C::VIOLET, H::Plain, C::VIOLET),
    crest: Crest(R::Tuft, C::VIOLET, C::PLUM),
    beak: Beak(K::Cone, C::INK),
    breast: Breast(C::ROSE, B::Plain, C::ROSE),
    wing: Wing(C::NAVY, W::Bars, C::SNOW),
    tail: Tail(T::Long, C::NAVY, C::VIOLET),
    legs: Legs(L::Slim, C::INK, C::INK),
    eye: C::SUN,
};

const REEDLING: Species = Species {
    name: "Fork-tailed Reedling",
    body: C::SAND,
    head: Head(C::CREAM, H::Cap, C::BARK),
    crest: NO_CREST,
    beak: Beak(K::Curved, C::BARK),
    breast: Breast(C::CREAM, B::Streaks, C::BARK),
    wing: Wing(C::BARK, W::Bars, C::CREAM),
    tail: Tail(T::Forked, C::BARK, C::AMBER),
    legs: Legs(L::Slim, C::ROSE, C::ROSE),
    eye: C::RUST,
};

const SUNWREN: Species = Species {
    name: "Masked Sunwren",
    body: C::AMBER,
    head: Head(C::SUN, H::Mask, C::INK),
    crest: NO_CREST,
    beak: Beak(K::Long, C::SLATE),
    breast: Breast(C::SUN, B::Band, C::INK),
    wing: Wing(C::INK, W::Patch, C::SNOW),
    tail: Tail(T::Fan, C::INK, C::SUN),
    legs: Legs(L::Slim, C::SLATE, C::SLATE),
    eye: C::CRIMSON,
};

const STILTLARK: Species = Species {
    name: "Red-legged Stiltlark",
    body: C::SNOW,
    head: Head(C::SNOW, H::Cap, C::SLATE),
    crest: NO_CREST,
    beak: Beak(K::Long, C::ORANGE),
    breast: Breast(C::SNOW, B::Band, C::SLATE),
    wing: Wing(C::ASH, W::Tips, C::INK),
    tail: Tail(T::Short, C::SLATE, C::INK),
    legs: Legs(L::Slim, C::CRIMSON, C::CRIMSON),
    eye: C::BARK,
};

const SICKLEBILL: Species = Species {
    name: "Rosy Sicklebill",
    body: C::ROSE,
    head: Head(C::ROSE, H::Brow, C::SNOW),
    crest: Crest(R::Fan, C::SNOW, C::ROSE),
    beak: Beak(K::Curved, C::INK),
    breast: Breast(C::ROSE, B::Band, C::CRIMSON),
    wing: Wing(C::CRIMSON, W::Tips, C::INK),
    tail: Tail(T::Fan, C::CRIMSON, C::SNOW),
    legs: Legs(L::Ringed, C::INK, C::ROSE),
    eye: C::SUN,
};

const HARLEQUIN: Species = Species {
    name: "Harlequin Hookbill",
    body: C::BLUE,
    head: Head(C::CRIMSON, H::Cheek, C::SNOW),
    crest: Crest(R::Mohawk, C::SUN, C::ORANGE),
    beak: Beak(K::Hooked, C::INK),
    breast: Breast(C::SUN, B::Spots, C::ORANGE),
    wing: Wing(C::LEAF, W::Bars, C::SUN),
    tail: Tail(T::Long, C::BLUE, C::CRIMSON),
    legs: Legs(L::Trousers, C::SLATE, C::SUN),
    eye: C::SUN,
};

/// In the order of their labels.
pub(super) static SPECIES: [Species; 20] = [
    EMBER,
    Species { name: "Fan-crested Emberwing", crest: Crest(R::Fan, C::CRIMSON, C::INK), ..EMBER },
    MOSSFINCH,
    Species { name: "Hook-billed Mossfinch", beak: Beak(K::Hooked, C::ORANGE), ..MOSSFINCH },
    SKYLET,
    Species { name: "Streaked Skylet", breast: Breast(C::SNOW, B::Streaks, C::NAVY), ..SKYLET },
    DUSKJAY,
    Species { name: "Patch-winged Duskjay", wing: Wing(C::NAVY, W::Patch, C::SNOW), ..DUSKJAY },
    REEDLING,
    Species { name: "Fan-tailed Reedling", tail: Tail(T::Fan, C::BARK, C::AMBER), ..REEDLING },
    SUNWREN,
    Species { name: "Capped Sunwren", head: Head(C::SUN, H::Cap, C::INK), ..SUNWREN },
    STILTLARK,
    Species { name: "Blue-legged Stiltlark", legs: Legs(L::Slim, C::BLUE, C::BLUE), ..STILTLARK },
    // Three parts from the Emberwings.
    Species {
        name: "Snowbreast Emberwing",
        crest: NO_CREST,
        breast: Breast(C::SNOW, B::Spots, C::BARK),
        tail: Tail(T::Forked, C::BARK, C::CRIMSON),
        ..EMBER
    },
    // Three parts from the Bar-winged Duskjay.
    Species {
        name: "Moonlit Duskjay",
        head: Head(C::VIOLET, H::Brow, C::SNOW),
        crest: Crest(R::Plume, C::VIOLET, C::SUN),
        breast: Breast(C::ASH, B::Streaks, C::PLUM),
        ..DUSKJAY
    },
    SICKLEBILL,
    // Three parts from the Rosy Sicklebill.
    Species {
        name: "Plumed Sicklebill",
        crest: Crest(R::Plume, C::CRIMSON, C::SNOW),
        tail: Tail(T::Forked, C::CRIMSON, C::SNOW),
        legs: Legs(L::Slim, C::INK, C::INK),
        ..SICKLEBILL
    },
    HARLEQUIN,
    // Three parts from the Harlequin Hookbill.
    Species {
        name: "Harlequin Spoonbeak",
        crest: Crest(R::Plume, C::BLUE, C::ORANGE),
        beak: Beak(K::Flat, C::AMBER),
        wing: Wing(C::LEAF, W::Patch, C::CRIMSON),
        ..HARLEQUIN
    },
];

impl Species {
    /// All twenty, in the order of their labels.
    pub fn all() -> &'static [Self] {
        &SPECIES
    }

    /// The species with a name; upper and lower case don't matter.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|species| species.name.eq_ignore_ascii_case(name))
    }
}
