//! 1×1 convolutions: each thread computes 8 channels of 8 pixels, 64 products for 16 values read; or, with the wide
//! tile, 8 channels of 25 pixels, from 4 inputs at a time, 800 products for 132 values read.

use super::text::{BINDINGS, THREADS, Tiles, each, in_a_loop};

/// The output channels of a thread.
const CHANNELS: usize = 8;

/// How many pixels a thread computes, and from how many inputs at a time.
fn tile(tiles: Tiles) -> [usize; 2] {
    match tiles {
        Tiles::Plain => [8, 1],
        // A ResNet's planes of 7², 14² and 28² pixels fill 2, 8 and 32 tiles of 25 almost.
        Tiles::Wide => [25, 4],
    }
}

/// Number of threads for each picture.
pub fn threads(produced: usize, [rows, columns]: [usize; 2], tiles: Tiles) -> usize {
    (rows * columns).div_ceil(tile(tiles)[0]) * produced.div_ceil(CHANNELS)
}

/// The shader's source. Its pixels are those of the smaller side, which a stride above 1 spreads over the larger one.
/// Neighbouring threads compute neighbouring pixels.
pub fn wgsl(tiles: Tiles) -> String {
    let [tile, inputs] = tile(tiles);
    let several = inputs > 1;
    let pixels = each(tile, |p| {
        format!(
            "
  let p{p} = min(tile + {p} * tiles, pixels - 1);
  let s{p} = image * info.reduced * source_plane
    + (p{p} / info.coarse_columns * info.source_columns + p{p} % info.coarse_columns) * info.source_step;"
        )
    });
    let channels = each(CHANNELS, |c| {
        let sums = each(tile, |p| format!(" var sum{c}_{p} = 0.0;"));
        format!("\n  let w{c} = min(channel + {c}, info.produced - 1) * info.weight_produced;{sums}")
    });
    // Beyond the last input, the last one is taken again, times 0.
    let load = each(inputs, |u| {
        let at = if several { format!("min(i + {u}, reduced - 1)") } else { "i".into() };
        let load = each(tile, |p| format!("\n    let x{u}_{p} = x[s{p} + source{u}];"));
        format!("\n    let source{u} = {at} * source_plane; let filter{u} = {at} * weight_reduced;{load}")
    });
    let multiply = each(CHANNELS, |c| {
        let weights = each(inputs, |u| {
            let weight = format!("weight[w{c} + filter{u}]");
            let weight = if several { format!("select(0.0, {weight}, i + {u} < reduced)") } else { weight };
            format!("\n    let v{c}_{u} = {weight};")
        });
        let products = each(tile, |p| {
            let products = each(inputs, |u| format!(" + v{c}_{u} * x{u}_{p}"));
            format!(" sum{c}_{p} = sum{c}_{p}{products};")
        });
        format!("{weights}{products}")
    });
    let store = match tiles {
        Tiles::Plain => one_by_one(tile),
        Tiles::Wide => {
            let sum = |at| format!("sum{}_{}", at / tile, at % tile);
            let put = format!(
                "
    let c = channel + at / {tile};
    let p = tile + at % {tile} * tiles;
    if (c < info.produced && p < pixels) {{
      let place = p / info.coarse_columns * info.result_columns + p % info.coarse_columns;
      put((image * info.produced + c) * result_plane + place * info.result_step, sums[at] + bias_of(c));
    }}"
            );
            in_a_loop(CHANNELS * tile, sum, &put)
        }
    };
    format!(
        "{BINDINGS}
@compute @workgroup_size({THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {{
  let pixels = info.coarse_rows * info.coarse_columns;
  let tiles = (pixels + {tile} - 1) / {tile};
  let groups = (info.produced + {CHANNELS} - 1) / {CHANNELS};
  let thread = i32(id.x + id.y * workgroups.x * {THREADS});
  if (thread >= info.images * groups * tiles) {{ return; }}
  let tile = thread % tiles;
  let channel = thread / tiles % groups * {CHANNELS};
  let image = thread / (tiles * groups);
  let source_plane = info.source_rows * info.source_columns;
  let result_plane = info.result_rows * info.result_columns;{pixels}{channels}
  let reduced = info.reduced;
  let weight_reduced = info.weight_reduced;
  for (var i = 0; i < reduced; i += {inputs}) {{{load}{multiply}
  }}{store}
}}
"
    )
}

/// The text that puts each sum by itself, so that all of them may stay in registers.
fn one_by_one(tile: usize) -> String {
    each(CHANNELS, |c| {
        let puts = each(tile, |p| {
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
    })
}
