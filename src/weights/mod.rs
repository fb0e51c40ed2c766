//! Weights: the tensors of a safetensors file or a PyTorch checkpoint, read piece by piece from wherever they lie.

mod architecture;
mod contents;
mod formats;
pub mod formula;
mod joined;
mod pytorch;
mod safetensors;
mod source;

pub use architecture::{Architecture, BlockShape, Stage, TensorShape};
pub(crate) use contents::Contents;
pub use joined::Joined;
pub use source::{Bytes, Source};
