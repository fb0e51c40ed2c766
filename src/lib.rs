//! C3-LRP: what a ResNet saw, as relevance on the pixels.
//!
//! The crate reads as the method does: a [`picture`] is prepared, the [`network`] runs forward with
//! its activations kept, the [`attribution`] walks back with a rule for each layer, a [`filter`]
//! keeps what the largest contour and the largest component share, and a [`heatmap`](mod@heatmap)
//! shows it. [`weights`] come from a safetensors file; a [`device`] is WebGPU or the CPU; an
//! [`Explainer`] holds them together. [`birds`] are pictures whose truth is known, and a [`metric`] says how
//! well a map agrees with it.
//!
//! Method: Doublet, Otsuki, Iida, Sugiura, "C3-LRP", JSAI 2024, 4Q1-IS-2c-03.

pub mod attribution;
pub mod birds;
mod concept;
pub mod device;
mod error;
mod explained;
mod explainer;
mod explanation;
pub mod family;
mod fence;
pub mod filter;
mod forward;
pub mod heatmap;
pub mod hints;
mod kernel;
mod labels;
pub mod metric;
pub mod network;
pub mod options;
mod output;
mod pause;
pub mod picture;
pub mod random;
mod resample;
pub mod sentence;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod weights;
mod witness;
mod words;

pub use concept::{Concept, Concepts};
pub use error::{Error, Result};
pub use explained::Explained;
pub use explainer::{Explainer, Info, Loading};
pub use explanation::{Boundary, Explanation, Milliseconds, Progress};
pub use labels::Labels;
pub use options::Options;
pub use output::{Against, Output, OutputKind, Target, softmax};
pub use sentence::Sentence;
pub use words::{Value, Words};
