//! Every register path that this processor has, on geometries that are drawn, against the definitions in 64 bits.

use c3lrp_kernels::{
    CachedWeights, Convolution, Extra, Geometry, Pool, Processor, divide, dot, gamma_quotients, gathered, magnitude,
    max_pool, naive, over_planes, quotient, shares, weighted,
};

/// Largest error as a share of the magnitudes of what is summed. A sum of n products in 32 bits, in any order, is off
/// by n · 6e-8 of them at most, and by √n · 6e-8 as a rule: 3,430 products are drawn at most. Winograd's differences
/// make terms of several times the size.
const TOLERANCE: f64 = 1e-5;

/// Marsaglia's xorshift64*, so that a failure comes again.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From `least` to `most`.
    fn between(&mut self, least: usize, most: usize) -> usize {
        least + ((self.next() >> 33) as usize) % (most - least + 1)
    }

    /// Values in −1…1.
    fn values(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| (self.next() >> 40) as f32 / 8_388_608.0 - 1.0).collect()
    }
}

/// Half of them are 3×3 of stride 1 and padding 1 with many channels, where fewer products are taken.
fn geometry(draw: &mut Draw) -> Geometry {
    loop {
        let winograd = draw.between(0, 1) == 0;
        let groups = [1, 1, 1, 2, 3][draw.between(0, 4)];
        let channels = |draw: &mut Draw| groups * draw.between(if winograd { 16 } else { 1 }, 70 / groups);
        let (inputs, outputs) = (channels(draw), channels(draw));
        let [kernel, stride, padding] =
            if winograd { [3, 1, 1] } else { [draw.between(1, 7), draw.between(1, 3), draw.between(0, 3)] };
        let input = if winograd {
            [draw.between(7, 26), draw.between(7, 31)]
        } else {
            [draw.between(1, 14), draw.between(1, 14)]
        };
        let side = |side: usize| Some((side + 2 * padding).checked_sub(kernel)? / stride + 1);
        let [Some(rows), Some(columns)] = input.map(side) else { continue };
        let (batch, output) = (draw.between(1, 2), [rows, columns]);
        let geometry = Geometry { batch, inputs, outputs, groups, kernel, stride, padding, input, output };
        let products = batch * outputs * rows * columns * inputs / groups * kernel * kernel;
        if products < 2_000_000 {
            return geometry;
        }
    }
}

#[test]
fn every_processor_computes_what_defines_a_convolution() {
    let processors = Processor::all();
    println!("{:?}", processors.iter().map(|processor| processor.name()).collect::<Vec<_>>());
    let draw = &mut Draw(0x9E37_79B9_7F4A_7C15);
    let rounds =
        if cfg!(miri) { 2 } else { std::env::var("ROUNDS").map_or(150, |rounds| rounds.parse().unwrap_or(150)) };
    for _ in 0..rounds {
        let geometry = geometry(draw);
        let Geometry { batch, inputs, outputs, groups, kernel, input, output, .. } = geometry;
        let (of_input, of_output) = (batch * inputs * input[0] * input[1], batch * outputs * output[0] * output[1]);
        let [x, there, weight, bias] =
            [of_input, of_output, outputs * (inputs / groups) * kernel * kernel, outputs].map(|size| draw.values(size));
        let extra = |tensor| [Extra::None, Extra::Addend(tensor), Extra::Mask(tensor)];
        let (what, relu, with_factor) = (draw.between(0, 2), draw.between(0, 1) == 1, draw.between(0, 1) == 1);
        let factor = with_factor.then_some(&x[..]);
        let forward = naive::forward(&geometry, &weight, &x, &bias, extra(&there[..])[what], relu);
        let back = naive::back(&geometry, &weight, &there, extra(&x[..])[what], factor);
        // What one processor keeps is of no use to the next, which must see that.
        let cache = CachedWeights::default();
        for &processor in &processors {
            for cache in [None, Some(&cache), Some(&cache)] {
                let layer = Convolution { geometry, weight: &weight, cache, processor };
                let name = processor.name();
                let off = forward.error(&layer.forward(&x, &bias, extra(&there[..])[what], relu));
                assert!(off < TOLERANCE, "{name}, forward, {geometry:?}: off by {off:e}");
                let off = back.error(&layer.back(&there, extra(&x[..])[what], factor));
                assert!(off < TOLERANCE, "{name}, back, {geometry:?}: off by {off:e}");
            }
        }
    }
}

