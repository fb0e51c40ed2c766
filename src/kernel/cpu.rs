//! Convolutions on the CPU as matrix products over tiles of pixels. Each product goes straight into the
//! result, with bias, addend and ReLU while the tile is in the cache.

use super::{Extra, Geometry};

/// Values of a matrix of patches that stay in the cache: 1 MB.
const TILE: usize = 1 << 18;
/// Pixels below which a product is not worth its packing of the weights.
const LEAST: usize = 64;

/// x [N, C, H, W] to w ∗ x + bias with `extra`, [N, C′, H′, W′]; negative results become 0 where
/// `relu` is set.
pub fn convolve(
    geometry: &Geometry,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    extra: Extra<&[f32]>,
    relu: bool,
) -> Vec<f32> {
    let Geometry { batch, groups, .. } = *geometry;
    let [inputs, outputs] = [geometry.inputs / groups, geometry.outputs / groups];
    let [area, pixels] = [geometry.input, geometry.output].map(|[height, width]| height * width);
    let patch = inputs * geometry.kernel * geometry.kernel;
    let mut result = vec![0f32; batch * groups * outputs * pixels];
    let whole = Shared(result.as_mut_ptr());
    let tiles = Tiles::new(pixels, patch);
    for_each(batch * groups * tiles.count, |unit| {
        let (plane, range) = (unit / tiles.count, tiles.range(unit % tiles.count));
        let group = plane % groups;
        let x = &x[plane * inputs * area..][..inputs * area];
        let weight = &weight[group * outputs * patch..][..outputs * patch];
        let first = plane * outputs * pixels + range.start;
        for row in 0..outputs {
            // SAFETY: no two units share a pixel of a plane, and a row's end lies within the result.
            let row_of = unsafe { whole.slice(first + row * pixels, range.len()) };
            match extra {
                Extra::Addend(addend) => row_of
                    .iter_mut()
                    .zip(&addend[first + row * pixels..])
                    .for_each(|(value, added)| *value = bias[group * outputs + row] + added),
                _ => row_of.fill(bias[group * outputs + row]),
            }
        }
        let patches;
        let right = if geometry.is_pointwise() {
            Matrix { values: &x[range.start..], row: area, column: 1 }
        } else {
            patches = gather(geometry, x, inputs, range.clone());
            Matrix { values: &patches, row: range.len(), column: 1 }
        };
        let left = Matrix { values: weight, row: patch, column: 1 };
        // SAFETY: as above.
        unsafe { product([outputs, range.len(), patch], left, right, whole.at(first), pixels, true) };
        if relu {
            for row in 0..outputs {
                // SAFETY: as above.
                let row = unsafe { whole.slice(first + row * pixels, range.len()) };
                row.iter_mut().for_each(|value| *value = value.max(0.0));
            }
        }
    });
    masked(result, pixels, extra)
}

