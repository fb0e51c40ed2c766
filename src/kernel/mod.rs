//! Convolutions on each device: on the CPU our own, elsewhere Burn's.

mod cpu;

use burn::backend::{BackendTypes, Flex};
use burn::tensor::activation::relu;
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Tensor, TensorData};

/// The sizes of a convolution with a square kernel, and of what it is given.
#[derive(Clone, Copy, Debug)]
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

    /// Whether each output pixel sees just the input pixel at its place.
    fn is_pointwise(&self) -> bool {
        self.kernel == 1 && self.stride == 1
    }
}

/// w ∗ x + bias, plus `addend` where there is one, and ReLU where asked for: [N, C, H, W] to
/// [N, C′, H′, W′].
pub fn convolve(
    geometry: &Geometry,
    x: Tensor<4>,
    weight: &Tensor<4>,
    bias: &Tensor<1>,
    addend: Option<Tensor<4>>,
    rectified: bool,
) -> Tensor<4> {
    let Geometry { batch, outputs, stride, padding, groups, output: [height, width], .. } = *geometry;
    if let (Some(values), Some(weight), Some(bias)) = (on_cpu(&x), on_cpu(weight), on_cpu(bias)) {
        let addend = addend.as_ref().and_then(on_cpu);
        let addend = addend.as_ref().map(slice);
        let result = cpu::convolve(geometry, slice(&values), slice(&weight), slice(&bias), addend, rectified);
        return Tensor::from_data(TensorData::new(result, [batch, outputs, height, width]), &x.device());
    }
    let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], groups);
    let result = conv2d(x, weight.clone(), Some(bias.clone()), options);
    let result = match addend {
        Some(addend) => result + addend,
        None => result,
    };
    if rectified { relu(result) } else { result }
}

/// The vector-Jacobian product of the convolution alone: a cotangent [N, C′, H′, W′] to [N, C, H, W].
pub fn vjp(geometry: &Geometry, cotangent: Tensor<4>, weight: &Tensor<4>) -> Tensor<4> {
    let Geometry { batch, inputs, kernel, stride, padding, groups, input, output, .. } = *geometry;
    if let (Some(values), Some(weight)) = (on_cpu(&cotangent), on_cpu(weight)) {
        let result = cpu::vjp(geometry, slice(&values), slice(&weight));
        return Tensor::from_data(TensorData::new(result, [batch, inputs, input[0], input[1]]), &cotangent.device());
    }
    let lost = |axis: usize| input[axis] + 2 * padding - (output[axis] - 1) * stride - kernel;
    let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [lost(0), lost(1)], [1; 2], groups);
    conv_transpose2d(cotangent, weight.clone(), None, options)
}

type OnCpu = <Flex as BackendTypes>::FloatTensorPrimitive;

/// A tensor's values in order; none where it is not on the CPU.
fn on_cpu<const D: usize>(tensor: &Tensor<D>) -> Option<OnCpu> {
    Some(tensor.clone().try_into_primitive::<Flex>().ok()?.to_contiguous())
}

fn slice(values: &OnCpu) -> &[f32] {
    let (start, end) = values.layout().contiguous_offsets().unwrap_or_default();
    &values.storage()[start..end]
}