/// The widths of ResNets, whose products' panels were cut in the middle where a tile has six rows.
#[test]
fn every_processor_serves_the_widths_of_resnets() {
    let draw = &mut Draw(7);
    for width in [64, 128, 256, 512] {
        let side = 12;
        let geometry = Geometry::new([width, 16, 3, 3], 1, 1, 1, [side; 2]);
        let [x, weight, bias] = [16 * side * side, width * 16 * 9, width].map(|size| draw.values(size));
        let expected = naive::forward(&geometry, &weight, &x, &bias, Extra::None, false);
        for processor in Processor::all() {
            let layer = Convolution { geometry, weight: &weight, cache: None, processor };
            let off = expected.error(&layer.forward(&x, &bias, Extra::None, false));
            assert!(off < TOLERANCE, "{}, {width} channels: off by {off:e}", processor.name());
        }
    }
}

/// Winograd's tiles of 4×4 round 3.5 times as much as those of 2×2: by 1.2e-6 of the results here, in the root mean square. With
/// the points ±1 and ±2, which are usual, it would be 2.4e-6, and c3-lrp-plus of a whole ResNet-50 was then off by 3.8e-3 of its
/// maximum, in place of 8e-5.
#[test]
fn tiles_of_four_by_four_round_little() {
    let draw = &mut Draw(17);
    let (channels, side) = (128, 28);
    let geometry = Geometry::new([channels, channels, 3, 3], 1, 1, 1, [side; 2]);
    let [x, weight] = [channels * side * side, channels * channels * 9].map(|size| draw.values(size));
    let bias = vec![0.0; channels];
    let expected = naive::forward(&geometry, &weight, &x, &bias, Extra::None, false);
    for processor in Processor::all() {
        let layer = Convolution { geometry, weight: &weight, cache: None, processor };
        let found = layer.forward(&x, &bias, Extra::None, false);
        let off: f64 =
            found.iter().zip(&expected.values).map(|(found, value)| (f64::from(*found) - value).powi(2)).sum();
        let all: f64 = expected.values.iter().map(|value| value.powi(2)).sum();
        let share = (off / all).sqrt();
        assert!(share < 1.6e-6, "{}: off by {share:e}", processor.name());
    }
}

