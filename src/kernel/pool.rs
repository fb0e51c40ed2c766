//! Pooling layers, forward and backward.

use burn::tensor::module::{max_pool2d_with_indices, max_pool2d_with_indices_backward};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Int, Tensor, TensorData};
use c3lrp_kernels::Pool;

use crate::buffer::{on_cpu, slice};
use crate::window::Window;

/// The largest value of each window, `[N, C, H, W]` to `[N, C, H′, W′]`, and the index of each maximum in its plane: of
/// equal values the first.
pub fn max_pool(x: Tensor<4>, window: &Window) -> (Tensor<4>, Tensor<4, Int>) {
    let Window { kernel, stride, padding, ceil } = *window;
    let [batch, channels, height, width] = x.dims();
    let (Some(values), Some([rows, columns])) = (on_cpu(&x), window.output([height, width])) else {
        let options = MaxPoolOptions::new([kernel; 2]).with_stride([stride; 2]).with_padding([padding; 2]);
        return max_pool2d_with_indices(x, options.with_ceil_mode(ceil));
    };
    let pool = Pool { kernel, stride, padding };
    let (maxima, places) =
        c3lrp_kernels::max_pool(batch * channels, [height, width], [rows, columns], pool, slice(&values));
    let (shape, device) = ([batch, channels, rows, columns], x.device());
    (
        Tensor::from_data(TensorData::new(maxima, shape), &device),
        Tensor::from_data(TensorData::new(places, shape), &device),
    )
}

/// The max-pool's vector-Jacobian product: each output's cotangent goes to the place of its maximum in `x`.
pub fn max_pool_vjp(x: Tensor<4>, places: Tensor<4, Int>, cotangent: Tensor<4>, window: &Window) -> Tensor<4> {
    let Window { kernel, stride, padding, ceil } = *window;
    let [kernel, stride, padding] = [[kernel; 2], [stride; 2], [padding; 2]];
    max_pool2d_with_indices_backward(x, kernel, stride, padding, [1; 2], ceil, cotangent, places)
}

/// The mean of each of the windows, which don't overlap: `[N, C, H, W]` to `[N, C, ⌈H/s⌉, ⌈W/s⌉]`. Places beyond the
/// edge don't count.
pub fn average_pool(x: Tensor<4>, window: &Window) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let (step, [rows, columns]) = (window.stride, whole([height, width], window));
    let whole = match [height, width] == [rows * step, columns * step] {
        true => x,
        false => Tensor::zeros([batch, channels, rows * step, columns * step], &x.device())
            .slice_assign([0..batch, 0..channels, 0..height, 0..width], x),
    };
    let counts = counts([height, width], window, &whole);
    let windows = whole.reshape([batch * channels, rows, step, columns, step]);
    windows.sum_dim(2).sum_dim(4).reshape([batch, channels, rows, columns]) / counts
}

/// The average pool's vector-Jacobian product for an input of `size`.
pub fn average_pool_vjp(size: [usize; 2], cotangent: Tensor<4>, window: &Window) -> Tensor<4> {
    let ([batch, channels, rows, columns], step) = (cotangent.dims(), window.stride);
    let counts = counts(size, window, &cotangent);
    let shares = (cotangent / counts).reshape([batch * channels, rows, 1, columns, 1]);
    let all = shares.expand([batch * channels, rows, step, columns, step]);
    all.reshape([batch, channels, rows * step, columns * step]).slice([0..batch, 0..channels, 0..size[0], 0..size[1]])
}

/// Number of windows along each side.
fn whole(size: [usize; 2], window: &Window) -> [usize; 2] {
    size.map(|side| side.div_ceil(window.stride))
}

/// Number of the input's places in each window, `[1, 1, H′, W′]`.
fn counts(size: [usize; 2], window: &Window, beside: &Tensor<4>) -> Tensor<4> {
    let [rows, columns] = whole(size, window);
    let along = |at: usize, side: usize| (side - at * window.stride).min(window.stride);
    let counts: Vec<_> =
        (0..rows * columns).map(|at| (along(at / columns, size[0]) * along(at % columns, size[1])) as f32).collect();
    Tensor::from_data(TensorData::new(counts, [1, 1, rows, columns]), &beside.device())
}
