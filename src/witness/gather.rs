//! Gathers parts of tensors on a GPU into few buffers, several tensors in one dispatch.

use burn::tensor::{DType, Shape, Slice, Tensor};
use burn_cubecl::cubecl::prelude::KernelId;
use burn_cubecl::ops::numeric;
use burn_wgpu::{CubeTensor, KernelSource, SourceTemplate, Wgpu};

use crate::shader::{THREADS, Writes, launch};

/// Number of tensors that a dispatch reads from: what is left of a shader's eight buffers.
const SOURCES: usize = 6;

/// How many bytes may wait to be gathered, so that tensors that nothing else needs are soon released.
const HELD: u64 = 16 << 20;

/// The least number of parts that a dispatch is told of; those that aren't there have no values. The runtime keeps a buffer for
/// each list of up to 2,048 bytes, in case it comes again, which places that are drawn never do.
const LISTED: usize = 64;

/// How many values a thread copies of the largest part. Most parts are much smaller, and leave workgroups with nothing to do.
const EACH: usize = 8;

/// How many axes of a part may have more than one value.
const AXES: usize = 3;

/// Some of the values of a tensor on a GPU.
pub(crate) struct Pick {
    source: CubeTensor,
    /// Where the first one is.
    first: usize,
    /// For each axis the number of values, and the distance between two of them.
    axes: [[usize; 2]; AXES],
}

impl Pick {
    /// The values within slices; none if they can't be gathered: those on the CPU, for example.
    pub(super) fn of<const D: usize>(tensor: &Tensor<D>, slices: &[Slice; D]) -> Option<Self> {
        let source = tensor.clone().try_into_primitive::<Wgpu>().ok()?;
        if source.dtype != DType::F32 || source.meta.is_tiled() {
            return None;
        }
        let (mut first, mut axes) = (0, Vec::<[usize; 2]>::with_capacity(D));
        for ((slice, &side), &stride) in slices.iter().zip(source.meta.shape().iter()).zip(source.meta.strides().iter())
        {
            let (range, step) = slice.to_range_and_step(side);
            let (count, step) = (slice.output_size(side), usize::try_from(step).ok()? * stride);
            first += range.start * stride;
            match axes.last_mut() {
                _ if count == 1 => {}
                // The two axes are one.
                Some([counts, steps]) if *steps == count * step => (*counts, *steps) = (*counts * count, step),
                _ => axes.push([count, step]),
            }
        }
        let mut padded = [[1, 0]; AXES];
        padded.get_mut(..axes.len())?.copy_from_slice(&axes);
        Some(Self { source, first, axes: padded })
    }

    /// The number of values.
    pub(super) fn count(&self) -> usize {
        self.axes.iter().map(|[count, _]| count).product()
    }
}

/// A buffer that is being filled.
pub(super) struct Sheet {
    values: CubeTensor,
    size: usize,
    used: usize,
    /// The tensors that are read by the next dispatch.
    sources: Vec<CubeTensor>,
    /// For each part of them: its source, where it comes to, and the pick's own numbers.
    parts: Vec<[usize; 3 + 2 * AXES]>,
    /// The largest number of values in a part.
    largest: usize,
}

impl Sheet {
    /// A buffer of `size` values on the GPU of a pick.
    pub(super) fn beside(pick: &Pick, size: usize) -> Self {
        let CubeTensor { client, device, dtype, .. } = pick.source.clone();
        let values = numeric::empty_device_contiguous_dtype(client, device, Shape::new([size]), dtype);
        Self { values, size, used: 0, sources: Vec::new(), parts: Vec::new(), largest: 0 }
    }

    /// Whether so many more values fit.
    pub(super) fn fits(&self, count: usize) -> bool {
        self.used + count <= self.size
    }

    /// Adds values, which must fit, and says where they begin.
    pub(super) fn write(&mut self, Pick { source, first, axes }: Pick) -> usize {
        let at = self.source(source);
        let count = axes.iter().map(|[count, _]| count).product();
        let mut part = [at, self.used, first, 0, 0, 0, 0, 0, 0];
        part[3..].copy_from_slice(axes.as_flattened());
        self.parts.push(part);
        self.largest = self.largest.max(count);
        self.used += count;
        self.used - count
    }

    /// The number of a tensor among those that are read. If there is no room for it, those before it are gathered.
    fn source(&mut self, tensor: CubeTensor) -> usize {
        let place = |tensor: &CubeTensor| (tensor.handle.memory.clone().binding().id(), tensor.handle.offset_start);
        if let Some(at) = self.sources.iter().position(|source| place(source) == place(&tensor)) {
            return at;
        }
        let held: u64 = self.sources.iter().map(|source| source.handle.size_in_used()).sum();
        if self.sources.len() == SOURCES || held + tensor.handle.size_in_used() > HELD {
            self.gather();
        }
        self.sources.push(tensor);
        self.sources.len() - 1
    }

    /// Gathers what was added since the last time.
    pub(super) fn gather(&mut self) {
        let (sources, mut parts) = (std::mem::take(&mut self.sources), std::mem::take(&mut self.parts));
        let Some(last) = sources.last() else { return };
        // All buffers of the shader must be there.
        let read: Vec<_> = (0..SOURCES).map(|at| sources.get(at).unwrap_or(last)).collect();
        let workgroups = [self.largest.div_ceil(EACH * THREADS as usize) as u32, parts.len() as u32];
        parts.resize(parts.len().max(LISTED), Default::default());
        launch(Gather, &read, &[(&self.values, Writes::Some)], parts.as_flattened(), workgroups);
        self.largest = 0;
    }

    /// The filled buffer.
    pub(super) fn closed(mut self) -> Tensor<1> {
        self.gather();
        Tensor::from_primitive::<Wgpu>(self.values)
    }
}

/// The shader: a row of workgroups for each part.
struct Gather;

impl KernelSource for Gather {
    fn source(&self) -> SourceTemplate {
        let bindings: String = (0..SOURCES)
            .map(|at| format!("@group(0) @binding({at}) var<storage, read> x{at}: array<f32>;\n"))
            .collect();
        let cases: String = (0..SOURCES).map(|at| format!("    case {at}u: {{ value = x{at}[place]; }}\n")).collect();
        SourceTemplate::new(format!(
            "// parts to read
{bindings}@group(0) @binding({SOURCES}) var<storage, read_write> y: array<f32>;
@group(0) @binding({}) var<storage, read> info: array<u32>;

@compute @workgroup_size({THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {{
  let part = id.y * 9u;
  let counts = vec3<u32>(info[part + 3u], info[part + 5u], info[part + 7u]);
  let count = counts.x * counts.y * counts.z;
  for (var i = id.x; i < count; i += workgroups.x * {THREADS}u) {{
    let place = info[part + 2u] + i / (counts.y * counts.z) * info[part + 4u]
      + i / counts.z % counts.y * info[part + 6u] + i % counts.z * info[part + 8u];
    var value = 0.0;
    switch info[part] {{
{cases}      default: {{}}
    }}
    y[info[part + 1u] + i] = value;
  }}
}}
",
            SOURCES + 1
        ))
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>()
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}
