//! The engine against values that somebody else computed. One binary, so that Burn is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod allocation;
mod attribution;
mod birds;
mod command;
mod concepts;
mod contrast;
mod device;
mod evaluate;
mod explained;
mod families;
mod filter;
mod formats;
mod hostile;
mod kernel;
mod labels;
mod methods;
mod metric;
mod outputs;
mod parity;
mod parts;
mod picture;
mod regions;
mod rules;
mod stages;
mod support;
mod weights;

/// What the command line reads files with.
#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/files/mod.rs"]
mod files;

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;
