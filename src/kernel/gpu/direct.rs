//! Burn's own convolutions on the GPU: one thread for each value.
//!
//! They are launched here and not through `conv2d`, which would pull in Burn's implicit matrix products and its
//! convolutions for the CPU: 240 kB more for a browser to download, which nothing would use.

use burn::backend::cubecl::dtype_to_storage_type;
use burn::backend::ops::ModuleOps;
use burn::tensor::Shape;
use burn::tensor::ops::ConvTransposeOptions;
use burn_cubecl::kernel::into_contiguous_aligned;
use burn_cubecl::ops::{numeric, permute_nchw_to_nhwc, permute_nhwc_to_nchw};
use burn_wgpu::{CubeTensor, Wgpu};
use cubek::convolution::{ConvolutionArgs, DirectTensors, launch_direct};

use crate::kernel::Geometry;

/// w ∗ x + bias: `[N, C, H, W]` to `[N, C′, H′, W′]`.
pub fn convolve(geometry: &Geometry, x: CubeTensor, weight: CubeTensor, bias: CubeTensor) -> CubeTensor {
    let Geometry { batch, outputs, stride, padding, groups, output: [height, width], .. } = *geometry;
    let [x, weight] = [x, weight].map(|tensor| into_contiguous_aligned(permute_nchw_to_nhwc(tensor)));
    let (client, device, dtype) = (x.client.clone(), x.device.clone(), x.dtype);
    let shape = Shape::new([batch, height, width, outputs]);
    let out = numeric::empty_device_dtype(client.clone(), device, shape, dtype);
    let arguments = ConvolutionArgs::<2> { stride: [stride; 2], padding: [padding; 2], dilation: [1; 2] };
    let tensors = DirectTensors {
        input: x.binding(),
        weight: weight.binding(),
        bias: Some(bias.binding()),
        out: out.clone().binding(),
    };
    if let Err(error) = launch_direct(&client, tensors, arguments, groups, dtype_to_storage_type(dtype)) {
        // The result is then left unwritten, and fails the comparison with the CPU.
        log::error!("Burn's convolution can't be launched for {geometry:?}: {error:?}");
    }
    permute_nhwc_to_nchw(out)
}

/// The vector-Jacobian product: a cotangent `[N, C′, H′, W′]` to `[N, C, H, W]`.
pub fn vjp(geometry: &Geometry, cotangent: CubeTensor, weight: CubeTensor) -> CubeTensor {
    let Geometry { kernel, stride, padding, groups, input, output, .. } = *geometry;
    let lost = |axis: usize| input[axis] + 2 * padding - (output[axis] - 1) * stride - kernel;
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [lost(0), lost(1)], [1; 2], groups);
    Wgpu::conv_transpose2d(cotangent, weight, None, options)
}
