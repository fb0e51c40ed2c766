//! The options of an explanation, as JavaScript and the command line give them.

mod filter;
mod method;
mod name;
mod plan;
mod typescript;

pub use crate::filter::table::FilterName;
pub use method::{MethodInfo, MethodName, OptionInfo, methods};
pub use name::Name;
pub use plan::CurveCall;
pub use typescript::typescript;

use serde_json::{Map, Value as Json};

use crate::attribution::Method;
use crate::filter::Filter;
use crate::output::Against;
use crate::picture::Fit;
use crate::sentence::{Sentence, say};
use crate::words::{Value, Words, json_text};
use crate::{Error, Result};

/// What to explain and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The class, counted from 0; the most probable one if absent.
    pub target: Option<usize>,
    /// What the class is set against; nothing if absent.
    pub against: Option<Against>,
    /// The method that makes the map.
    pub method: Method,
    /// The filter applied to the map.
    pub filter: Filter,
    /// How a picture becomes a square; as the network's preparation says if absent.
    pub fit: Option<Fit>,
}

/// Options of a method that may also be given beside it, at the top level.
const BESIDE: [Name; 3] = [Name::Start, Name::Stabilizer, Name::Epsilon];

impl Options {
    /// Reads options from JSON, by their names in the JavaScript interface. Absent ones have their defaults; `null`
    /// does not count as absent, and no option accepts it.
    ///
    /// # Errors
    /// [`Error::Options`], naming the option, its value and what was expected.
    pub fn from_json(json: Json) -> Result<Self> {
        let mut given = object(json)?;
        let mut method = match given.remove("method") {
            None => Map::new(),
            Some(Json::Object(method)) => method,
            Some(name) => Map::from_iter([("name".to_owned(), name)]),
        };
        for name in BESIDE {
            let beside = given.remove(name.key()).and_then(|value| method.insert(name.key().to_owned(), value));
            if beside.is_some() {
                return Err(Error::Options(say!(
                    "option-twice",
                    "{option} is given twice, by itself and with the method",
                    option = name.key()
                )));
            }
        }
        let method = method::read(method)?;
        let filter = given.remove("filter").map_or_else(|| Ok(Filter::default()), filter::read)?;
        let target = whole(&mut given, Name::Target)?;
        let against = match given.remove(Name::Against.key()) {
            None => None,
            Some(json) => {
                let setting = Name::Against.setting();
                let against = Against::read(&setting.read(&json)?)?;
                Some(against.ok_or_else(|| setting.refusal(&json))?)
            }
        };
        let fit = take(&mut given, Name::Fit)?;
        match given.keys().next() {
            Some(unknown) => Err(Error::Options(no_option(
                unknown,
                &["target", "against", "method", "start", "stabilizer", "epsilon", "filter", "fit"],
            ))),
            None => Ok(Self { target, against, method, filter, fit }),
        }
    }
}

/// The fields of an object of options.
///
/// # Errors
/// [`Error::Options`] if it is not an object. An array is refused as well.
pub fn object(json: Json) -> Result<Map<String, Json>> {
    match json {
        Json::Object(fields) => Ok(fields),
        other => Err(Error::Options(say!(
            "options-form",
            "the options are {given}; an object was expected",
            given = json_text(&other)
        ))),
    }
}

/// The message for an option that doesn't exist.
pub(crate) fn no_option(option: &str, options: &[&str]) -> Sentence {
    say!("no-such-option", "there is no option {option}; there are {options}", option, options)
}

/// Takes a whole number out of a call's other options, if it is given.
///
/// # Errors
/// [`Error::Options`] if its value is not possible.
pub(crate) fn whole(given: &mut Map<String, Json>, name: Name) -> Result<Option<usize>> {
    let Some(json) = given.remove(name.key()) else { return Ok(None) };
    match name.setting().read(&json)? {
        Value::Whole(number) => Ok(Some(number as usize)),
        _ => Err(name.setting().refusal(&json)),
    }
}

/// Takes the value of one option out of a call's other options, if it is given.
///
/// # Errors
/// [`Error::Options`] if its value is not possible.
pub fn take<T: Words>(given: &mut Map<String, Json>, name: Name) -> Result<Option<T>> {
    let Some(json) = given.remove(name.key()) else { return Ok(None) };
    match name.setting().read(&json)? {
        Value::Word(word) => T::named(word).map(Some),
        _ => Err(name.setting().refusal(&json)),
    }
}
