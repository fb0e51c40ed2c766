//! What a GPU's memory pools hold.

use burn::tensor::Tensor;
use burn_cubecl::cubecl::MemoryScope;
use burn_wgpu::Wgpu;
use serde::Serialize;

/// Burn's report on its pools, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// What tensors are in.
    pub used: u64,
    /// What is held for them and for those to come.
    pub reserved: u64,
}

impl Memory {
    /// Of the device that a tensor is on; none where that is the CPU.
    pub(crate) fn of<const D: usize>(tensor: &Tensor<D>) -> Option<Self> {
        let tensor = tensor.clone().try_into_primitive::<Wgpu>().ok()?;
        let usage = tensor.client.memory_report(MemoryScope::Device).usage();
        Some(Self { used: usage.bytes_in_use, reserved: usage.bytes_reserved })
    }
}
