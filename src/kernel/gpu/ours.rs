//! Our own convolutions on the GPU, and how they are launched. `pointwise` and `spatial` generate the shaders.

use burn::tensor::Shape;
use burn_cubecl::cubecl::ir::attributes::BufferIOAttr;
use burn_cubecl::cubecl::prelude::{CubeCount, KernelId};
use burn_cubecl::cubecl::server::{KernelArguments, MetadataBindingInfo};
use burn_cubecl::ops::numeric;
use burn_wgpu::{CubeDim, CubeTensor, KernelSource, SourceKernel, SourceTemplate, into_contiguous};

use super::text::THREADS;
use super::{pointwise, spatial};
use crate::kernel::{Direction, Extra, Geometry};

/// The kinds of shaders. Sizes are passed when a shader runs, so a network needs only a few of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shader {
    /// 1×1 with any stride, in both directions.
    Pointwise { wide: bool },
    /// Each pixel of the result depends on a window of the source. At stride 1, both directions differ only in the
    /// order of the weights.
    Spatial { kernel: usize, stride: usize, direction: Direction, wide: bool },
}

impl Shader {
    /// The shader for a layer, with larger tiles if `wide` is set; none if there is none.
    fn of(geometry: &Geometry, direction: Direction, wide: bool) -> Option<Self> {
        let Geometry { kernel, stride, padding, groups, .. } = *geometry;
        match (groups, kernel, stride) {
            _ if padding != kernel / 2 => None,
            (1, 1, _) => Some(Self::Pointwise { wide }),
            (1, 3, 1) => Some(Self::Spatial { kernel, stride, direction: Direction::Forward, wide }),
            (1, 3, 2) => Some(Self::Spatial { kernel, stride, direction, wide }),
            (1, 7, 2) if !wide => Some(Self::Spatial { kernel, stride, direction, wide }),
            _ => None,
        }
    }
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(match *self {
            Self::Pointwise { wide } => pointwise::wgsl(wide),
            Self::Spatial { kernel, stride, direction, wide } => spatial::wgsl(kernel, stride, direction, wide),
        })
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(*self)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Whether there is a shader for a layer in this direction, with larger tiles if `wide` is set.
pub fn serves(geometry: &Geometry, direction: Direction, wide: bool) -> bool {
    Shader::of(geometry, direction, wide).is_some()
}

/// Runs a convolution, or its vector-Jacobian product without bias; none if there is no shader for it. `x` is the
/// input, or the cotangent; `wide` asks for larger tiles; the other arguments are those of [`super::convolve`].
#[allow(clippy::too_many_arguments, reason = "those of a layer, and how it is computed")]
pub fn run(
    geometry: &Geometry,
    direction: Direction,
    wide: bool,
    x: &CubeTensor,
    weight: &CubeTensor,
    bias: Option<&CubeTensor>,
    extra: &Extra<CubeTensor>,
    rectified: bool,
) -> Option<CubeTensor> {
    let shader = Shader::of(geometry, direction, wide)?;
    let Geometry { batch, inputs, outputs, kernel, stride, input, output, .. } = *geometry;
    let [x, weight] = [x, weight].map(|tensor| into_contiguous(tensor.clone()));
    let places = kernel * kernel;
    // The channels that are summed over and those that are produced, and the distances between their weights.
    let (reduced, produced, [source, result], [weight_reduced, weight_produced], [first, step]) = match direction {
        Direction::Forward => (inputs, outputs, [input, output], [places, inputs * places], [0, 1]),
        // At stride 1 the window is turned by 180 degrees; otherwise the shader finds the right weights itself.
        Direction::Vjp if stride == 1 => {
            (outputs, inputs, [output, input], [inputs * places, places], [places - 1, usize::MAX])
        }
        Direction::Vjp => (outputs, inputs, [output, input], [inputs * places, places], [0, 1]),
    };
    // A 1×1 kernel with stride s leaves gaps between the pixels of the result; they are filled with zeros beforehand.
    let gaps = matches!(shader, Shader::Pointwise { .. }) && direction == Direction::Vjp && stride > 1;
    if gaps && matches!(extra, Extra::Addend(_)) {
        return None;
    }
    let (extra_kind, extra) = match extra {
        Extra::None => (0, weight.clone()),
        Extra::Addend(addend) => (1, into_contiguous(addend.clone())),
        Extra::Mask(mask) => (2, into_contiguous(mask.clone())),
    };
    let shape = Shape::new([batch, produced, result[0], result[1]]);
    let (client, device) = (x.client.clone(), x.device.clone());
    let y = match gaps {
        true => numeric::zeros(device, shape, x.dtype),
        false => numeric::empty_device_contiguous_dtype(client, device, shape, x.dtype),
    };
    let has_bias = usize::from(bias.is_some());
    let bias = bias.map_or_else(|| weight.clone(), |bias| into_contiguous(bias.clone()));
    let coarse = if direction == Direction::Forward { result } else { source };
    let [source_step, result_step] = if direction == Direction::Forward { [stride, 1] } else { [1, stride] };
    let info = [
        batch,
        reduced,
        produced,
        source[0],
        source[1],
        result[0],
        result[1],
        weight_reduced,
        weight_produced,
        first,
        step,
        coarse[0],
        coarse[1],
        source_step,
        result_step,
        has_bias,
        extra_kind,
        usize::from(rectified),
    ];
    let threads = batch
        * match shader {
            Shader::Pointwise { wide } => pointwise::threads(produced, coarse, wide),
            Shader::Spatial { kernel, stride, direction, wide } => {
                spatial::threads([kernel, stride], direction, wide, produced, result)
            }
        };
    let read = |tensor: &CubeTensor| tensor.handle.clone().binding();
    let arguments = KernelArguments::new()
        .with_buffer_io(read(&x), BufferIOAttr::ReadOnly)
        .with_buffer_io(read(&weight), BufferIOAttr::ReadOnly)
        .with_buffer_io(read(&bias), BufferIOAttr::ReadOnly)
        .with_buffer_io(read(&extra), BufferIOAttr::ReadOnly)
        .with_buffer_io(read(&y), if gaps { BufferIOAttr::ReadWrite } else { BufferIOAttr::WriteOnly })
        .with_info(MetadataBindingInfo::custom(words(&info)));
    let client = y.client.clone();
    let [across, down] = spread(threads.div_ceil(THREADS as usize), client.properties().hardware.max_cube_count.0)?;
    let kernel = SourceKernel::new(shader, CubeDim::new_1d(THREADS));
    client.launch(Box::new(kernel), CubeCount::new_2d(across, down), arguments);
    Some(y)
}

/// Splits a number of workgroups into two dimensions of at most `most` each; none if they don't suffice. Surplus
/// workgroups find nothing to do.
fn spread(count: usize, most: u32) -> Option<[u32; 2]> {
    let down = count.div_ceil(most as usize).max(1);
    let across = count.div_ceil(down);
    (down <= most as usize).then_some([across as u32, down as u32])
}

/// Packs two 32-bit numbers into each word, the first one in the low half.
fn words(info: &[usize]) -> Vec<u64> {
    info.chunks(2)
        .map(|pair| pair.iter().rev().fold(0, |word, &number| word << 32 | u64::from(number as u32)))
        .collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Tensor, TensorData};
    use pollster::block_on;

