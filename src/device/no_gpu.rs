//! In a build without the GPU: there is none to be opened.

use burn::tensor::Tensor;

#[cfg(not(target_arch = "wasm32"))]
use super::adapter::Adapter;
use super::faults::Faults;
use super::memory::Memory;
use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// Whether this build has the part for the GPU.
pub(super) const BUILT: bool = false;

/// Of which there are none.
pub(super) static FAULTS: Faults = Faults::new();

/// What would have been opened.
pub(super) struct Gpu {
    pub(super) device: burn::tensor::Device,
}

fn none() -> Sentence {
    say!("no-gpu-build", "this build has no part for the GPU")
}

/// Opens nothing.
pub(super) async fn open() -> Result<Gpu> {
    Err(Error::Device(none()))
}

/// None: all tensors are on the CPU.
pub(crate) fn memory<const D: usize>(_: &Tensor<D>) -> Option<Memory> {
    None
}

/// None natively, too.
#[cfg(not(target_arch = "wasm32"))]
pub fn adapter() -> std::result::Result<Adapter, Sentence> {
    Err(none())
}
