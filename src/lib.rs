//! C3-LRP: what a ResNet saw, as relevance on the pixels.
//!
//! ```
//! use c3lrp::birds::{self, Species};
//! use c3lrp::device::Choice;
//! use c3lrp::weights::{Architecture, Bytes, formula};
//! use c3lrp::{Explainer, Options};
//!
//! # fn main() -> c3lrp::Result<()> {
//! // Weights of a file are Bytes(std::fs::read("resnet50.safetensors")?). These have learnt nothing.
//! let weights = Bytes(formula::checkpoint(&Architecture::resnet([1, 1, 1, 1], 8, 10))?);
//! let explainer = Explainer::builder(weights).device(Choice::Cpu).build_blocking()?;
//!
//! // Any picture of RGBA bytes.
//! let bird = birds::draw(&Species::all()[0], 63, &birds::Options::default());
//! let explained = explainer.explain_blocking(&bird.rgba, bird.side, bird.side, &Options::default())?;
//!
//! println!("class {}, {:.1} %", explained.target, 100.0 * explained.probability);
//! assert_eq!(explained.map.len(), 224 * 224); // relevance, pixel by pixel
//! # Ok(())
//! # }
//! ```
//!
//! [`Explainer::builder`] takes `Choice::Auto` unless told otherwise: a GPU if there is one, else the CPU. Everything is
//! asynchronous as well: `build().await`, and [`Explainer::explain`], which tells how far it is.
//!
//! The crate reads as the method does: a [`picture`] is prepared, the network runs forward with
//! its activations kept, the [`attribution`] walks back with a rule for each layer, a [`filter`]
//! keeps what the largest contour and the largest component share, and a [`heatmap`](mod@heatmap)
//! shows it. [`weights`] come from a safetensors file; a [`device`] is WebGPU or the CPU; an
//! [`Explainer`] holds them together. [`birds`] are pictures whose truth is known, and a [`metric`] says how
//! well a map agrees with it.
//!
//! # Features
//!
//! - `cli`: the command line `c3lrp` with all that it reads and writes: picture files with their colour profiles, `.npy`
//!   files, plots. A library needs none of it.
//! - `gpu`, by default: WebGPU, or natively Vulkan, Metal or DirectX. Without it the CPU does all the work.
//!
//! For WebAssembly there is the npm package, whose browser offers the adapter; the builder and what waits are native.
//!
//! Method: Doublet, Otsuki, Iida, Sugiura, "C3-LRP", JSAI 2024, 4Q1-IS-2c-03.

pub mod attribution;
pub mod birds;
mod buffer;
#[cfg(not(target_arch = "wasm32"))]
mod builder;
pub mod checkpoint;
mod concept;
pub mod device;
mod error;
mod explainer;
mod explanation;
#[doc(hidden)]
pub mod family;
mod fence;
pub mod filter;
mod forward;
pub mod heatmap;
pub mod hints;
mod kernel;
mod labels;
pub mod metric;
#[doc(hidden)]
pub mod network;
pub mod options;
mod output;
mod pause;
pub mod picture;
pub mod random;
mod resample;
pub mod sentence;
mod setting;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod weights;
mod window;
mod witness;
mod words;

#[cfg(not(target_arch = "wasm32"))]
pub use builder::Builder;
pub use concept::{Concept, Concepts};
pub use error::{Error, Result};
pub use explainer::{Explained, Explainer, Info, Loading};
pub use explanation::{Boundary, Explanation, Milliseconds, Progress};
pub use labels::Labels;
pub use options::Options;
pub use output::{Against, Output, OutputKind, Target, softmax};
pub use sentence::Sentence;
pub use words::{Value, Words};
