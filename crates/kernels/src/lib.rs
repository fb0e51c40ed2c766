//! Convolutions on the CPU as matrix products over tiles of pixels. What the taps of a kernel see is laid
//! out for the processor's registers once a tile; bias, addend, ReLU and mask come in as a sum is written.
//!
//! A [`Convolution`] has sizes, weights and a [`Processor`], which decides the tile; nothing else does. Wrong sizes
//! are a panic before anything is written.

mod columns;
mod convolution;
mod epilogue;
mod extra;
mod fold;
mod geometry;
mod lanes;
pub mod naive;
mod pass;
mod pool;
mod processor;
mod product;
mod threads;
mod total;
mod winograd;
mod work;

pub use convolution::{CachedWeights, Convolution};
pub use extra::Extra;
pub use geometry::{Direction, Geometry};
pub use pool::{Pool, max_pool};
pub use processor::Processor;
pub use threads::among;
pub use total::{absorbed, divide, dot, magnitude, quotient, squares, weighted};
