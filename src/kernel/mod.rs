//! Convolutions on each device: on the CPU our own; on the GPU our own or Burn's, whichever is the
//! faster one there.

mod cpu;
mod direct;
mod gpu;
mod measure;
mod weight;

pub use measure::{Measured, Timing, measure};
pub use weight::Weight;

use burn::backend::{BackendTypes, Flex};
use burn::tensor::activation::relu;
use burn::tensor::module::{max_pool2d_with_indices, max_pool2d_with_indices_backward};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn_wgpu::{CubeTensor, Wgpu};
use serde::{Deserialize, Serialize};

/// What can do a layer's work on the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// Burn's own kernels.
    #[default]
    Burn,
    /// Ours: implicit matrix products over tiles that each thread keeps to itself, without barriers.
    Tiled,
}

impl Candidate {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Burn, Self::Tiled];

    fn serves(self, geometry: &Geometry, direction: Direction) -> bool {
        self == Self::Burn || gpu::serves(geometry, direction)
    }
}

/// Forward, or the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Input to output.
    Forward,
    /// The vector-Jacobian product: the output's cotangent to the input's.
    Vjp,
}

/// Which candidate does a layer's work, each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kernels {
    /// Forward.
    pub forward: Candidate,
    /// Back.
    pub vjp: Candidate,
}

/// What becomes of each result besides the sum of products.
#[derive(Clone, Copy, Debug)]
pub enum Extra<T> {
    /// Nothing.
    None,
    /// A tensor in the result's shape is added.
    Addend(T),
    /// The result is 0 where a tensor in its shape is ≤ 0: ReLU's vector-Jacobian product, by its output.
    Mask(T),
}

impl<T> Extra<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Extra<U> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(change(tensor)),
            Self::Mask(tensor) => Extra::Mask(change(tensor)),
        }
    }

    fn as_ref(&self) -> Extra<&T> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor),
            Self::Mask(tensor) => Extra::Mask(tensor),
        }
    }
}

impl<T> Extra<Option<T>> {
    fn transpose(self) -> Option<Extra<T>> {
        Some(match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor?),
            Self::Mask(tensor) => Extra::Mask(tensor?),
        })
    }
}

/// The sizes of a convolution with a square kernel, and of what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Geometry {
    /// N.
    pub batch: usize,
    /// Channels of the input, C.
    pub inputs: usize,
    /// Channels of the output, C′.
    pub outputs: usize,
    /// Groups of channels.
    pub groups: usize,
    /// k of the k×k kernel.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// H, W.
    pub input: [usize; 2],
    /// H′, W′.
    pub output: [usize; 2],
}

impl Geometry {
    /// Of a weight [C′, C / groups, k, k] and an input of N pictures of `size`.
    pub fn new(weight: [usize; 4], stride: usize, groups: usize, batch: usize, size: [usize; 2]) -> Self {
        let [outputs, inputs, kernel, _] = weight;
        // Half the kernel: torchvision's ResNets keep the size at stride 1.
        let padding = kernel / 2;
        let output = size.map(|side| (side + 2 * padding - kernel) / stride + 1);
        Self { batch, inputs: inputs * groups, outputs, groups, kernel, stride, padding, input: size, output }
    }
}

/// w ∗ x + bias, with `extra`, then ReLU where asked for: [N, C, H, W] to [N, C′, H′, W′].
pub fn convolve(
    geometry: &Geometry,
    candidate: Candidate,
    x: Tensor<4>,
    weight: &Weight,
    bias: &Tensor<1>,
    extra: Extra<&Tensor<4>>,
    rectified: bool,
) -> Tensor<4> {
    let Geometry { batch, outputs, output: [height, width], .. } = *geometry;
    if let (Some(values), Some(weights), Some(bias), Some(extra)) =
        (on_cpu(&x), on_cpu(weight.tensor()), on_cpu(bias), extra.map(on_cpu).transpose())
    {
        let (values, weights, bias, extra) = (slice(&values), slice(&weights), slice(&bias), extra.as_ref().map(slice));
        let result = cpu::convolve(geometry, values, weights, weight.kept(), bias, extra, rectified);
        return Tensor::from_data(TensorData::new(result, [batch, outputs, height, width]), &x.device());
    }
    let (values, weight, bias) = (on_gpu(x), on_gpu(weight.tensor().clone()), on_gpu(bias.clone()));
    if candidate == Candidate::Tiled {
        let extra = extra.map(|tensor| on_gpu(tensor.clone()));
        let result = gpu::run(geometry, Direction::Forward, &values, &weight, Some(&bias), &extra, rectified);
        if let Some(result) = result {
            return Tensor::from_primitive::<Wgpu>(result);
        }
    }
    let result = with(Tensor::from_primitive::<Wgpu>(direct::convolve(geometry, values, weight, bias)), extra);
    if rectified { relu(result) } else { result }
}