/// What does not fit is refused before anything is written.
#[test]
fn sizes_that_do_not_fit_are_refused() {
    let right = Geometry::new([32, 32, 3, 3], 1, 1, 1, [16; 2]);
    let (x, weight, bias) = (vec![0.0; 32 * 256], vec![0.0; 32 * 32 * 9], vec![0.0; 32]);
    let refused = |geometry: Geometry, x: &[f32], weight: &[f32]| {
        let layer = Convolution { geometry, weight, cache: None, processor: Processor::here() };
        let run = || (layer.forward(x, &bias, Extra::None, false), layer.back(x, Extra::None, None));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err()
    };
    assert!(!refused(right, &x, &weight));
    for wrong in [
        Geometry { padding: 0, ..right },
        Geometry { padding: 2, ..right },
        Geometry { stride: 0, ..right },
        Geometry { stride: 2, ..right },
        Geometry { stride: usize::MAX, output: [1, 1], ..right },
        Geometry { padding: usize::MAX / 2 + 1, ..right },
        Geometry { batch: usize::MAX / 2, ..right },
        Geometry { batch: 1 << 60, inputs: 1 << 12, groups: 1 << 12, outputs: 1 << 12, ..right },
        Geometry { groups: 0, ..right },
        Geometry { groups: 3, ..right },
        Geometry { kernel: 0, ..right },
        Geometry { kernel: 40, ..right },
        Geometry { output: [16, 17], ..right },
        Geometry { batch: 2, ..right },
        Geometry { inputs: 64, ..right },
    ] {
        assert!(refused(wrong, &x, &weight), "{wrong:?}");
    }
    assert!(refused(right, &x[1..], &weight) && refused(right, &x, &weight[1..]));
    let refused = |run: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
    for wrong in [
        &(|| drop(quotient(&x, &x[1..], 0.1))) as &dyn Fn(),
        &|| drop(divide(&x, &x[1..], 0.1, true)),
        &|| drop(shares([&x, &x[1..]], &x, 0.1, true)),
        &|| drop(gamma_quotients([&x, &x], &x[1..], 0.5, 0.1, true)),
        &|| drop(over_planes(&x[1..], 16)),
        &|| drop(over_planes(&x, 0)),
        &|| assert!(dot(&x, &x[1..]) > -1.0),
        &|| assert!(weighted(&x[1..], &bias) > -1.0),
        &|| assert!(weighted(&x, &[]) > -1.0),
        &|| drop(max_pool(32, [16, 15], [8, 8], POOL, &x)),
        &|| drop(max_pool(usize::MAX, [16, 16], [8, 8], POOL, &x)),
        &|| drop(max_pool(32, [16, 16], [10, 8], POOL, &x)),
        &|| drop(max_pool(32, [16, 16], [8, 8], Pool { padding: 3, ..POOL }, &x)),
    ] {
        assert!(refused(wrong));
    }
}

/// A stride beyond the picture leaves one place, or, with padding around a single pixel, none that sees it.
#[test]
fn a_stride_may_be_larger_than_the_picture() {
    let draw = &mut Draw(11);
    for (stride, padding, input, output) in
        [(2, 0, [1, 1], [1, 1]), (20_000, 0, [5, 4], [1, 1]), (2, 1, [1, 1], [2, 2])]
    {
        let geometry =
            Geometry { batch: 1, inputs: 5, outputs: 6, groups: 1, kernel: 1, stride, padding, input, output };
        let sizes = [5 * input[0] * input[1], 6 * output[0] * output[1], 30];
        let [x, there, weight] = sizes.map(|size| draw.values(size));
        let expected = naive::back(&geometry, &weight, &there, Extra::None, None);
        for processor in Processor::all() {
            let layer = Convolution { geometry, weight: &weight, cache: None, processor };
            assert!(expected.error(&layer.back(&there, Extra::None, None)) < TOLERANCE);
            let forward = naive::forward(&geometry, &weight, &x, &[0.0; 6], Extra::None, false);
            assert!(forward.error(&layer.forward(&x, &[0.0; 6], Extra::None, false)) < TOLERANCE);
        }
    }
}

