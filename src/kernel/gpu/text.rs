//! The common parts of all shaders' sources.

pub(crate) use crate::shader::THREADS;

/// How large the part of a result is that a thread computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tiles {
    /// As a GPU likes it.
    Plain,
    /// Larger ones, for adapters to which reading a value is dearer than keeping sums in memory.
    Wide,
}

/// The joined text for each number below `count`.
pub fn each(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

/// The text that puts so many sums in a loop, where they are in memory in any case: much shorter than a statement for each,
/// and so much faster to compile. `sum` names each one; `put` writes `sums[at]`.
pub fn in_a_loop(count: usize, sum: impl Fn(usize) -> String, put: &str) -> String {
    let sums = each(count, |at| format!("\n  sums[{at}] = {};", sum(at)));
    format!(
        "
  var sums: array<f32, {count}>;{sums}
  for (var at = 0; at < {count}; at++) {{{put}
  }}"
    )
}

/// The beginning of every shader.
pub const BINDINGS: &str = "// products
struct Info {
  images: i32, reduced: i32, produced: i32,
  source_rows: i32, source_columns: i32, result_rows: i32, result_columns: i32,
  weight_reduced: i32, weight_produced: i32, first_place: i32, place_step: i32,
  coarse_rows: i32, coarse_columns: i32, source_step: i32, result_step: i32,
  has_bias: i32, extra_kind: i32, rectified: i32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> extra: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read> info: Info;

fn bias_of(channel: i32) -> f32 {
  if (info.has_bias == 0) { return 0.0; }
  return bias[channel];
}

fn put(at: i32, sum: f32) {
  var value = sum;
  if (info.extra_kind == 1) { value += extra[at]; }
  if (info.extra_kind == 2 && extra[at] <= 0.0) { value = 0.0; }
  if (info.rectified == 1) { value = max(value, 0.0); }
  y[at] = value;
}
";