/// The vector-Jacobian product of the convolution alone, with `extra`, then times `factor` where there is
/// one: a cotangent [N, C′, H′, W′] to [N, C, H, W].
pub fn vjp(
    geometry: &Geometry,
    candidate: Candidate,
    cotangent: Tensor<4>,
    weight: &Weight,
    extra: Extra<&Tensor<4>>,
    factor: Option<&Tensor<4>>,
) -> Tensor<4> {
    let Geometry { batch, inputs, input, .. } = *geometry;
    if let (Some(values), Some(weights), Some(extra)) =
        (on_cpu(&cotangent), on_cpu(weight.tensor()), extra.map(on_cpu).transpose())
    {
        let factor = factor.and_then(on_cpu);
        let (extra, factor) = (extra.as_ref().map(slice), factor.as_ref().map(slice));
        let result = cpu::vjp(geometry, slice(&values), slice(&weights), weight.kept(), extra, factor);
        return Tensor::from_data(TensorData::new(result, [batch, inputs, input[0], input[1]]), &cotangent.device());
    }
    let times = |result: Tensor<4>| match factor {
        Some(factor) => result * factor.clone(),
        None => result,
    };
    let (values, weight) = (on_gpu(cotangent), on_gpu(weight.tensor().clone()));
    if candidate == Candidate::Tiled {
        let extra = extra.map(|tensor| on_gpu(tensor.clone()));
        if let Some(result) = gpu::run(geometry, Direction::Vjp, &values, &weight, None, &extra, false) {
            return times(Tensor::from_primitive::<Wgpu>(result));
        }
    }
    times(with(Tensor::from_primitive::<Wgpu>(direct::vjp(geometry, values, weight)), extra))
}

/// R ⊘ (z + ε) where z > 0, and 0 elsewhere, in one shape: Equation 1's division and the vector-Jacobian
/// product of the ReLU that gave out z. With it what that leaves, Σ(R − z ⊙ quotient).
pub fn quotient(relevance: Tensor<4>, z: &Tensor<4>, epsilon: f32) -> (Tensor<4>, Tensor<1>) {
    if let (Some(values), Some(of)) = (on_cpu(&relevance), on_cpu(z)) {
        let (result, left) = cpu::quotient(slice(&values), slice(&of), epsilon);
        return (Tensor::from_data(TensorData::new(result, z.dims()), &z.device()), number(left, &z.device()));
    }
    let quotient = (relevance.clone() / (z.clone() + epsilon)).mask_fill(z.clone().lower_equal_elem(0.0), 0.0);
    let left = left(&relevance, z, &quotient);
    (quotient, left)
}

/// Σ(R − z ⊙ quotient), of one shape: what a division by z′ leaves of R.
pub fn left<const D: usize>(relevance: &Tensor<D>, z: &Tensor<D>, quotient: &Tensor<D>) -> Tensor<1> {
    let device = z.device();
    match [relevance, z, quotient].map(on_cpu) {
        [Some(relevance), Some(z), Some(quotient)] => {
            let slices = [&relevance, &z, &quotient].map(slice);
            number(cpu::total(slices, |_, [relevance, z, quotient]| relevance - z * quotient), &device)
        }
        _ => (relevance.clone() - z.clone() * quotient.clone()).sum(),
    }
}

/// Σ|x|.
pub fn magnitude<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    match on_cpu(x) {
        Some(values) => number(cpu::total([slice(&values)], |_, [value]| value.abs()), &x.device()),
        None => x.clone().abs().sum(),
    }
}

/// Σ over channels of their values [1, C, H, W], each times its weight [C].
pub fn weighted(x: &Tensor<4>, weights: &Tensor<1>) -> Tensor<1> {
    if let (Some(values), Some(weights)) = (on_cpu(x), on_cpu(weights)) {
        return number(cpu::weighted(slice(&values), slice(&weights)), &x.device());
    }
    let [_, channels, height, width] = x.dims();
    let sums = x.clone().reshape([channels, height * width]).sum_dim(1).reshape([channels]);
    (sums * weights.clone()).sum()
}

fn number(value: f64, device: &Device) -> Tensor<1> {
    Tensor::from_data([value as f32], device)
}

/// The max-pool 3×3 of stride 2 and padding 1, [N, C, H, W] to [N, C, ⌈H/2⌉, ⌈W/2⌉], with the places of the
/// maxima in their planes: the first of equals.
pub fn max_pool(x: Tensor<4>) -> (Tensor<4>, Tensor<4, Int>) {
    let Some(values) = on_cpu(&x) else {
        let options = MaxPoolOptions::new([3; 2]).with_stride([2; 2]).with_padding([1; 2]);
        return max_pool2d_with_indices(x, options);
    };
    let [batch, channels, height, width] = x.dims();
    let (maxima, places) = cpu::max_pool(batch * channels, [height, width], slice(&values));
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

fn with(result: Tensor<4>, extra: Extra<&Tensor<4>>) -> Tensor<4> {
    match extra {
        Extra::None => result,
        Extra::Addend(addend) => result + addend.clone(),
        Extra::Mask(mask) => result.mask_fill(mask.clone().lower_equal_elem(0.0), 0.0),
    }
}

type OnCpu = <Flex as BackendTypes>::FloatTensorPrimitive;

/// A tensor's values in order; none where it is not on the CPU.
fn on_cpu<const D: usize>(tensor: &Tensor<D>) -> Option<OnCpu> {
    Some(tensor.clone().try_into_primitive::<Flex>().ok()?.to_contiguous())
}

/// The buffer of a tensor that is not on the CPU.
fn on_gpu<const D: usize>(tensor: Tensor<D>) -> CubeTensor {
    match tensor.try_into_primitive::<Wgpu>() {
        Ok(buffer) => buffer,
        Err(_) => unreachable!("there are two backends, and a layer's tensors are on one of them"),
    }
}

fn slice(values: &OnCpu) -> &[f32] {
    let (start, end) = values.layout().contiguous_offsets().unwrap_or_default();
    &values.storage()[start..end]
}
