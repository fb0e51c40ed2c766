//! Information about a GPU before it is opened.

use crate::Sentence;

/// Information about a GPU adapter before anything runs on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapter {
    /// Its own description.
    pub description: String,
    /// Whether a CPU plays the GPU.
    pub software: bool,
    /// Bytes of the largest buffer that a kernel can be given.
    pub largest_buffer: u64,
    /// Why it can't be used, where it can't.
    pub unfit: Option<Sentence>,
}
