//! A method's row in the table, and the rows that methods have in common.

use super::composite;
use crate::Result;
use crate::attribution::{Method, Staged};
use crate::options::name::Name::{
    self, Addition, Alpha, Convolution, Epsilon, EpsilonUnit, First, Gamma, IdentitySkips, Input, Linear, LinearBias,
    Norm, Pool, Stabilizer, Start,
};
use crate::setting::Settings;
use crate::words::Value::{self, Flag, Number, Word};

/// A method's row in the table.
pub struct Row {
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// The publication.
    pub source: &'static str,
    /// The method's options with their defaults.
    pub defaults: Vec<(Name, Value)>,
    /// The method with the values of its options.
    pub read: fn(&Settings) -> Result<Method>,
}

impl Row {
    /// LRP with the composite that the options describe.
    pub fn lrp(meaning: &'static str, source: &'static str, defaults: Vec<(Name, Value)>) -> Self {
        let read = |settings: &Settings| Ok(Method::Lrp(Staged::each(|stage| composite::read(&settings.at(stage)))?));
        Self { meaning, source, defaults, read }
    }
}

/// The options of C3-LRP.
pub const START: [(Name, Value); 4] = [
    (Start, Word("probability")),
    (Stabilizer, Word("plain")),
    (Epsilon, Number(1e-6)),
    (EpsilonUnit, Word("absolute")),
];

/// The parameters of the rules.
pub const PARAMETERS: [(Name, Value); 2] = [(Gamma, Number(0.25)), (Alpha, Number(2.0))];

/// The options of layer-by-layer LRP with the defaults of the field's software, except for those in `changed`.
pub fn layers(changed: &[(Name, Value)]) -> Vec<(Name, Value)> {
    let mut defaults = vec![
        (Start, Word("probability")),
        (Stabilizer, Word("signed")),
        (Epsilon, Number(1e-6)),
        (EpsilonUnit, Word("absolute")),
        (Linear, Word("epsilon")),
        (LinearBias, Flag(true)),
        (Convolution, Word("z-plus")),
        (First, Word("z-plus")),
    ];
    defaults.extend(PARAMETERS);
    defaults.extend([
        (Norm, Word("merged")),
        (Addition, Word("normalised")),
        (IdentitySkips, Flag(true)),
        (Pool, Word("winner")),
        (Input, Word("picture")),
    ]);
    for (name, value) in changed {
        defaults.iter_mut().filter(|(known, _)| known == name).for_each(|(_, default)| *default = *value);
    }
    defaults
}
