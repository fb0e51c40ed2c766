//! The engine against values that somebody else computed. One binary, so that Burn is linked once.

mod attribution;
mod command;
mod filter;
mod parity;
mod picture;
mod support;
mod weights;
