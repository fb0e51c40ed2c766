//! Larger kernels: each thread computes a few channels of a rectangle of pixels, and reads the window that they depend
//! on once. At 3×3 that is 576 products for 72 values read.

use super::Direction;
use super::text::{BINDINGS, THREADS, Tiles, each, in_a_loop};

/// The results that one thread computes.
struct Tile {
    rows: usize,
    columns: usize,
    channels: usize,
}

/// The tile for a kind of convolution: as large as still compiles quickly. The wide ones divide a ResNet's planes of
/// 56, 28, 14 and 7 pixels; with a stride, a tile of the way back begins at one of its multiples.
fn tile(kernel: usize, stride: usize, direction: Direction, tiles: Tiles) -> Tile {
    let wide = tiles == Tiles::Wide;
    match (kernel, stride, direction) {
        (7, _, Direction::Forward) if wide => Tile { rows: 4, columns: 14, channels: 8 },
        (7, _, Direction::Vjp) if wide => Tile { rows: 8, columns: 8, channels: 3 },
        (_, 1, _) if wide => Tile { rows: 7, columns: 7, channels: 8 },
        (_, _, Direction::Vjp) if wide => Tile { rows: 4, columns: 14, channels: 4 },
        (_, _, Direction::Forward) if wide => Tile { rows: 4, columns: 7, channels: 4 },
        // On the way back through the stem, the result has three channels.
        (7, _, Direction::Vjp) => Tile { rows: 4, columns: 4, channels: 3 },
        (_, 1, _) | (_, _, Direction::Vjp) => Tile { rows: 4, columns: 4, channels: 4 },
        (_, _, Direction::Forward) => Tile { rows: 2, columns: 4, channels: 4 },
    }
}

/// Number of kernel rows in one step; a shader with all 7 at once would take seconds to compile.
fn step(kernel: usize, direction: Direction) -> usize {
    if kernel == 7 && direction == Direction::Forward { 1 } else { kernel }
}

/// Number of threads for each picture.
pub fn threads(
    [kernel, stride]: [usize; 2],
    direction: Direction,
    tiles: Tiles,
    produced: usize,
    [rows, columns]: [usize; 2],
) -> usize {
    let tile = tile(kernel, stride, direction, tiles);
    rows.div_ceil(tile.rows) * columns.div_ceil(tile.columns) * produced.div_ceil(tile.channels)
}

/// Along one axis: which pixels of a tile depend, through which place of the kernel, on which pixels of its window.
struct Axis {
    /// Triples: pixel of the tile, place of the kernel, pixel of the window.
    joins: Vec<[usize; 3]>,
    /// Where the window begins, relative to where the tile begins in the source.
    begin: isize,
    /// The length of the window.
    length: usize,
}

impl Axis {
    fn new(pixels: usize, kernel: usize, stride: usize, direction: Direction) -> Self {
        let [kernel, stride] = [kernel as isize, stride as isize];
        let padding = kernel / 2;
        let mut joins = Vec::new();
        for pixel in 0..pixels as isize {
            for place in 0..kernel {
                let source = match direction {
                    Direction::Forward => Some(pixel * stride + place - padding),
                    // pixel = source · stride + place − padding; tiles begin at multiples of the stride.
                    Direction::Vjp => {
                        let scaled = pixel + padding - place;
                        (scaled.rem_euclid(stride) == 0).then(|| scaled.div_euclid(stride))
                    }
                };
                joins.extend(source.map(|source| [pixel, place, source]));
            }
        }
        let sources = || joins.iter().map(|join| join[2]);
        let begin = sources().min().unwrap_or_default();
        let length = sources().max().map_or(0, |last| (last - begin + 1) as usize);
        let joins = joins.iter().map(|&[pixel, place, source]| [pixel, place, source - begin].map(|at| at as usize));
        Self { joins: joins.collect(), begin, length }
    }

    /// The pairs for one pixel of the tile: place of the kernel, pixel of the window.
    fn of(&self, pixel: usize) -> impl Iterator<Item = [usize; 2]> {
        self.joins.iter().filter(move |join| join[0] == pixel).map(|&[_, place, source]| [place, source])
    }

    /// The shader's text for the window's coordinates, clamped to the source, and for whether they were inside it.
    fn coordinates(&self, name: &str, from: &str, end: &str) -> String {
        each(self.length, |at| {
            let offset = self.begin + at as isize;
            format!(
                "
    let {name}{at} = clamp({from} + ({offset}), 0, {end} - 1);
    let in_{name}{at} = {name}{at} == {from} + ({offset});"
            )
        })
    }
}

