//! The options of C3 and C1C, which keep a region of a map.

use imageproc::region_labelling::Connectivity;

use crate::sentence::say;
use crate::setting::{FLAG, Kind, Setting, Settings};
use crate::words::{Value, Words, words};
use crate::{Error, Result};

/// The options of C3 and C1C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionOptions {
    /// Side of the reduced map, 2 to 128.
    pub size: usize,
    /// The value above which a pixel stands out.
    pub threshold: Threshold,
    /// Which pixels count as neighbours within a component: 4 or 8 around each.
    pub connectivity: Connectivity,
    /// What makes a component the largest; the lab's released C1C takes the highest peak.
    pub component: Largest,
    /// What makes a contour the largest.
    pub contour: Largest,
    /// Whether the holes inside the contour belong to its region.
    pub filled: bool,
}

impl Default for RegionOptions {
    fn default() -> Self {
        Self {
            size: 28,
            threshold: Threshold::Mean,
            connectivity: Connectivity::Eight,
            component: Largest::Peak,
            contour: Largest::Area,
            filled: true,
        }
    }
}

/// Pixels above this stand out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// The map's mean.
    Mean,
    /// A share of the map's maximum, from 0 to below 1.
    Fraction(f32),
    /// Otsu's level between the map's minimum and maximum, in 256 steps.
    Otsu,
}

words! {
    /// A [`Threshold`] without a number of its own.
    pub enum ThresholdName {
        /// The map's mean.
        Mean = "mean",
        /// Otsu's level.
        Otsu = "otsu",
    }
}

words! {
    /// The measure of "largest".
    pub enum Largest {
        /// Number of pixels.
        Area = "area",
        /// Highest relevance.
        Peak = "peak",
        /// Sum of relevance.
        Total = "total",
    }
}

/// The options by name, with their defaults; the first four are about components.
pub const OPTIONS: &[(Setting, Value)] = &[
    (SIZE, Value::Whole(28)),
    (THRESHOLD, Value::Word("mean")),
    (CONNECTIVITY, Value::Whole(8)),
    (COMPONENT, Value::Word("peak")),
    (CONTOUR, Value::Word("area")),
    (FILLED, Value::Flag(true)),
];

const SIZE: Setting =
    Setting::of("size", "The side of the map that the filter works on.", Kind::Whole { least: 2, most: 128 });
const THRESHOLD: Setting = Setting::of(
    "threshold",
    "What stands out: above the mean, by Otsu, or above a fraction of the maximum.",
    Kind::OneOfOrFraction(ThresholdName::CHOICES),
);
const CONNECTIVITY: Setting =
    Setting::of("connectivity", "Neighbours of a component.", Kind::OneOf(&[Value::Whole(4), Value::Whole(8)]));
const COMPONENT: Setting = Setting::of("component", "Which component is the largest.", Kind::OneOf(Largest::CHOICES));
const CONTOUR: Setting = Setting::of("contour", "Which contour is the largest.", Kind::OneOf(Largest::CHOICES));
const FILLED: Setting = Setting::of("filled", "Whether holes inside the contour belong to its region.", FLAG);

/// Reads the options of C3 or C1C; those that C1C doesn't have are as in C3.
///
/// # Errors
/// [`Error::Options`] if a value is not possible.
pub fn read(settings: &Settings) -> Result<RegionOptions> {
    let default = RegionOptions::default();
    let with_contour = settings.has(CONTOUR);
    Ok(RegionOptions {
        size: settings.whole(SIZE)?,
        threshold: match settings.word_or_fraction(THRESHOLD)? {
            Ok(ThresholdName::Mean) => Threshold::Mean,
            Ok(ThresholdName::Otsu) => Threshold::Otsu,
            Err(fraction) => Threshold::Fraction(fraction),
        },
        connectivity: match settings.whole(CONNECTIVITY)? {
            4 => Connectivity::Four,
            8 => Connectivity::Eight,
            other => return Err(CONNECTIVITY.refusal(&other.into())),
        },
        component: settings.word(COMPONENT)?,
        contour: if with_contour { settings.word(CONTOUR)? } else { default.contour },
        filled: if with_contour { settings.flag(FILLED)? } else { default.filled },
    })
}

impl RegionOptions {
    /// # Errors
    /// [`Error::Options`] if an option is out of range.
    pub(super) fn check(&self) -> Result<()> {
        if !(2..=128).contains(&self.size) {
            return Err(Error::Options(say!(
                "filter-size",
                "the filter's size is {size}; 2 to 128 was expected",
                size = self.size
            )));
        }
        match self.threshold {
            Threshold::Fraction(share) if !(0.0..1.0).contains(&share) => Err(Error::Options(say!(
                "filter-threshold",
                "the threshold is {share} of the maximum; 0 to below 1 was expected",
                share
            ))),
            Threshold::Mean | Threshold::Fraction(_) | Threshold::Otsu => Ok(()),
        }
    }
}
