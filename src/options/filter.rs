//! The filters by name, with their options.

use imageproc::region_labelling::Connectivity;
use serde_json::{Map, Value as Json};

use super::name::Name;
use super::settings::{Owner, Settings};
use crate::filter::{Filter, RegionOptions, Threshold, ThresholdName};
use crate::sentence::say;
use crate::words::{Value, Words, json_text, words};
use crate::{Error, Result};

words! {
    /// A filter's name.
    pub enum FilterName {
        /// Keeps what the largest contour and the largest component share.
        C3 = "c3",
        /// Keeps the largest component.
        C1c = "c1c",
        /// Reduces the map to equally spaced levels.
        HeatQuantization = "heat-quantization",
        /// Leaves the map as it is.
        None = "none",
    }
}

impl FilterName {
    /// What the filter does, in a sentence.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::C3 => {
                "The map is kept where the largest contour and the largest component agree (Doublet et al., JSAI 2024)."
            }
            Self::C1c => "The map is kept on its largest component.",
            Self::HeatQuantization => {
                "Each value is lowered to the nearest of equally spaced levels (Otsuki et al., ECCV 2024)."
            }
            Self::None => "The map as it is.",
        }
    }

    /// The filter's options with their defaults.
    pub(super) fn defaults(self) -> Vec<(Name, Value)> {
        let component = [
            (Name::Size, Value::Whole(28)),
            (Name::Threshold, Value::Word("mean")),
            (Name::Connectivity, Value::Whole(8)),
            (Name::Component, Value::Word("peak")),
        ];
        let contour = [(Name::Contour, Value::Word("area")), (Name::Filled, Value::Flag(true))];
        match self {
            Self::C3 => [&component[..], &contour[..]].concat(),
            Self::C1c => component.to_vec(),
            Self::HeatQuantization => vec![(Name::Levels, Value::Whole(8))],
            Self::None => Vec::new(),
        }
    }
}

/// Reads a filter from its name, or from an object that has the name as `kind` beside the filter's options.
///
/// # Errors
/// [`Error::Options`], naming the filter, the option and what was expected.
pub(super) fn read(json: Json) -> Result<Filter> {
    let mut given = match json {
        Json::String(_) => Map::from_iter([("kind".to_owned(), json)]),
        Json::Object(given) => given,
        other => {
            return Err(Error::Options(say!(
                "filter-form",
                "filter is {given}; a name or an object was expected",
                given = json_text(&other)
            )));
        }
    };
    let Some(kind) = given.remove("kind") else {
        return Err(Error::Options(say!(
            "filter-kind",
            "the filter has no kind; there are {names}",
            names = FilterName::names()
        )));
    };
    let name = FilterName::read("filter", &kind)?;
    let mut settings = Settings::new(Owner::Filter(name.word()), name.defaults());
    for (option, value) in &given {
        settings.set(option, value)?;
    }
    Ok(match name {
        FilterName::C3 => Filter::C3(region(&settings)?),
        FilterName::C1c => Filter::C1c(region(&settings)?),
        FilterName::HeatQuantization => Filter::HeatQuantization { levels: settings.whole(Name::Levels)? },
        FilterName::None => Filter::None,
    })
}

fn region(settings: &Settings) -> Result<RegionOptions> {
    let default = RegionOptions::default();
    let with_contour = settings.has(Name::Contour);
    Ok(RegionOptions {
        size: settings.whole(Name::Size)?,
        threshold: match settings.word_or_fraction(Name::Threshold)? {
            Ok(ThresholdName::Mean) => Threshold::Mean,
            Ok(ThresholdName::Otsu) => Threshold::Otsu,
            Err(fraction) => Threshold::Fraction(fraction),
        },
        connectivity: match settings.whole(Name::Connectivity)? {
            4 => Connectivity::Four,
            8 => Connectivity::Eight,
            other => return Err(Name::Connectivity.setting().refusal(&other.into())),
        },
        component: settings.word(Name::Component)?,
        contour: if with_contour { settings.word(Name::Contour)? } else { default.contour },
        filled: if with_contour { settings.flag(Name::Filled)? } else { default.filled },
    })
}
