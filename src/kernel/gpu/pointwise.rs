//! 1×1 convolutions: each thread computes 8 channels of 8 pixels, 64 products for 16 values read.

use super::text::{BINDINGS, THREADS, each};

const PIXELS: usize = 8;
const CHANNELS: usize = 8;

/// Number of threads for each picture.
pub fn threads(produced: usize, [rows, columns]: [usize; 2]) -> usize {
    (rows * columns).div_ceil(PIXELS) * produced.div_ceil(CHANNELS)
}

/// The shader's source. Its pixels are those of the smaller side, which a stride above 1 spreads over the larger one.
/// Neighbouring threads compute neighbouring pixels.
pub fn wgsl() -> String {
    let pixels = each(PIXELS, |p| {
        format!(
            "
  let p{p} = min(tile + {p} * tiles, pixels - 1);
  var s{p} = image * info.reduced * source_plane
    + (p{p} / info.coarse_columns * info.source_columns + p{p} % info.coarse_columns) * info.source_step;"
        )
    });
    let channels = each(CHANNELS, |c| {
        let sums = each(PIXELS, |p| format!(" var sum{c}_{p} = 0.0;"));
        format!("\n  var w{c} = min(channel + {c}, info.produced - 1) * info.weight_produced;{sums}")
    });
    let load = each(PIXELS, |p| format!("\n    let x{p} = x[s{p}]; s{p} += source_plane;"));
    let multiply = each(CHANNELS, |c| {
        let products = each(PIXELS, |p| format!(" sum{c}_{p} += v{c} * x{p};"));
        format!("\n    let v{c} = weight[w{c}]; w{c} += info.weight_reduced;{products}")
    });
    let store = each(CHANNELS, |c| {
        let puts = each(PIXELS, |p| {
            format!(
                "
    if (tile + {p} * tiles < pixels) {{
      let place = p{p} / info.coarse_columns * info.result_columns + p{p} % info.coarse_columns;
      put(plane + place * info.result_step, sum{c}_{p} + b);
    }}"
            )
        });
        format!(
            "
  if (channel + {c} < info.produced) {{
    let b = bias_of(channel + {c});
    let plane = (image * info.produced + channel + {c}) * result_plane;{puts}
  }}"
        )
    });
    format!(
        "{BINDINGS}
@compute @workgroup_size({THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {{
  let pixels = info.coarse_rows * info.coarse_columns;
  let tiles = (pixels + {PIXELS} - 1) / {PIXELS};
  let groups = (info.produced + {CHANNELS} - 1) / {CHANNELS};
  let thread = i32(id.x + id.y * workgroups.x * {THREADS});
  if (thread >= info.images * groups * tiles) {{ return; }}
  let tile = thread % tiles;
  let channel = thread / tiles % groups * {CHANNELS};
  let image = thread / (tiles * groups);
  let source_plane = info.source_rows * info.source_columns;
  let result_plane = info.result_rows * info.result_columns;{pixels}{channels}
  for (var i = 0; i < info.reduced; i++) {{{load}{multiply}
  }}{store}
}}
"
    )
}
