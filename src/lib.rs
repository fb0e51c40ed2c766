//! C3-LRP: what a ResNet saw, as relevance on the pixels.
//!
//! ```
//! use c3lrp::birds::{self, Species};
//! use c3lrp::device::Choice;
//! use c3lrp::weights::{Architecture, Bytes, formula};
//! use c3lrp::{Explainer, Options};
//!
//! # fn main() -> c3lrp::Result<()> {
//! // The weights of a file would be Bytes(std::fs::read("resnet50.safetensors")?). These are made by a formula, and have
//! // learnt nothing.
//! let weights = Bytes(formula::checkpoint(&Architecture::resnet([1, 1, 1, 1], 8, 10))?);
//! let explainer = Explainer::builder(weights).device(Choice::Cpu).build_blocking()?;
//!
//! // Any picture, as RGBA bytes.
//! let bird = birds::draw(&Species::all()[0], 63, &birds::Options::default());
//! let explained = explainer.explain_blocking(&bird.rgba, bird.side, bird.side, &Options::default())?;
//!
//! println!("class {}, {:.1} %", explained.target, 100.0 * explained.probability);
//! assert_eq!(explained.map.len(), 224 * 224); // relevance, pixel by pixel
//! # Ok(())
//! # }
//! ```
//!
//! [`Explainer::builder`] uses `Choice::Auto` unless told otherwise: a GPU if there is one, otherwise the CPU.
//! Everything exists as async functions as well: `build().await`, and [`Explainer::explain`], which reports its
//! progress.
//!
//! The crate's modules follow the method: a [`picture`] is prepared, the network runs forward and keeps its
//! activations, the [`attribution`] walks back with a rule for each layer, a [`filter`] keeps what the largest contour
//! and the largest component share, and a [`heatmap`](mod@heatmap) shows it. [`weights`] come from safetensors files or
//! PyTorch checkpoints; a [`device`] is a GPU or the CPU; an [`Explainer`] combines all of them. [`birds`] are pictures
//! with a known ground truth, and a [`metric`] measures how well a map agrees with it.
//!
//! # Features
//!
//! - `cli`: the command line `c3lrp`, and what it reads and writes: picture files with their colour profiles, `.npy`
//!   files, plots. The library doesn't need it.
//! - `gpu`, by default: WebGPU, or natively Vulkan, Metal or DirectX. Without it the CPU does all the work.
//!
//! On WebAssembly, use the npm package, where the browser supplies the GPU adapter. The builder and the functions that
//! block exist natively only.
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
#[cfg(feature = "gpu")]
mod shader;
mod staged;
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
