//! The methods and their options, described for menus.

use serde::Serialize;

use super::table::MethodName;
use crate::options::name::Name;
use crate::words::{Value, Words};

/// A method, described for menus.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MethodInfo {
    /// The method's name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// The publication.
    pub source: &'static str,
    /// Its options.
    pub options: Vec<OptionInfo>,
}

/// An option, described for menus.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OptionInfo {
    /// The option's name.
    pub name: &'static str,
    /// What it decides, in a sentence.
    pub meaning: &'static str,
    /// All possible values; empty for a number in a range.
    pub choices: Vec<Value>,
    /// The value if it isn't given.
    pub default: Value,
    /// Whether it may also be a list, with a value for each stage from the pixels to the class.
    #[serde(rename = "byStage")]
    pub by_stage: bool,
}

impl OptionInfo {
    fn new((name, default): (Name, Value)) -> Self {
        let setting = name.setting();
        let (choices, by_stage) = (setting.kind.choices().to_vec(), setting.by_stage);
        Self { name: setting.key, meaning: setting.meaning, choices, default, by_stage }
    }
}

/// Every method with its options and their defaults; the default method comes first.
pub fn methods() -> Vec<MethodInfo> {
    let info = |&(name, method): &(&'static str, MethodName)| {
        let row = method.row();
        let options = row.defaults.into_iter().map(OptionInfo::new).collect();
        MethodInfo { name, meaning: row.meaning, source: row.source, options }
    };
    MethodName::ALL.iter().map(info).collect()
}
