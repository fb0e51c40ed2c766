//! Convolutions on the CPU as matrix products over tiles of pixels. The values that the taps of a kernel see are laid
//! out for the processor's registers, once for each tile; bias, addend, ReLU and mask are applied as a sum is written.
//!
//! A [`Convolution`] has sizes, weights and a [`Processor`], which alone decides the size of a tile. Wrong sizes cause
//! a panic before anything is written.

mod columns;
mod convolution;
mod division;
mod elementwise;
mod epilogue;
mod extra;
mod fold;
mod gather;
mod geometry;
mod lanes;
pub mod naive;
mod pass;
mod phases;
mod pool;
mod processor;
mod product;
mod threads;
mod tiles;
mod total;
mod transforms;
mod winograd;
mod work;

pub use convolution::{CachedWeights, Convolution};
pub use division::{divide, gamma_quotients, quotient, shares};
pub use extra::Extra;
pub use gather::gathered;
pub use geometry::{Direction, Geometry};
pub use pool::{Pool, max_pool};
pub use processor::Processor;
pub use threads::among;
pub use total::{dot, magnitude, over_planes, squares, weighted};
