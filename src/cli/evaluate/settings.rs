//! The methods, filters and curves to measure, by name.

use c3lrp::attribution::Method;
use c3lrp::filter::Filter;
use c3lrp::metric::{Plan, Ties};
use c3lrp::picture::Preparation;
use c3lrp::{Against, Error, Options, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Everything that determines a run's numbers. Runs with the same settings can be merged, and an interrupted run can
/// only continue with the same settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The version of the records' format.
    pub format: u32,
    pub pictures: String,
    pub count: usize,
    pub birds: bool,
    pub weights: String,
    /// Side of the square that the network sees, in pixels.
    #[serde(default = "usual_side")]
    pub side: usize,
    /// The source of the class names; none without names.
    #[serde(default)]
    pub labels: Option<String>,
    /// How subfolders' names stand for classes; none without subfolders.
    #[serde(default)]
    pub classes: Option<String>,
    pub device: String,
    pub explain: String,
    /// What the class is set against, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    pub methods: Vec<String>,
    /// The filters of each method.
    pub filters: Vec<Vec<String>>,
    pub masks: Option<usize>,
    pub protocols: Vec<String>,
    pub ties: Vec<String>,
    pub steps: usize,
    pub batch: usize,
    pub sanity: usize,
    pub seed: u32,
}

fn usual_side() -> usize {
    Preparation::default().side
}

/// The value of `against` for the species that differs from a bird's own in the fewest parts.
pub const NEAREST: &str = "nearest";

/// The name of the protocols that remove parts, beside those of insertion and deletion.
pub const PARTS: &str = "parts";

/// The version of the records' format.
pub const FORMAT: u32 = 1;

/// What makes a map: a method or a baseline.
#[expect(clippy::large_enum_variant, reason = "there are a dozen of them")]
pub enum Maker {
    Method(Method),
    /// Baselines: they don't depend on the picture, and are not filtered.
    Uniform,
    Gaussian,
}

impl Settings {
    pub fn makers(&self) -> Result<Vec<Maker>> {
        self.methods.iter().map(|name| maker(name, self.masks)).collect()
    }

    /// The names of the filters for a method's map, given the method's index.
    pub fn filters_of(&self, method: usize) -> &[String] {
        self.filters.get(method).map_or(&[], Vec::as_slice)
    }

    /// The curves of a map: every protocol with every treatment of ties.
    pub fn plans(&self) -> Result<Vec<Plan>> {
        let policies = self.ties.iter().map(|name| ties(name)).collect::<Result<Vec<_>>>()?;
        if policies.iter().enumerate().any(|(at, policy)| policies[..at].contains(policy)) {
            return Err(Error::Options(format!("a tie policy comes twice in {:?}", self.ties).into()));
        }
        let mut plans = Vec::new();
        for protocol in self.protocols.iter().filter(|name| *name != PARTS) {
            let protocol = protocol.parse()?;
            plans.extend(policies.iter().map(|&ties| Plan { protocol, ties, points: self.steps }));
        }
        Ok(plans)
    }

    /// Whether parts are removed from the pictures.
    pub fn takes_parts(&self) -> bool {
        self.protocols.iter().any(|name| name == PARTS)
    }

    /// What the class is set against, in a picture with this nearest class.
    pub fn against(&self, nearest: Option<usize>) -> Result<Option<Against>> {
        let Some(against) = &self.against else { return Ok(None) };
        if against == NEAREST {
            return Ok(nearest.map(Against::Class));
        }
        let against = against.parse::<u64>().map_or_else(|_| against.clone().into(), Value::from);
        Ok(Options::from_json(json!({ "against": against }))?.against)
    }

    /// The differences from another run's settings, in words; none if there are none.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let fields = |settings: &Self| match serde_json::to_value(settings) {
            Ok(Value::Object(fields)) => fields,
            _ => Default::default(),
        };
        let (ours, theirs) = (fields(self), fields(other));
        let differs = ours.iter().find(|(name, value)| theirs.get(*name) != Some(value));
        differs.map(|(name, value)| {
            format!(
                "its {name} {} and not {value}",
                theirs.get(name).map_or("is missing".into(), |is| format!("is {is}"))
            )
        })
    }
}

fn maker(name: &str, masks: Option<usize>) -> Result<Maker> {
    let method = match (name, masks) {
        ("uniform", _) => return Ok(Maker::Uniform),
        ("gaussian", _) => return Ok(Maker::Gaussian),
        ("rise", Some(masks)) => json!({ "name": "rise", "masks": masks }),
        _ => named(name)?,
    };
    Ok(Maker::Method(Options::from_json(json!({ "method": method }))?.method))
}

pub fn filter(name: &str) -> Result<Filter> {
    Ok(Options::from_json(json!({ "filter": named(name)? }))?.filter)
}

pub fn ties(name: &str) -> Result<Ties> {
    match name {
        "stable" => Ok(Ties::Stable),
        "together" => Ok(Ties::Together),
        _ => Err(Error::Options(format!("there is no tie policy {name:?}; there are stable and together").into())),
    }
}

/// A name, or a JSON object.
fn named(text: &str) -> Result<Value> {
    match text.starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| Error::Options(format!("{text}: {error}").into())),
        false => Ok(Value::String(text.to_owned())),
    }
}

/// A method, and filters of its own: `NAME`, or `NAME@FILTER+FILTER`. Baselines have no filters.
pub fn method_and_filters(text: &str, filters: &[String]) -> Result<(String, Vec<String>)> {
    let (method, own) = match split(text, '@').as_slice() {
        [method] => (method.clone(), filters.to_vec()),
        [method, own] => (method.clone(), split(own, '+')),
        _ => {
            return Err(Error::Options(
                format!("{text:?} is no method; NAME or NAME@FILTER+FILTER was expected").into(),
            ));
        }
    };
    let baseline = matches!(method.as_str(), "uniform" | "gaussian");
    Ok((method, if baseline { vec!["none".into()] } else { own }))
}

/// Splits a text at separators outside of braces, and drops repeated parts; parts are names or JSON objects.
pub fn split(text: &str, separator: char) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|character| {
        depth += match character {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        character == separator && depth == 0
    });
    let mut names = Vec::new();
    for name in parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_in_braces_part_nothing() {
        let parts = split(r#"a, {"name":"rise","masks":5},b,a,"#, ',');
        assert_eq!(parts, ["a", r#"{"name":"rise","masks":5}"#, "b"]);
    }

    #[test]
    fn a_method_may_have_filters_of_its_own() {
        let all = ["none".to_owned(), "c3".to_owned()];
        let of = |text| method_and_filters(text, &all).unwrap();
        assert_eq!(of("grad-cam"), ("grad-cam".into(), all.to_vec()));
        assert_eq!(of("uniform"), ("uniform".into(), vec!["none".into()]));
        let own = of(r#"c3-lrp@c1c+{"kind":"c3","threshold":"otsu"}"#);
        assert_eq!(own.1, ["c1c", r#"{"kind":"c3","threshold":"otsu"}"#]);
        assert!(method_and_filters("a@b@c", &all).is_err());
    }
}
