//! The CPU as a witness: some of the numbers that a device computes are computed again.
//!
//! While work is watched, each layer shows what it was given and what it made of that, at one place which is
//! drawn anew every time. What was shown comes back with the result, in one trip, and the CPU computes the
//! place again in 64 bits. A layer shows itself where it is computed, so that forward, the way back, modified
//! weights, branches and batches are all watched alike. Work is submitted without waiting, so that one thread
//! watches one piece of work at a time.

mod draw;
mod expected;
#[cfg(test)]
pub(crate) mod fault;
mod notes;
mod pointwise;
mod read;
mod sums;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use draw::Draw;
pub(crate) use expected::Expected;
pub(crate) use notes::{Place, column, part};
pub(crate) use pointwise::{Pointwise, show_pointwise};
#[cfg(target_arch = "wasm32")]
pub(crate) use read::arriving;
pub(crate) use read::{read, read_kept, read_one};
pub(crate) use sums::{show_mean, show_weighted_sum};
pub(crate) use watch::{Sample, look, show};
