//! Where a tensor's values lie: on the CPU or on a GPU, and what that asks of whoever works with them.

use burn::backend::{BackendTypes, Flex};
use burn::tensor::{Device, Tensor};

/// Does work on a device: the CPU's is done on one of the threads that share it.
pub(crate) fn among<T: Send>(device: &Device, work: impl FnOnce() -> T + Send) -> T {
    if is_cpu(device) { c3lrp_kernels::among(work) } else { work() }
}

/// Does work on a device whose buffers are kept, each for others of just its size, until the device's memory is cleaned
/// up. In the pools that all else comes from, a small one takes a large one's place, and what lies free for a while is
/// given up, for which a browser makes new ones long before it collects the old.
pub(crate) fn kept<T: Send>(device: &Device, work: impl FnOnce() -> T + Send) -> T {
    device.memory_persistent_allocations(work, |work| work())
}

/// A copy of a tensor's values in order, which doesn't hold on to what it was a part of.
pub(crate) fn copied<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    match on_cpu(&tensor) {
        Some(values) => Tensor::from_data(slice(&values), &tensor.device()),
        None => tensor.reshape([-1]),
    }
}

pub(crate) type OnCpu = <Flex as BackendTypes>::FloatTensorPrimitive;

/// Whether a device is the CPU.
pub(crate) fn is_cpu(device: &Device) -> bool {
    *device == Device::flex()
}

/// A tensor's values in order; none where it is not on the CPU.
pub(crate) fn on_cpu<const D: usize>(tensor: &Tensor<D>) -> Option<OnCpu> {
    Some(tensor.clone().try_into_primitive::<Flex>().ok()?.to_contiguous())
}

pub(crate) fn slice(values: &OnCpu) -> &[f32] {
    let (start, end) = values.layout().contiguous_offsets().unwrap_or_default();
    &values.storage()[start..end]
}
