//! Pickles, read by a machine that can only build containers.

mod cursor;
mod damaged;
mod globals;
mod machine;
mod rebuild;
mod value;

pub(crate) use machine::{PROTO, Pickle};
pub(crate) use value::{Object, Value};

/// The largest size of a pickle in bytes: ResNet-152's has 0.1 MB.
pub(crate) const LARGEST: u64 = 64 << 20;
