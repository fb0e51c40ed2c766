//! Weights: the tensors of a safetensors file or a PyTorch checkpoint, read piece by piece from wherever they lie.

mod architecture;
mod checkpoint;
mod contents;
pub mod formula;
mod joined;
mod pytorch;
mod safetensors;

pub use architecture::{Architecture, BlockShape, Stage};
pub use checkpoint::{Bytes, Checkpoint, Reading, Source};
pub(crate) use contents::Contents;
pub use joined::Joined;
