//! Sums over whole tensors, and Equation 1's division together with the sum of what it leaves. Each takes one dispatch, and gives
//! a summand for each workgroup; they are added when they are read.

use burn::tensor::{Shape, Tensor};
use burn_cubecl::cubecl::prelude::KernelId;
use burn_cubecl::ops::numeric;
use burn_wgpu::{CubeTensor, KernelSource, SourceTemplate, Wgpu, into_contiguous};

use super::buffer;
use super::text::THREADS;
use crate::kernel::{Divisor, Epsilon, Term};
use crate::shader::{Writes, launch};

/// The largest number of workgroups that share a tensor's values.
const GROUPS: usize = 256;

/// The number of values for which a thread is worth it.
const EACH: usize = 8;

/// With fewer channels, a thread adds all of a place's.
const FEW: usize = 64;

/// Σ of a term over the values of tensors in the same shape, as a tensor of summands. `plane` is the number of values for each
/// of the last tensor's.
pub fn sum<const D: usize, const K: usize>(term: Term, tensors: [&Tensor<D>; K], plane: usize) -> Tensor<1> {
    let tensors = tensors.map(contiguous);
    let count = elements(&tensors[0]);
    let groups = groups(count);
    let sums = beside(&tensors[0], [groups]);
    let read = tensors.each_ref();
    launch(Shader::Sum(term), &read, &[(&sums, Writes::All)], &[count, step(groups), plane], [groups as u32, 1]);
    Tensor::from_primitive::<Wgpu>(sums)
}

/// R ⊘ (z + ε), in the shape of both, and Σ(R − z ⊙ quotient) as a tensor of summands.
pub fn quotient<const D: usize>(
    relevance: &Tensor<D>,
    z: &Tensor<D>,
    epsilon: &Epsilon,
    divisor: Divisor,
) -> (Tensor<D>, Tensor<1>) {
    let [relevance, z] = [relevance, z].map(contiguous);
    let count = elements(&z);
    let groups = groups(count);
    let (quotient, sums) = (beside(&z, z.meta.shape().clone()), beside(&z, [groups]));
    let (computed, number) = match epsilon {
        Epsilon::Number(number) => (None, *number),
        Epsilon::Computed(epsilon) => (Some(contiguous(epsilon)), 0.0),
    };
    let info = [count, step(groups), usize::from(computed.is_some()), number.to_bits() as usize];
    // A shader's buffers must all be there, even one that nothing is read from.
    let read = [&relevance, &z, computed.as_ref().unwrap_or(&z)];
    let written = [(&quotient, Writes::All), (&sums, Writes::All)];
    launch(Shader::Quotient(divisor), &read, &written, &info, [groups as u32, 1]);
    (Tensor::from_primitive::<Wgpu>(quotient), Tensor::from_primitive::<Wgpu>(sums))
}

/// The sum of values `[1, C, H, W]` over the channels, `[1, 1, H, W]`, and Σ|x| as a tensor of summands.
pub fn over_channels(x: &Tensor<4>) -> (Tensor<4>, Tensor<1>) {
    let [_, channels, height, width] = x.dims();
    let x = contiguous(x);
    let plane = height * width;
    let places = if channels < FEW { THREADS as usize } else { 8 };
    let groups = plane.div_ceil(places);
    let (map, sums) = (beside(&x, [1, 1, height, width]), beside(&x, [groups]));
    let written = [(&map, Writes::All), (&sums, Writes::All)];
    launch(Shader::OverChannels, &[&x], &written, &[channels, places, plane], [groups as u32, 1]);
    (Tensor::from_primitive::<Wgpu>(map), Tensor::from_primitive::<Wgpu>(sums))
}

fn contiguous<const D: usize>(tensor: &Tensor<D>) -> CubeTensor {
    into_contiguous(buffer(tensor.clone()))
}

fn elements(tensor: &CubeTensor) -> usize {
    tensor.meta.shape().num_elements()
}

/// The number of workgroups that share so many values.
fn groups(count: usize) -> usize {
    count.div_ceil(EACH * THREADS as usize).clamp(1, GROUPS)
}

/// The distance between two values of the same thread.
fn step(groups: usize) -> usize {
    groups * THREADS as usize
}

