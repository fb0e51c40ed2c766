//! The methods by name: what each does, its source, its options, and how it is read.

mod composite;
mod info;
mod row;
mod table;

pub use info::{MethodInfo, OptionInfo, methods};
pub use table::MethodName;

use serde_json::{Map, Value as Json};

use crate::Result;
use crate::attribution::Method;
use crate::setting::{Owner, Settings};
use crate::words::Words;

/// Reads a method from its name (the field `name`) and its options; without a name, the default method.
///
/// # Errors
/// [`Error::Options`](crate::Error::Options), naming the method, the option and what was expected.
pub(super) fn read(mut given: Map<String, Json>) -> Result<Method> {
    let name = match given.remove("name") {
        None => MethodName::C3Lrp,
        Some(name) => MethodName::read("method", &name)?,
    };
    let row = name.row();
    let mut settings = Settings::new(Owner::Method(name.word()), row.defaults);
    for (option, value) in &given {
        settings.set(option, value)?;
    }
    (row.read)(&settings)
}
