//! ResNet's max-pool, forward and back.

use super::{on_cpu, slice};
use burn::tensor::module::{max_pool2d_with_indices, max_pool2d_with_indices_backward};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Int, Tensor, TensorData};

/// The max-pool 3×3 of stride 2 and padding 1, [N, C, H, W] to [N, C, ⌈H/2⌉, ⌈W/2⌉], with the places of the
/// maxima in their planes: the first of equals.
pub fn max_pool(x: Tensor<4>) -> (Tensor<4>, Tensor<4, Int>) {
    let Some(values) = on_cpu(&x) else {
        let options = MaxPoolOptions::new([3; 2]).with_stride([2; 2]).with_padding([1; 2]);
        return max_pool2d_with_indices(x, options);
    };
    let [batch, channels, height, width] = x.dims();
    let (maxima, places) = c3lrp_kernels::max_pool(batch * channels, [height, width], slice(&values));
    let shape = [batch, channels, height.div_ceil(2), width.div_ceil(2)];
    let device = x.device();
    (
        Tensor::from_data(TensorData::new(maxima, shape), &device),
        Tensor::from_data(TensorData::new(places, shape), &device),
    )
}

/// Its vector-Jacobian product: each cotangent goes to the place of its maximum in `x`.
pub fn max_pool_vjp(x: Tensor<4>, places: Tensor<4, Int>, cotangent: Tensor<4>) -> Tensor<4> {
    max_pool2d_with_indices_backward(x, [3; 2], [2; 2], [1; 2], [1; 2], false, cotangent, places)
}
