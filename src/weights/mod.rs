//! Weights: the tensors of a safetensors file, read piece by piece from wherever they lie.

mod architecture;
mod checkpoint;
pub mod formula;

pub use architecture::{Architecture, BlockShape, Stage};
pub use checkpoint::{Bytes, Checkpoint, Source};
