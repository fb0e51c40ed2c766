//! A file a subcommand.

mod explain;
mod files;
mod formula;

pub use explain::Explain;
pub use formula::Formula;
