//! Reads a filter by its name, with its options.

use serde_json::{Map, Value as Json};

use crate::filter::Filter;
use crate::filter::table::FilterName;
use crate::sentence::say;
use crate::setting::{Owner, Settings};
use crate::words::{Words, json_text};
use crate::{Error, Result};

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
    let mut settings = Settings::new(Owner::Filter(name.word()), name.options().iter().copied());
    for (option, value) in &given {
        settings.set(option, value)?;
    }
    name.filter(&settings)
}
