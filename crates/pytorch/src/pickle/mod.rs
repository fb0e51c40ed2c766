//! Pickles, read by a machine that can't do anything but build containers.

mod cursor;
mod damaged;
mod globals;
mod machine;
mod rebuild;
mod value;

pub(crate) use machine::{PROTO, Pickle};
pub(crate) use value::{Object, Value};

/// A pickle of more bytes than this is none of a network's tensors: ResNet-152 has 0.1 MB.
pub(crate) const LARGEST: u64 = 64 << 20;