/// Sums beside the layers, by loops in 64 bits.
#[test]
fn sums_are_those_of_a_loop() {
    let draw = &mut Draw(3);
    for count in [0, 1, 15, 16, 17, 1000, 300_001] {
        let (r, z) = (draw.values(count), draw.values(count));
        let (found, rest) = quotient(&r, &z, 1e-3);
        let mut expected = 0.0;
        for ((r, z), found) in r.iter().zip(&z).zip(&found) {
            let of = if *z > 0.0 { r / (z + 1e-3) } else { 0.0 };
            assert_eq!(*found, of);
            expected += f64::from(*r) - f64::from(*z) * f64::from(of);
        }
        // Each term rounds at 6e-8 of at most 2, in lanes that take in 8,192 of them at the most.
        let bound = 1e-4 * (1.0 + count as f64 / 1000.0);
        assert!((rest - expected).abs() < bound, "{count}: {rest} {expected}");
        let sum = magnitude(&r);
        let expected: f64 = r.iter().map(|r| f64::from(r.abs())).sum();
        assert!((sum - expected).abs() < bound, "{count}: {sum} {expected}");
    }
    for signed in [false, true] {
        // None of them is near to what ε takes to zero.
        let (r, z) = (draw.values(20_001), draw.values(20_001).iter().map(|z| z + z.signum()).collect::<Vec<_>>());
        let (found, rest) = divide(&r, &z, 0.5, signed);
        let mut expected = 0.0;
        for ((r, z), found) in r.iter().zip(&z).zip(&found) {
            assert_eq!(*found, r / if signed && *z < 0.0 { z - 0.5 } else { z + 0.5 });
            expected += f64::from(*r) - f64::from(*z) * f64::from(*found);
        }
        assert!((rest - expected).abs() < 2e-3, "{rest} {expected}");
        let expected: f64 = r.iter().zip(&z).map(|(r, z)| f64::from(*r) * f64::from(*z)).sum();
        let sum = dot(&r, &z);
        assert!((sum - expected).abs() < 2e-3, "{sum} {expected}");
    }
    assert_eq!(divide(&[1.0, 1.0, 1.0], &[0.0, -0.0, -1.0], 1.0, true).0, [1.0, 1.0, -0.5]);
    let (planes, weights) = (draw.values(7 * 33), draw.values(7));
    let expected: f64 = planes
        .chunks(33)
        .zip(&weights)
        .map(|(plane, weight)| plane.iter().map(|&value| f64::from(value)).sum::<f64>() * f64::from(*weight))
        .sum();
    assert!((weighted(&planes, &weights) - expected).abs() < 1e-5);
    for (planes, area) in [(1, 1), (5, 15), (7, 33), (130, 49), (3, 1025)] {
        let values = draw.values(planes * area);
        let (sums, magnitude) = over_planes(&values, area);
        assert_eq!(sums.len(), area);
        for (at, sum) in sums.iter().enumerate() {
            let expected: f64 = values.iter().skip(at).step_by(area).map(|&value| f64::from(value)).sum();
            assert!((f64::from(*sum) - expected).abs() < 1e-6 * planes as f64, "{planes} of {area}: {sum} {expected}");
        }
        let expected: f64 = values.iter().map(|value| f64::from(value.abs())).sum();
        assert!((magnitude - expected).abs() < 1e-6 * expected.max(1.0), "{planes} of {area}: {magnitude} {expected}");
    }
}

/// Divisions that make two tensors, by their formulas in 64 bits, away from denominators near 0.
#[test]
fn two_cotangents_are_those_of_a_loop() {
    let draw = &mut Draw(4);
    let stabilized = |z: f64, signed: bool| z + if signed && z < 0.0 { -0.125 } else { 0.125 };
    for (count, signed) in [(0, false), (1, true), (17, false), (1000, true), (300_001, false)] {
        let mut away = || draw.values(count).iter().map(|value| value + value.signum()).collect::<Vec<_>>();
        let (r, z, raising) = (away(), away(), away().into_iter().map(f32::abs).collect::<Vec<_>>());
        // Both of one sign, so that their sum is not near 0.
        let b: Vec<f32> = z.iter().zip(&raising).map(|(z, size)| size * z.signum()).collect();
        let ([share, other], rest) = shares([&z, &b], &r, 0.125, signed);
        let ([own, raised], gammas_rest) = gamma_quotients([&z, &raising], &r, 0.5, 0.125, signed);
        let (mut expected, mut expected_of_gamma) = (0.0, 0.0);
        for at in 0..count {
            let [r, z, b, raising] = [r[at], z[at], b[at], raising[at]].map(f64::from);
            let quotient = r / stabilized(z + b, signed);
            expected += r - (z + b) * quotient;
            let denominator = if z > 0.0 { z + 0.5 * raising } else { 1.5 * z - 0.5 * raising };
            let of_gamma = r / stabilized(denominator, signed);
            expected_of_gamma += r - denominator * of_gamma;
            let [of_w, of_raised] = if z > 0.0 { [1.0, 0.5] } else { [1.5, -0.5] };
            let found = [share[at], other[at], own[at], raised[at]].map(f64::from);
            let right = [z * quotient, b * quotient, of_w * of_gamma, of_raised * of_gamma];
            assert!(found.iter().zip(right).all(|(found, right)| (found - right).abs() < 2e-6), "{found:?} {right:?}");
        }
        // As above.
        let bound = 1e-4 * (1.0 + count as f64 / 1000.0);
        assert!((rest - expected).abs() < bound, "{count}: {rest} {expected}");
        assert!((gammas_rest - expected_of_gamma).abs() < bound, "{count}: {gammas_rest} {expected_of_gamma}");
    }
    // Outputs of 0 give nothing, and what is not a number stays so.
    let ([own, raised], rest) = gamma_quotients([&[0.0, f32::NAN], &[1.0; 2]], &[3.0, 0.0], 0.5, 0.125, true);
    assert_eq!((own[0], raised[0]), (0.0, 0.0));
    assert!(own[1].is_nan() && raised[1].is_nan() && rest.is_nan());
}