/// The source of the shader of a k×k kernel.
pub fn wgsl(kernel: usize, stride: usize, direction: Direction, tiles: Tiles) -> String {
    let Tile { rows: tile_rows, columns: tile_columns, channels } = tile(kernel, stride, direction, tiles);
    let step = step(kernel, direction);
    let rows = Axis::new(tile_rows, step, stride, direction);
    let columns = Axis::new(tile_columns, kernel, stride, direction);
    let scale = if direction == Direction::Forward { format!("* {stride}") } else { format!("/ {stride}") };
    // When the kernel's rows are taken in steps, they are counted from the first row, not from the middle.
    let before = kernel / 2 - step / 2;
    let coordinates = rows.coordinates("row", &format!("top {scale} + down - {before}"), "info.source_rows")
        + &columns.coordinates("column", &format!("left {scale}"), "info.source_columns");
    let window = |text: &dyn Fn(usize, usize) -> String| each(rows.length, |r| each(columns.length, |c| text(r, c)));
    let addresses = window(&|r, c| format!("\n    let at{r}_{c} = row{r} * info.source_columns + column{c};"));
    let places = each(step * kernel, |p| {
        format!("\n    let place{p} = info.first_place + info.place_step * (down * {kernel} + {p});")
    });
    let load = window(&|r, c| {
        format!("\n      let x{r}_{c} = select(0.0, x[source + at{r}_{c}], in_row{r} && in_column{c});")
    });
    let pixels = |text: &dyn Fn(usize, usize) -> String| each(tile_rows, |r| each(tile_columns, |c| text(r, c)));
    let sums = each(channels, |k| pixels(&|r, c| format!("\n  var sum{k}_{r}_{c} = 0.0;")));
    let weights =
        each(channels, |k| format!("\n    var w{k} = min(channel + {k}, info.produced - 1) * info.weight_produced;"));
    let multiply = each(channels, |k| {
        let filter = each(step * kernel, |place| format!("\n      let v{k}_{place} = weight[w{k} + place{place}];"));
        // All of a sum's products in one statement, so that it is read and written once.
        let products = pixels(&|row, column| {
            let mut products = String::new();
            for [down, r] in rows.of(row) {
                for [across, c] in columns.of(column) {
                    products += &format!(" + v{k}_{} * x{r}_{c}", down * kernel + across);
                }
            }
            format!("\n      sum{k}_{row}_{column} = sum{k}_{row}_{column}{products};")
        });
        format!("{filter}{products}\n      w{k} += info.weight_reduced;")
    });
    let store = match tiles {
        Tiles::Plain => one_by_one([channels, tile_rows, tile_columns]),
        Tiles::Wide => {
            let area = tile_rows * tile_columns;
            let sum = |at| format!("sum{}_{}_{}", at / area, at / tile_columns % tile_rows, at % tile_columns);
            let put = format!(
                "
    let k = channel + at / {area};
    let row = top + at / {tile_columns} % {tile_rows};
    let column = left + at % {tile_columns};
    if (k < info.produced && row < info.result_rows && column < info.result_columns) {{
      put(((image * info.produced + k) * info.result_rows + row) * info.result_columns + column, sums[at] + bias_of(k));
    }}"
            );
            in_a_loop(channels * area, sum, &put)
        }
    };
    format!(
        "{BINDINGS}
@compute @workgroup_size({THREADS})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {{
  let tiles_across = (info.result_columns + {tile_columns} - 1) / {tile_columns};
  let tiles = (info.result_rows + {tile_rows} - 1) / {tile_rows} * tiles_across;
  let groups = (info.produced + {channels} - 1) / {channels};
  let thread = i32(id.x + id.y * workgroups.x * {THREADS});
  if (thread >= info.images * groups * tiles) {{ return; }}
  let top = thread % tiles / tiles_across * {tile_rows};
  let left = thread % tiles_across * {tile_columns};
  let channel = thread / tiles % groups * {channels};
  let image = thread / (tiles * groups);
  let source_plane = info.source_rows * info.source_columns;{sums}
  for (var down = 0; down < {kernel}; down += {step}) {{{coordinates}{addresses}{places}{weights}
    var source = image * info.reduced * source_plane;
    for (var i = 0; i < info.reduced; i++) {{{load}{multiply}
      source += source_plane;
    }}
  }}{store}
}}
"
    )
}

/// The text that puts each sum by itself, so that all of them may stay in registers.
fn one_by_one([channels, rows, columns]: [usize; 3]) -> String {
    each(channels, |k| {
        let puts = each(rows, |r| {
            each(columns, |c| {
                format!(
                    "
    if (top + {r} < info.result_rows && left + {c} < info.result_columns) {{
      put(corner + {r} * info.result_columns + {c}, sum{k}_{r}_{c} + b);
    }}"
                )
            })
        });
        format!(
            "
  if (channel + {k} < info.produced) {{
    let b = bias_of(channel + {k});
    let corner = ((image * info.produced + channel + {k}) * info.result_rows + top) * info.result_columns + left;{puts}
  }}"
        )
    })
}
