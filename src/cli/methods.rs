//! `c3lrp methods`: lists the methods for `explain --method`.

use c3lrp::options::typescript;
use c3lrp::{Error, Explainer, Result};
use clap::Args;

use super::print::{line, print};

/// List the methods, with their sources and options.
#[derive(Args)]
pub struct Methods {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the options as TypeScript types.
    #[arg(long, conflicts_with = "json")]
    types: bool,
}

impl Methods {
    pub fn run(self) -> Result<()> {
        if self.types {
            return print(format_args!("{}", typescript()));
        }
        let methods = Explainer::methods();
        if self.json {
            let json = serde_json::to_string_pretty(&methods).map_err(|error| Error::File(error.to_string().into()))?;
            return line!("{json}");
        }
        for method in methods {
            line!("{}\n  {}\n  {}", method.name, method.meaning, method.source)?;
            for option in method.options {
                let choices: Vec<_> = option.choices.iter().map(ToString::to_string).collect();
                let choices = if choices.is_empty() { String::new() } else { format!(" ({})", choices.join(", ")) };
                let list = if option.by_stage { " A list has one for each stage." } else { "" };
                line!("    {} = {}{choices}: {}{list}", option.name, option.default, option.meaning)?;
            }
            line!("")?;
        }
        Ok(())
    }
}
