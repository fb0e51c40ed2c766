//! What layers show the witness, for the CPU to compute again.

mod axis;
mod convolution;
mod pool;

pub use convolution::Witness;
pub(super) use convolution::{Look, Work};
pub(super) use pool::{show_average, show_pool, show_pool_back};