/// The vector-Jacobian product of `convolve`'s sum of products, with `extra`: a cotangent
/// [N, C′, H′, W′] to [N, C, H, W].
pub fn vjp(geometry: &Geometry, cotangent: &[f32], weight: &[f32], extra: Extra<&[f32]>) -> Vec<f32> {
    let Geometry { batch, groups, kernel, .. } = *geometry;
    let [inputs, outputs] = [geometry.inputs / groups, geometry.outputs / groups];
    let [area, pixels] = [geometry.input, geometry.output].map(|[height, width]| height * width);
    let places = kernel * kernel;
    let mut result = match extra {
        Extra::Addend(addend) => addend.to_vec(),
        _ => vec![0f32; batch * groups * inputs * area],
    };
    let whole = Shared(result.as_mut_ptr());
    let transposed = |weight| Matrix { values: weight, row: 1, column: inputs * places };
    let of_plane = |plane: usize| {
        let weight = &weight[plane % groups * outputs * inputs * places..][..outputs * inputs * places];
        (weight, &cotangent[plane * outputs * pixels..][..outputs * pixels])
    };
    if geometry.is_pointwise() {
        let tiles = Tiles::new(pixels, outputs);
        for_each(batch * groups * tiles.count, |unit| {
            let (plane, range) = (unit / tiles.count, tiles.range(unit % tiles.count));
            let (weight, cotangent) = of_plane(plane);
            let right = Matrix { values: &cotangent[range.start..], row: pixels, column: 1 };
            // SAFETY: no two units share a pixel of a plane, and a row's end lies within the result.
            let into = unsafe { whole.at(plane * inputs * area + range.start) };
            // SAFETY: as above.
            unsafe { product([inputs, range.len(), outputs], transposed(weight), right, into, area, true) };
        });
        return masked(result, area, extra);
    }
    // Patches overlap, so channels of the input are what units have to themselves.
    let tiles = Tiles::new(pixels, outputs.max(LEAST));
    let block = (TILE / (places * tiles.longest())).clamp(1, inputs).min(inputs.div_ceil(threads()));
    let blocks = inputs.div_ceil(block);
    for_each(batch * groups * blocks, |unit| {
        let (plane, first) = (unit / blocks, unit % blocks * block);
        let (weight, cotangent) = of_plane(plane);
        let count = block.min(inputs - first);
        // SAFETY: no two units share a channel of a plane.
        let back = unsafe { whole.slice((plane * inputs + first) * area, count * area) };
        let mut patches = vec![0f32; count * places * tiles.longest()];
        for tile in 0..tiles.count {
            let range = tiles.range(tile);
            let patches = &mut patches[..count * places * range.len()];
            let right = Matrix { values: &cotangent[range.start..], row: pixels, column: 1 };
            let left = transposed(&weight[first * places..]);
            // SAFETY: `patches` has as many rows and columns as the product.
            unsafe {
                product([count * places, range.len(), outputs], left, right, patches.as_mut_ptr(), range.len(), false);
            }
            scatter(geometry, patches, range, back);
        }
    });
    masked(result, area, extra)
}

/// Planes of values with what [`Extra::Mask`] asks for.
fn masked(mut result: Vec<f32>, plane: usize, extra: Extra<&[f32]>) -> Vec<f32> {
    if let Extra::Mask(mask) = extra {
        let planes = result.len() / plane;
        let whole = Shared(result.as_mut_ptr());
        for_each(planes, |at| {
            // SAFETY: each unit has a plane to itself.
            let values = unsafe { whole.slice(at * plane, plane) };
            values
                .iter_mut()
                .zip(&mask[at * plane..])
                .filter(|(_, mask)| **mask <= 0.0)
                .for_each(|(value, _)| *value = 0.0);
        });
    }
    result
}

/// A matrix's values, with the steps from one row and one column to the next.
struct Matrix<'a> {
    values: &'a [f32],
    row: usize,
    column: usize,
}