#[test]
fn parts_are_gathered_row_by_row() {
    let values: Vec<f32> = (0..60).map(|value| value as f32).collect();
    // Of 3 × 4 × 5 values.
    assert_eq!(gathered(&values, 21, &[(2, 20), (2, 5), (2, 1)]), [21.0, 22.0, 26.0, 27.0, 41.0, 42.0, 46.0, 47.0]);
    assert_eq!(gathered(&values, 7, &[(1, 60), (3, 20), (1, 5)]), [7.0, 27.0, 47.0]);
    assert_eq!(gathered(&values, 59, &[(3, -20)]), [59.0, 39.0, 19.0]);
    assert_eq!(gathered(&values, 3, &[]), [3.0]);
    assert!(gathered(&values, 60, &[(0, 1)]).is_empty());
    assert!(std::panic::catch_unwind(|| gathered(&values, 59, &[(2, 1)])).is_err());
    assert!(std::panic::catch_unwind(|| gathered(&values, 0, &[(2, -1)])).is_err());
}

/// ResNet's.
const POOL: Pool = Pool { kernel: 3, stride: 2, padding: 1 };

#[test]
fn a_max_pool_takes_the_first_of_equals() {
    let draw = &mut Draw(5);
    let vgg = Pool { kernel: 2, stride: 2, padding: 0 };
    for ([height, width], pool) in
        [([1, 1], POOL), ([2, 3], POOL), ([7, 8], POOL), ([13, 6], POOL), ([8, 6], vgg), ([9, 7], vgg)]
    {
        let x: Vec<f32> = draw.values(3 * height * width).iter().map(|value| (value * 4.0).round()).collect();
        let Pool { kernel, stride, padding } = pool;
        let [rows, columns] = [height, width].map(|side| (side + 2 * padding - kernel) / stride + 1);
        let (maxima, places) = max_pool(3, [height, width], [rows, columns], pool, &x);
        assert_eq!((maxima.len(), places.len()), (3 * rows * columns, 3 * rows * columns));
        for (at, (maximum, place)) in maxima.iter().zip(&places).enumerate() {
            let (plane, row, column) = (at / rows / columns, at / columns % rows, at % columns);
            let near = |at: usize, side: usize| {
                (0..kernel)
                    .filter_map(move |tap| (stride * at + tap).checked_sub(padding))
                    .filter(move |&place| place < side)
            };
            let window = near(row, height).flat_map(|y| near(column, width).map(move |x| y * width + x));
            let of = |place: usize| x[plane * height * width + place];
            let best = window.reduce(|best, next| if of(next) > of(best) { next } else { best });
            assert_eq!((Some(*place as usize), *maximum), (best, best.map_or(f32::NAN, of)));
        }
    }
}
