//! The CPU as a witness: it recomputes some of the numbers that a device computes.
//!
//! While work is watched, each layer shows its input and its result at one place, which is drawn at random every time.
//! These values are read together with the result, in one trip, and the CPU recomputes the place in 64 bits. Layers
//! show their work where it is computed, so the forward pass, the way back, modified weights, branches and batches are
//! all watched in the same way. Work is submitted without waiting, so one thread watches one piece of work at a time.

mod delivery;
mod draw;
mod expected;
#[cfg(test)]
pub(crate) mod fault;
#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gather;
mod notes;
mod part;
mod pointwise;
mod read;
mod sums;
#[cfg(test)]
mod tests;
mod watch;

#[cfg(all(feature = "gpu", target_arch = "wasm32"))]
pub(crate) use delivery::deliver_through;
pub(crate) use draw::Draw;
pub(crate) use expected::Expected;
pub(crate) use notes::Place;
pub(crate) use part::{Part, column, part};
pub(crate) use pointwise::{Pointwise, show_pointwise};
#[cfg(target_arch = "wasm32")]
pub(crate) use read::arriving;
pub(crate) use read::{read, read_kept, read_one};
pub(crate) use sums::{show_mean, show_weighted_sum};
pub(crate) use watch::{Sample, look, show};
