//! The command line: one file for each subcommand, and what they share.

mod asked;
mod atlas;
mod birds;
mod concepts;
mod disk;
mod evaluate;
mod explain;
mod files;
mod formula;
mod methods;
mod names;
mod network;
mod print;
mod progress;

pub use atlas::Atlas;
pub use birds::Birds;
pub use concepts::ConceptsCommand;
pub use evaluate::{Evaluate, Merge};
pub use explain::Explain;
pub use formula::Formula;
pub use methods::Methods;
