//! Reads how insertion and deletion are measured from JSON.

use serde_json::{Map, Value as Json};

use super::name::Name;
use crate::Result;
use crate::metric::{Plan, Protocol, Ties};
use crate::setting::{Owner, Settings};
use crate::words::Value;

/// The options of a call about curves: the plan, and the options that only this call has.
#[derive(Clone, Debug)]
pub struct CurveCall {
    /// How the curves are measured.
    pub plan: Plan,
    rest: Settings,
    missing: Vec<Name>,
}

impl CurveCall {
    /// Reads `protocol`, `ties` and `points`, each with its default, and the `needed` options, which have no default.
    ///
    /// # Errors
    /// [`Error::Options`](crate::Error::Options), naming the option and what was expected.
    pub fn read(mut json: Map<String, Json>, call: &'static str, needed: &[Name]) -> Result<Self> {
        let protocol = match json.remove(Name::Protocol.key()) {
            None => Protocol::Paper,
            Some(Json::String(text)) if !text.starts_with(crate::words::NO_JSON) => text.parse()?,
            Some(other) => return Err(Name::Protocol.setting().refusal(&other)),
        };
        let mut settings = vec![(Name::Ties, Value::Word("stable")), (Name::Points, Value::Whole(51))];
        // A needed option gets a placeholder value until it is given.
        settings.extend(needed.iter().map(|name| (*name, Value::Whole(0))));
        let mut settings = Settings::new(Owner::Call(call), settings);
        let mut missing = needed.to_vec();
        for (option, value) in &json {
            settings.set(option, value)?;
            missing.retain(|name| name.key() != option);
        }
        let plan = Plan { protocol, ties: settings.word::<Ties>(Name::Ties)?, points: settings.whole(Name::Points)? };
        Ok(Self { plan, rest: settings, missing })
    }

    /// The options that the call needs.
    ///
    /// # Errors
    /// [`Error::Options`](crate::Error::Options) if one of them is missing.
    pub fn needed(&self) -> Result<&Settings> {
        match self.missing.first() {
            None => Ok(&self.rest),
            Some(name) => Err(name.setting().refusal(&Json::String(format!("{}missing", crate::words::NO_JSON)))),
        }
    }
}
