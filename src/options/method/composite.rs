//! Reads a composite from the options of an LRP method.

use crate::Result;
use crate::attribution::{AdditionName, Blocks, Composite, Equation1, Rule, RuleName, RuleParameters, Stem};
use crate::options::name::Name;
use crate::setting::Settings;

/// The composite that the options of one stage describe; options that the method doesn't have are as in C3-LRP.
pub fn read(settings: &Settings) -> Result<Composite> {
    let mut composite = Composite {
        start: settings.word(Name::Start)?,
        equation: Equation1 {
            stabilizer: settings.word(Name::Stabilizer)?,
            epsilon: settings.number(Name::Epsilon)?,
            unit: settings.word(Name::EpsilonUnit)?,
        },
        ..Composite::default()
    };
    if settings.has(Name::Linear) {
        composite.linear = rule(settings, Name::Linear)?;
        composite.linear_bias = settings.flag(Name::LinearBias)?;
    }
    if settings.has(Name::Convolution) {
        let identity = settings.flag(Name::IdentitySkips)?;
        let addition = settings.word::<AdditionName>(Name::Addition)?.addition(identity);
        composite.blocks = Blocks::Layers { convolution: rule(settings, Name::Convolution)?, addition };
    }
    if settings.has(Name::First) {
        composite.stem = Stem::Layer { rule: rule(settings, Name::First)?, input: settings.word(Name::Input)? };
        composite.norm = settings.word(Name::Norm)?;
        composite.pool = settings.word(Name::Pool)?;
    }
    Ok(composite)
}

/// The rule that an option names, with its parameters.
fn rule(settings: &Settings, option: Name) -> Result<Rule> {
    let parameters = RuleParameters { gamma: settings.number(Name::Gamma)?, alpha: settings.number(Name::Alpha)? };
    Ok(settings.word::<RuleName>(option)?.rule(parameters))
}