/// A new tensor on the GPU of another one.
fn beside(tensor: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    let CubeTensor { client, device, dtype, .. } = tensor.clone();
    numeric::empty_device_contiguous_dtype(client, device, shape.into(), dtype)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shader {
    Sum(Term),
    Quotient(Divisor),
    OverChannels,
}

impl Shader {
    /// What the shader is for, the names of what it reads and writes, the fields of its numbers, and its text.
    fn parts(self) -> (&'static str, &'static [&'static str], &'static [&'static str], &'static str, String) {
        match self {
            Self::Sum(term) => {
                let (read, term): (&[_], _) = match term {
                    Term::Value => (&["a"], "a[i]"),
                    Term::Magnitude => (&["a"], "abs(a[i])"),
                    Term::Product => (&["a", "b"], "a[i] * b[i]"),
                    Term::Weighted => (&["a", "b"], "a[i] * b[i / info.plane]"),
                };
                let text = format!(
                    "
  var sum = 0.0;
  for (var i = id.x; i < info.count; i += info.step) {{ sum += {term}; }}
  sum = fold(own, sum, 1u);
  if (own == 0u) {{ sums[group.x] = sum; }}"
                );
                ("sums", read, &["sums"], "count: u32, step: u32, plane: u32", text)
            }
            Self::Quotient(divisor) => {
                let quotient = match divisor {
                    Divisor::Plain => "r[i] / (z[i] + epsilon)",
                    Divisor::Signed => "r[i] / select(z[i] + epsilon, z[i] - epsilon, z[i] < 0.0)",
                    Divisor::Rectified => "select(r[i] / (z[i] + epsilon), 0.0, z[i] <= 0.0)",
                };
                let text = format!(
                    "
  var epsilon = bitcast<f32>(info.epsilon);
  if (info.computed == 1u) {{ epsilon = e[0]; }}
  var sum = 0.0;
  for (var i = id.x; i < info.count; i += info.step) {{
    let quotient = {quotient};
    y[i] = quotient;
    sum += r[i] - z[i] * quotient;
  }}
  sum = fold(own, sum, 1u);
  if (own == 0u) {{ sums[group.x] = sum; }}"
                );
                let info = "count: u32, step: u32, computed: u32, epsilon: u32";
                ("Equation 1's divisions", &["r", "z", "e"], &["y", "sums"], info, text)
            }
            Self::OverChannels => {
                let text = "
  let place = group.x * info.places + own % info.places;
  var sum = 0.0;
  var magnitude = 0.0;
  if (place < info.plane) {
    for (var c = own / info.places; c < info.channels; c += 64u / info.places) {
      let value = x[c * info.plane + place];
      sum += value;
      magnitude += abs(value);
    }
  }
  sum = fold(own, sum, info.places);
  if (own < info.places && place < info.plane) { map[place] = sum; }
  workgroupBarrier();
  magnitude = fold(own, magnitude, 1u);
  if (own == 0u) { sums[group.x] = magnitude; }";
                let info = "channels: u32, places: u32, plane: u32";
                ("sums over channels", &["x"], &["map", "sums"], info, text.to_owned())
            }
        }
    }
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        let (what, read, written, info, text) = self.parts();
        let buffers = read.iter().map(|name| ("read", name)).chain(written.iter().map(|name| ("read_write", name)));
        let bindings: String = buffers
            .enumerate()
            .map(|(at, (way, name))| format!("@group(0) @binding({at}) var<storage, {way}> {name}: array<f32>;\n"))
            .collect();
        SourceTemplate::new(format!(
            "// {what}
struct Info {{ {info} }}
{bindings}@group(0) @binding({}) var<storage, read> info: Info;
var<workgroup> part: array<f32, {THREADS}>;

// Adds the threads' values to `left` sums, each of those that are the same distance apart, which its own thread then has. There is one
// barrier, and not one for each halving: where a processor emulates the GPU, they are what takes the time.
fn fold(own: u32, value: f32, left: u32) -> f32 {{
  part[own] = value;
  workgroupBarrier();
  var sum = 0.0;
  if (own < left) {{
    for (var at = own; at < {THREADS}u; at += left) {{ sum += part[at]; }}
  }}
  return sum;
}}

@compute @workgroup_size({THREADS})
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) own: u32,
  @builtin(workgroup_id) group: vec3<u32>,
) {{{text}
}}
",
            read.len() + written.len()
        ))
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(*self)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}
