//! A file a subcommand.

mod birds;
mod explain;
mod files;
mod formula;

pub use birds::Birds;
pub use explain::Explain;
pub use formula::Formula;
