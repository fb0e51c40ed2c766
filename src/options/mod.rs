//! The options of an explanation, as JavaScript and the command line give them.

mod filter;
mod method;
mod name;
mod plan;
mod settings;
mod typescript;

pub use filter::FilterName;
pub use method::{MethodInfo, MethodName, OptionInfo, methods};
pub use name::Name;
pub use plan::Asked;
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
    /// The class; the most probable one where it is absent.
    pub target: Option<usize>,
    /// What the class is held against; nothing where it is absent.
    pub against: Option<Against>,
    /// How the map is made.
    pub method: Method,
    /// What is done to the map.
    pub filter: Filter,
    /// How a picture becomes a square; the centre of it where it is absent.
    pub fit: Option<Fit>,
}

/// Options of a method that can stand beside it.
const BESIDE: [Name; 3] = [Name::Start, Name::Stabilizer, Name::Epsilon];

impl Options {
    /// Reads options from JSON, under the names of the JavaScript interface. Absent ones take their defaults;
    /// `null` is a value like any other, and no option takes it.
    ///
    /// # Errors
    /// [`Error::Options`], naming the option, what it is and what was expected.
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
/// [`Error::Options`] where it is something else. An array's elements are no options in some order.
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

/// What is said of an option that nobody knows.
pub(crate) fn no_option(option: &str, options: &[&str]) -> Sentence {
    say!("no-such-option", "there is no option {option}; there are {options}", option, options)
}

/// A whole number that a call takes beside others, where it is given.
///
/// # Errors
/// [`Error::Options`] where it can't be so.
pub(crate) fn whole(given: &mut Map<String, Json>, name: Name) -> Result<Option<usize>> {
    let Some(json) = given.remove(name.key()) else { return Ok(None) };
    match name.setting().read(&json)? {
        Value::Whole(number) => Ok(Some(number as usize)),
        _ => Err(name.setting().refusal(&json)),
    }
}

/// The value of one option that a call takes beside others, where it is given.
///
/// # Errors
/// [`Error::Options`] where it can't be so.
pub fn take<T: Words>(given: &mut Map<String, Json>, name: Name) -> Result<Option<T>> {
    let Some(json) = given.remove(name.key()) else { return Ok(None) };
    match name.setting().read(&json)? {
        Value::Word(word) => T::named(word).map(Some),
        _ => Err(name.setting().refusal(&json)),
    }
}
