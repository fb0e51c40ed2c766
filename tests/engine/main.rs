//! The engine against values that somebody else computed. One binary, so that Burn is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod attribution;
mod birds;
mod command;
mod evaluate;
mod filter;
mod kernel;
mod methods;
mod metric;
mod parity;
mod picture;
mod rules;
mod support;
mod weights;
