//! Convolutions of geometries and values from the input, both ways, on every register path that there is, against the
//! loops that define them.
#![no_main]

use c3lrp_kernels::{CachedWeights, Convolution, Extra, Geometry, Processor, naive};
use libfuzzer_sys::fuzz_target;

/// As in the crate's own tests: 32 bits' rounding, as a share of the magnitudes of what is summed.
const TOLERANCE: f64 = 1e-5;

fuzz_target!(|bytes: &[u8]| {
    let Some((&[kernel, shape, padding, groups, inputs, outputs, height, width, what], rest)) =
        bytes.split_first_chunk()
    else {
        return;
    };
    let of = |byte: u8, least: usize, most: usize| least + usize::from(byte) % (most - least + 1);
    let (kernel, padding, groups) = (of(kernel, 1, 7), of(padding, 0, 3), of(groups, 1, 4));
    let (stride, batch) = (of(shape, 1, 3), of(shape / 3, 1, 2));
    let [inputs, outputs] = [inputs, outputs].map(|byte| groups * of(byte, 1, 70 / groups));
    let input = [of(height, 1, 24), of(width, 1, 24)];
    let side = |side: usize| Some((side + 2 * padding).checked_sub(kernel)? / stride + 1);
    let [Some(rows), Some(columns)] = input.map(side) else { return };
    let geometry = Geometry { batch, inputs, outputs, groups, kernel, stride, padding, input, output: [rows, columns] };
    // More would be slow, not different.
    if batch * outputs * rows * columns * inputs / groups * kernel * kernel > 400_000 {
        return;
    }
    let mut at = 0usize;
    let mut values = |count: usize| -> Vec<f32> {
        (0..count)
            .map(|_| {
                at += 1;
                let byte = rest.get(at % rest.len().max(1)).copied().unwrap_or(1);
                f32::from(byte.wrapping_mul(at as u8 | 1) as i8) / 128.0
            })
            .collect()
    };
    let (of_input, of_output) = (batch * inputs * input[0] * input[1], batch * outputs * rows * columns);
    let [x, there] = [of_input, of_output].map(&mut values);
    let [weight, bias] = [outputs * (inputs / groups) * kernel * kernel, outputs].map(&mut values);
    let extra = |tensor| [Extra::None, Extra::Addend(tensor), Extra::Mask(tensor)][usize::from(what) % 3];
    let (relu, factor) = (what & 64 > 0, (what & 128 > 0).then_some(&x[..]));
    let forward = naive::forward(&geometry, &weight, &x, &bias, extra(&there[..]), relu);
    let back = naive::back(&geometry, &weight, &there, extra(&x[..]), factor);
    for processor in Processor::all() {
        let cache = CachedWeights::default();
        let layer = Convolution { geometry, weight: &weight, cache: Some(&cache), processor };
        let off = forward.error(&layer.forward(&x, &bias, extra(&there[..]), relu));
        assert!(off < TOLERANCE, "{}, forward, {geometry:?}: off by {off:e}", processor.name());
        let off = back.error(&layer.back(&there, extra(&x[..]), factor));
        assert!(off < TOLERANCE, "{}, back, {geometry:?}: off by {off:e}", processor.name());
    }
});
