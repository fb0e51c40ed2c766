//! `c3lrp methods`: what `explain --method` takes.

use c3lrp::{Error, Explainer, Result};
use clap::Args;
use serde_json::Value;

/// List the methods, with their sources and options.
#[derive(Args)]
pub struct Methods {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Methods {
    pub fn run(self) -> Result<()> {
        let methods = Explainer::methods();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&methods).map_err(|error| Error::File(error.to_string()))?);
            return Ok(());
        }
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for method in methods {
            println!("{}\n  {}\n  {}", method.name, method.meaning, method.source);
            for option in method.options {
                let choices: Vec<_> = option.choices.iter().map(plain).collect();
                let choices = if choices.is_empty() { String::new() } else { format!(" ({})", choices.join(", ")) };
                println!("    {} = {}{choices}: {}", option.name, plain(&option.default), option.meaning);
            }
            println!();
        }
        Ok(())
    }
}