/// into [m, n] = left [m, k] · right [k, n], or added to what is there; `into` has rows of `step` values.
///
/// # Safety
/// `into` must be writable at row·step + column for every row and column, by nobody else.
unsafe fn product(
    [m, n, k]: [usize; 3],
    left: Matrix<'_>,
    right: Matrix<'_>,
    into: *mut f32,
    step: usize,
    added: bool,
) {
    let reach = |of: &Matrix<'_>, [rows, columns]: [usize; 2]| (rows - 1) * of.row + (columns - 1) * of.column;
    assert!(reach(&left, [m, k]) < left.values.len() && reach(&right, [k, n]) < right.values.len());
    // SAFETY: both matrices lie within their slices, as asserted; `into` is the caller's promise.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            into,
            1,
            step as isize,
            added,
            left.values.as_ptr(),
            left.column as isize,
            left.row as isize,
            right.values.as_ptr(),
            right.column as isize,
            right.row as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// Pixels in runs of about equal length, so that `rows` values for each of a run's stay in the cache.
struct Tiles {
    pixels: usize,
    count: usize,
}

impl Tiles {
    fn new(pixels: usize, rows: usize) -> Self {
        let longest = (TILE / rows).max(LEAST);
        // Every thread should have something to do, unless the runs were too short then.
        let count = pixels.div_ceil(longest).max(threads().min(pixels / LEAST));
        Self { pixels, count: count.max(1) }
    }

    fn longest(&self) -> usize {
        self.pixels.div_ceil(self.count)
    }

    fn range(&self, tile: usize) -> std::ops::Range<usize> {
        let at = |tile: usize| tile * self.pixels / self.count;
        at(tile)..at(tile + 1)
    }
}

/// What a kernel's place sees of a row of outputs: the columns of the output whose input column lies in
/// the picture, and the first one's input column.
fn seen(geometry: &Geometry, place: usize) -> (std::ops::Range<usize>, usize) {
    let Geometry { stride, padding, input: [_, width], output: [_, columns], .. } = *geometry;
    let from = padding.saturating_sub(place).div_ceil(stride).min(columns);
    let to = (width + padding).saturating_sub(place).div_ceil(stride).clamp(from, columns);
    (from..to, (from * stride + place).saturating_sub(padding))
}

/// The rows of outputs that a range of pixels touches: (row, its columns, place of the first in the range).
fn rows(columns: usize, range: std::ops::Range<usize>) -> impl Iterator<Item = (usize, std::ops::Range<usize>, usize)> {
    (range.start / columns..=(range.end - 1) / columns).map(move |row| {
        let from = range.start.max(row * columns);
        let to = range.end.min((row + 1) * columns);
        (row, from - row * columns..to - row * columns, from - range.start)
    })
}

/// Each row of the matrix is what one place of the kernel sees in one channel, for a range of outputs.
fn walk(
    geometry: &Geometry,
    channels: usize,
    range: std::ops::Range<usize>,
    mut visit: impl FnMut(usize, usize, usize),
) {
    let Geometry { kernel, stride, padding, input: [height, width], output: [_, columns], .. } = *geometry;
    let length = range.len();
    let views: Vec<_> = (0..kernel).map(|place| seen(geometry, place)).collect();
    for patch_row in 0..channels * kernel * kernel {
        let (channel, down, across) = (patch_row / (kernel * kernel), patch_row / kernel % kernel, patch_row % kernel);
        let (valid, first) = &views[across];
        for (row, wanted, at) in rows(columns, range.clone()) {
            let Some(y) = (row * stride + down).checked_sub(padding).filter(|y| *y < height) else { continue };
            let from = wanted.start.max(valid.start);
            let to = wanted.end.min(valid.end);
            if from >= to {
                continue;
            }
            let source = (channel * height + y) * width + first + (from - valid.start) * stride;
            visit(patch_row * length + at + from - wanted.start, source, to - from);
        }
    }
}

/// Patches of x [channels, H, W] as a matrix [channels · kernel², pixels of the range].
fn gather(geometry: &Geometry, x: &[f32], channels: usize, range: std::ops::Range<usize>) -> Vec<f32> {
    let mut patches = vec![0f32; channels * geometry.kernel * geometry.kernel * range.len()];
    let stride = geometry.stride;
    walk(geometry, channels, range, |to, from, count| {
        let into = &mut patches[to..to + count];
        if stride == 1 {
            into.copy_from_slice(&x[from..from + count]);
        } else {
            into.iter_mut().zip(x[from..].iter().step_by(stride)).for_each(|(into, value)| *into = *value);
        }
    });
    patches
}

/// Adds a matrix of patches to the places of [channels, H, W] that they were of.
fn scatter(geometry: &Geometry, patches: &[f32], range: std::ops::Range<usize>, into: &mut [f32]) {
    let channels = into.len() / (geometry.input[0] * geometry.input[1]);
    let stride = geometry.stride;
    walk(geometry, channels, range, |from, to, count| {
        let values = &patches[from..from + count];
        if stride == 1 {
            into[to..to + count].iter_mut().zip(values).for_each(|(into, value)| *into += value);
        } else {
            into[to..].iter_mut().step_by(stride).zip(values).for_each(|(into, value)| *into += value);
        }
    });
}

/// A result that units of work write to in different places.
struct Shared(*mut f32);

// SAFETY: it is only written to, by each unit where no other one does.
unsafe impl Sync for Shared {}

impl Shared {
    /// # Safety
    /// The place must lie within the result.
    unsafe fn at(&self, start: usize) -> *mut f32 {
        // SAFETY: the caller's promise.
        unsafe { self.0.add(start) }
    }

    /// # Safety
    /// The range must lie within the result, and nobody else may use it meanwhile.
    #[allow(clippy::mut_from_ref, reason = "the caller promises that nobody else has it")]
    unsafe fn slice(&self, start: usize, length: usize) -> &mut [f32] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.at(start), length) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn for_each(units: usize, work: impl Fn(usize) + Send + Sync) {
    use rayon::prelude::*;
    (0..units).into_par_iter().for_each(work);
}

#[cfg(target_arch = "wasm32")]
fn for_each(units: usize, work: impl Fn(usize)) {
    (0..units).for_each(work);
}

fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    1
}
