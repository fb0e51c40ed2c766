//! Convolutions on each device: our own kernels on the CPU; on a GPU, ours or Burn's, whichever are faster there.

mod candidate;
mod convolve;
mod divisor;
#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gpu;
mod measure;
mod pool;
mod sum;
#[cfg(test)]
mod tests;
mod timings;
mod trial;
mod weight;

pub use c3lrp_kernels::{Direction, Extra, Geometry};
pub use candidate::{Candidate, Kernels};
pub use convolve::{convolve, vjp};
use divisor::Term;
pub use divisor::{Divisor, Epsilon};
pub use measure::{light, measure};
pub use pool::{average_pool, average_pool_vjp, max_pool, max_pool_vjp};
pub use sum::{divide, dot, epsilon_of, gamma_quotients, magnitude, over_channels, shares, stabilize, sum, weighted};
pub use timings::{KernelTimings, Timing, Totals};
pub use weight::{Part, Weight, WeightCache};
