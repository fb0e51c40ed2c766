//! Information about a GPU before it is opened.

use crate::Sentence;

/// What is known about a GPU adapter before anything runs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// The adapter's own description.
    pub description: String,
    /// Whether it is a software adapter, which runs on the CPU.
    pub software: bool,
    /// The largest buffer that a kernel can use, in bytes.
    pub largest_buffer: u64,
    /// Why it can't be used; none if it can.
    pub unfit: Option<Sentence>,
}
