//! In a build without the feature `gpu`: there is no GPU to open.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use super::adapter::Adapter;
use super::faults::Faults;
use super::memory::Memory;
use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// Whether this build contains the code for the GPU.
pub(super) const BUILT: bool = false;

/// A GPU's faults; there are never any.
pub(super) static FAULTS: Faults = Faults::new();

/// A GPU. None is ever made.
pub(super) struct Gpu {
    pub(super) device: burn::tensor::Device,
}

fn none() -> Sentence {
    say!("no-gpu-build", "this build has no part for the GPU")
}

/// Always fails.
pub(super) async fn open() -> Result<Gpu> {
    Err(Error::Device(none()))
}

/// Always none: all tensors are on the CPU.
pub(crate) fn memory<const D: usize>(_: &Tensor<D>) -> Option<Memory> {
    None
}

/// Always fails.
#[cfg(not(target_arch = "wasm32"))]
pub fn adapter() -> std::result::Result<Adapter, Sentence> {
    Err(none())
}