    use super::*;
    use crate::device::{self, Choice, Device};
    use crate::kernel::{Candidate, convolve, vjp};
    use crate::random::unit;

    #[test]
    fn workgroups_spread_over_two_dimensions() {
        for (count, most) in [(1, 1), (65_535, 65_535), (65_536, 65_535), (1_000_003, 65_535), (4, 2)] {
            let [across, down] = spread(count, most).unwrap();
            assert!(across <= most && down <= most && across as usize * down as usize >= count);
            // Few workgroups have nothing to do.
            assert!((across as usize * down as usize) < count + down as usize);
        }
        assert_eq!(spread(5, 2), None);
    }

    /// A stem of 64 channels on 32 pictures of 512² needs more workgroups than fit into one dimension. As many pictures
    /// of one pixel need as many, and hardly any memory.
    #[test]
    fn more_workgroups_than_fit_one_dimension_are_right() {
        let adapter = device::adapter().expect("a Vulkan adapter, such as the software one that CI installs");
        let gpu = block_on(Device::open(Choice::WebGpu, Ok(adapter))).unwrap();
        let stem = 32 * spatial::threads([7, 2], Direction::Forward, false, 64, [256; 2]);
        assert!(stem.div_ceil(THREADS as usize) > 65_535);
        let values: Vec<f32> = (0..stem).map(|at| unit("x", at)).collect();
        for (kernel, stride, direction) in [(1, 1, Direction::Forward), (3, 2, Direction::Vjp)] {
            let geometry = Geometry::new([1, 1, kernel, kernel], stride, 1, stem, [1; 2]);
            let on = |values: Vec<f32>, shape: [usize; 4]| {
                Tensor::<4>::from_data(TensorData::new(values, shape), gpu.burn())
            };
            let x = on(values.clone(), [stem, 1, 1, 1]);
            // The centre is the only place of the kernel that is not beyond the edges.
            let weight = on(vec![0.5; kernel * kernel], [1, 1, kernel, kernel]).into();
            let bias = Tensor::from_data([0.25f32], gpu.burn());
            let (found, added) = match direction {
                Direction::Forward => {
                    (convolve(&geometry, Candidate::Tiled, x, &weight, &bias, Extra::None, false), 0.25)
                }
                Direction::Vjp => (vjp(&geometry, Candidate::Tiled, x, &weight, Extra::None, None), 0.0),
            };
            let found = block_on(crate::witness::read_one(found)).unwrap();
            gpu.check().unwrap();
            // Half of a number is exact, and the sum with a quarter is rounded in the same way on both sides.
            let off = found.iter().zip(&values).map(|(a, x)| (a - (0.5 * x + added)).abs()).fold(0f32, f32::max);
            assert!(found.len() == stem && off == 0.0, "{kernel}×{kernel} of stride {stride}: off by {off}");
        }
    }
}
