//! Attribution: relevance taken back from a class to the pixels, a rule for each layer.
//!
//! C3-LRP (Doublet, Otsuki, Iida, Sugiura, JSAI 2024, 4Q1-IS-2c-03) treats a whole bottleneck
//! block as one layer, so that the walk is short: linear, global average, the blocks from last to
//! first, max-pool, stem. Where the paper is silent (ε, the stabilizer, the start) the choice is an
//! option.

mod rule;
mod walk;

pub use rule::{Rule, Stabilizer};
pub use walk::{Start, attribute};
