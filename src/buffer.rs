//! Where a tensor's values are stored, on the CPU or on a GPU, and work that depends on that.

use burn::backend::{BackendTypes, Flex};
use burn::tensor::{Device, Slice, Tensor, TensorData};

/// Runs work for a device: for the CPU, on one of the threads that share the work.
pub(crate) fn on_threads<T: Send>(device: &Device, work: impl FnOnce() -> T + Send) -> T {
    if is_cpu(device) { c3lrp_kernels::among(work) } else { work() }
}

/// Runs work on a device so that its buffers are kept, each reused only for data of its exact size, until the device's
/// memory is cleaned up. In the pools that everything else uses, small data can take a large buffer's place, and
/// buffers that are unused for a while are freed; a browser then makes new ones long before it collects the old ones.
pub(crate) fn with_kept_buffers<T: Send>(device: &Device, work: impl FnOnce() -> T + Send) -> T {
    device.memory_persistent_allocations(work, |work| work())
}

/// A tensor's values in order, as a flat tensor that doesn't keep alive what it was a slice of.
pub(crate) fn copied<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
    match within(&tensor, &[Slice::full(); D]) {
        Some(values) => whole(values),
        None => tensor.reshape([-1]),
    }
}

/// The values of a tensor within slices, in order; none if it is not on the CPU.
pub(crate) fn within<const D: usize>(tensor: &Tensor<D>, slices: &[Slice; D]) -> Option<Vec<f32>> {
    let source = tensor.clone().try_into_primitive::<Flex>().ok()?;
    let (layout, _) = source.layout().slice(slices);
    let axes: [_; D] = std::array::from_fn(|axis| (layout.shape()[axis], layout.strides()[axis]));
    Some(c3lrp_kernels::gathered(source.storage(), layout.start_offset(), &axes))
}

/// Values on the CPU as a tensor.
pub(crate) fn whole(values: Vec<f32>) -> Tensor<1> {
    let count = values.len();
    Tensor::from_data(TensorData::new(values, [count]), &Device::flex())
}

/// A tensor's values in the CPU's memory.
pub(crate) type OnCpu = <Flex as BackendTypes>::FloatTensorPrimitive;

/// Whether a device is the CPU.
pub(crate) fn is_cpu(device: &Device) -> bool {
    *device == Device::flex()
}

/// A tensor's values in order; none if it is not on the CPU.
pub(crate) fn on_cpu<const D: usize>(tensor: &Tensor<D>) -> Option<OnCpu> {
    Some(tensor.clone().try_into_primitive::<Flex>().ok()?.to_contiguous())
}

/// The values as a slice, in order.
pub(crate) fn slice(values: &OnCpu) -> &[f32] {
    let (start, end) = values.layout().contiguous_offsets().unwrap_or_default();
    &values.storage()[start..end]
}
