//! Our own convolutions on the GPU, and how they are launched. `pointwise` and `spatial` generate the shaders.

use burn::tensor::Shape;
use burn_cubecl::cubecl::prelude::KernelId;
use burn_cubecl::ops::numeric;
use burn_wgpu::{CubeTensor, KernelSource, SourceTemplate, into_contiguous};

use super::text::Tiles;
use super::{pointwise, spatial};
use crate::kernel::{Direction, Extra, Geometry};
use crate::shader::{THREADS, Writes, launch, spread};

/// The kinds of shaders. Sizes are passed when a shader runs, so a network needs only a few of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shader {
    /// 1×1 with any stride, in both directions.
    Pointwise(Tiles),
    /// Each pixel of the result depends on a window of the source. At stride 1, both directions differ only in the
    /// order of the weights.
    Spatial { kernel: usize, stride: usize, direction: Direction, tiles: Tiles },
}

impl Shader {
    /// The shader for a layer; none if there is none.
    fn of(geometry: &Geometry, direction: Direction, tiles: Tiles) -> Option<Self> {
        let Geometry { kernel, stride, padding, groups, .. } = *geometry;
        match (groups, kernel, stride) {
            _ if padding != kernel / 2 => None,
            (1, 1, _) => Some(Self::Pointwise(tiles)),
            (1, 3, 1) => Some(Self::Spatial { kernel, stride, direction: Direction::Forward, tiles }),
            (1, 3, 2) => Some(Self::Spatial { kernel, stride, direction, tiles }),
            (1, 7, 2) => Some(Self::Spatial { kernel, stride, direction, tiles }),
            _ => None,
        }
    }
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(match *self {
            Self::Pointwise(tiles) => pointwise::wgsl(tiles),
            Self::Spatial { kernel, stride, direction, tiles } => spatial::wgsl(kernel, stride, direction, tiles),
        })
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(*self)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Whether there is a shader for a layer in this direction.
pub fn serves(geometry: &Geometry, direction: Direction, tiles: Tiles) -> bool {
    Shader::of(geometry, direction, tiles).is_some()
}

/// A convolution, or its vector-Jacobian product.
pub struct Work<'a> {
    pub geometry: &'a Geometry,
    pub direction: Direction,
    pub tiles: Tiles,
    /// The input, or the output's cotangent.
    pub x: &'a CubeTensor,
    pub weight: &'a CubeTensor,
    /// None on the way back.
    pub bias: Option<&'a CubeTensor>,
    /// What becomes of a sum first.
    pub extra: Extra<CubeTensor>,
    /// Whether a ReLU follows.
    pub rectified: bool,
}

impl Work<'_> {
    /// Runs it; none if there is no shader for it.
    pub fn run(self) -> Option<CubeTensor> {
        let Self { geometry, direction, tiles, x, weight, bias, extra, rectified } = self;
        let shader = Shader::of(geometry, direction, tiles)?;
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
        let gaps = matches!(shader, Shader::Pointwise(_)) && direction == Direction::Vjp && stride > 1;
        if gaps && matches!(extra, Extra::Addend(_)) {
            return None;
        }
        // A shader's buffers must all be there, even one that nothing is read from.
        let or_any = |tensor: Option<CubeTensor>| tensor.map_or_else(|| weight.clone(), into_contiguous);
        let (extra_kind, extra) = match extra {
            Extra::None => (0, None),
            Extra::Addend(addend) => (1, Some(addend)),
            Extra::Mask(mask) => (2, Some(mask)),
        };
        let has_bias = usize::from(bias.is_some());
        let [bias, extra] = [bias.cloned(), extra].map(or_any);
        let shape = Shape::new([batch, produced, result[0], result[1]]);
        let (client, device) = (x.client.clone(), x.device.clone());
        let y = match gaps {
            true => numeric::zeros(device, shape, x.dtype),
            false => numeric::empty_device_contiguous_dtype(client, device, shape, x.dtype),
        };
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
                Shader::Pointwise(tiles) => pointwise::threads(produced, coarse, tiles),
                Shader::Spatial { kernel, stride, direction, tiles } => {
                    spatial::threads([kernel, stride], direction, tiles, produced, result)
                }
            };
        let most = y.client.properties().hardware.max_cube_count.0;
        let workgroups = spread(threads.div_ceil(THREADS as usize), most)?;
        let writes = if gaps { Writes::Some } else { Writes::All };
        launch(shader, &[&x, &weight, &bias, &extra], &[(&y, writes)], &info, workgroups);
        Some(y)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Tensor, TensorData};
    use pollster::block_on;

    use super::*;
    use crate::device::{self, Choice, Device};
    use crate::kernel::{Candidate, convolve, vjp};
    use crate::random::unit;

    /// A stem of 64 channels on 32 pictures of 512² needs more workgroups than fit into one dimension. As many pictures
    /// of one pixel need as many, and hardly any memory.
    #[test]
    fn more_workgroups_than_fit_one_dimension_are_right() {
        let adapter = device::adapter().expect("a Vulkan adapter, such as the software one that CI installs");
        let gpu = block_on(Device::open(Choice::WebGpu, Ok(adapter))).unwrap();
        let stem = 32 * spatial::threads([7, 2], Direction::Forward, Tiles::Plain, 64, [256; 2]);
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
