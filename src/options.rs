//! The options of an explanation, as JavaScript and the command line give them.

use imageproc::region_labelling::Connectivity;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::attribution::Method;
use crate::filter::{Choice, Filter, Largest, Threshold};
use crate::picture::Fit;
use crate::{Error, Result};

/// What to explain and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The class; the most probable one where it is absent.
    pub target: Option<usize>,
    /// How the map is made.
    pub method: Method,
    /// What is done to the map.
    pub filter: Filter,
    /// How a picture becomes a square.
    pub fit: Fit,
}

impl Options {
    /// Reads options from JSON, under the names of the JavaScript interface. Absent ones and `null`
    /// take their defaults.
    ///
    /// # Errors
    /// [`Error::Options`], naming the option and what was expected.
    pub fn from_json(mut json: Value) -> Result<Self> {
        drop_nulls(&mut json);
        let json = if json.is_null() { Value::Object(Default::default()) } else { json };
        // Else an array's elements would be taken in the fields' order.
        if !json.is_object() {
            return Err(Error::Options(format!("the options are {json}; an object was expected")));
        }
        let json: Json = serde_json::from_value(json).map_err(|error| Error::Options(error.to_string()))?;
        let mut method = match json.method {
            None => Map::new(),
            Some(Value::Object(method)) => method,
            Some(name) => Map::from_iter([("name".to_owned(), name)]),
        };
        for (option, value) in [("start", json.start), ("stabilizer", json.stabilizer), ("epsilon", json.epsilon)] {
            if value.and_then(|value| method.insert(option.to_owned(), value)).is_some() {
                return Err(Error::Options(format!("{option} is given twice, by itself and with the method")));
            }
        }
        let filter = json.filter.map_or_else(|| Ok(Filter::default()), filter)?;
        Ok(Self { target: json.target, method: Method::from_json(method)?, filter, fit: json.fit.unwrap_or_default() })
    }
}

fn drop_nulls(json: &mut Value) {
    if let Value::Object(fields) = json {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(drop_nulls);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    target: Option<usize>,
    method: Option<Value>,
    // These belong to the method, and can stand beside it.
    start: Option<Value>,
    stabilizer: Option<Value>,
    epsilon: Option<Value>,
    filter: Option<Value>,
    fit: Option<Fit>,
}

/// A filter by its name, or with its options.
fn filter(json: Value) -> Result<Filter> {
    let json = match json {
        Value::String(kind) => serde_json::json!({ "kind": kind }),
        Value::Object(fields) => Value::Object(fields),
        other => return Err(Error::Options(format!("filter is {other}; a name or an object was expected"))),
    };
    let json: JsonFilter = serde_json::from_value(json).map_err(|error| Error::Options(format!("filter: {error}")))?;
    let default = Choice::default();
    let choice = Choice {
        size: json.size.unwrap_or(default.size),
        threshold: json.threshold.unwrap_or(default.threshold),
        connectivity: match json.connectivity {
            None => default.connectivity,
            Some(4) => Connectivity::Four,
            Some(8) => Connectivity::Eight,
            Some(other) => return Err(Error::Options(format!("filter: connectivity is {other}; 4 or 8 was expected"))),
        },
        component: json.component.unwrap_or(default.component),
        contour: json.contour.unwrap_or(default.contour),
        filled: json.filled.unwrap_or(default.filled),
    };
    choice.check()?;
    if json.levels.is_some() && !matches!(json.kind, JsonKind::HeatQuantization) {
        return Err(Error::Options("filter: only heat-quantization has levels".into()));
    }
    Ok(match json.kind {
        JsonKind::C3 => Filter::C3(choice),
        JsonKind::C1c => Filter::C1c(choice),
        JsonKind::HeatQuantization => Filter::HeatQuantization { levels: json.levels.unwrap_or(8) },
        JsonKind::None => Filter::None,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonFilter {
    kind: JsonKind,
    size: Option<usize>,
    levels: Option<usize>,
    threshold: Option<Threshold>,
    connectivity: Option<u8>,
    component: Option<Largest>,
    contour: Option<Largest>,
    filled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum JsonKind {
    C3,
    C1c,
    HeatQuantization,
    None,
}
