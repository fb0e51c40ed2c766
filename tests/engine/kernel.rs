//! The CPU's kernels against their definitions, the GPU's against the CPU's, and the choice among them.

use burn::tensor::{Tensor, TensorData};
use c3lrp::device::{self, Choice, Device, Preference};
use c3lrp::kernel::{self, Candidate, Direction, Extra, Geometry, Measured, Weight};
use c3lrp::weights::formula;
use serde_json::json;

use crate::support::{block_on, error, on_gpu, small};

/// 4,608 products of values in −1…1 at most, summed in another order.
const TOLERANCE: f32 = 1e-5;

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

fn gpu() -> Device {
    let adapter = device::adapter().expect("a Vulkan adapter, such as the software one that ./build.sh test installs");
    block_on(Device::open(Choice::WebGpu, Ok(adapter))).unwrap()
}

/// The same in every run: of other values a mask may leave one alone, whose sum happens to be next to 0.
fn noise(name: &str, shape: [usize; 4]) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|at| formula::unit(name, at)).collect();
    Tensor::from_data(TensorData::new(values, shape), &burn::tensor::Device::flex())
}

/// Every product of a convolution: the places of x, of the weight and of the result.
fn products(geometry: &Geometry, mut meet: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, inputs, outputs, groups, kernel, stride, padding, input, output } = *geometry;
    let channels = inputs / groups;
    for (n, to) in (0..batch).flat_map(|n| (0..outputs).map(move |to| (n, to))) {
        let group = to / (outputs / groups);
        for (from, down, across) in (0..channels)
            .flat_map(|from| (0..kernel).flat_map(move |down| (0..kernel).map(move |across| (from, down, across))))
        {
            let weight = ((to * channels + from) * kernel + down) * kernel + across;
            for (row, column) in (0..output[0]).flat_map(|row| (0..output[1]).map(move |column| (row, column))) {
                let (y, x) = (row * stride + down, column * stride + across);
                if (padding..padding + input[0]).contains(&y) && (padding..padding + input[1]).contains(&x) {
                    let plane = n * inputs + group * channels + from;
                    let seen = (plane * input[0] + y - padding) * input[1] + x - padding;
                    meet(seen, weight, ((n * outputs + to) * output[0] + row) * output[1] + column);
                }
            }
        }
    }
}

/// Each way that the CPU has of its own, by the sums that define a convolution, in 64 bits.
#[test]
fn the_cpu_computes_what_defines_a_convolution() {
    for (kernel, stride, groups, batch, channels, outputs, size) in [
        // Fewer products for four results: sides that are odd, groups, several runs and batches.
        (3, 1, 1, 1, 16, 24, [13, 11]),
        (3, 1, 1, 2, 33, 17, [12, 15]),
        (3, 1, 2, 1, 32, 44, [17, 8]),
        (3, 1, 1, 1, 64, 40, [58, 41]),
        // A picture's channels, for which the way back folds.
        (7, 2, 1, 1, 3, 20, [19, 14]),
        (7, 1, 1, 2, 2, 5, [3, 2]),
        (3, 2, 2, 1, 8, 6, [5, 5]),
        // All others.
        (3, 2, 1, 1, 40, 24, [15, 12]),
        (1, 2, 1, 2, 24, 20, [9, 13]),
        (3, 1, 1, 1, 70, 33, [7, 7]),
    ] {
        let geometry = Geometry::new([outputs, channels / groups, kernel, kernel], stride, groups, batch, size);
        let [rows, columns] = geometry.output;
        let x = noise("x", [batch, channels, size[0], size[1]]);
        let there = noise("there", [batch, outputs, rows, columns]);
        let weight = noise("weight", [outputs, channels / groups, kernel, kernel]);
        let bias = noise("bias", [outputs, 1, 1, 1]).reshape([outputs]);
        let [of_x, of_weight, of_there] = [&x, &weight, &there].map(|tensor| values(tensor.clone()));
        let of_bias = values(bias.clone());

        let (mut forward, mut back) = (vec![0f64; of_there.len()], vec![0f64; of_x.len()]);
        products(&geometry, |seen, weight, result| {
            forward[result] += f64::from(of_x[seen]) * f64::from(of_weight[weight]);
            back[seen] += f64::from(of_there[result]) * f64::from(of_weight[weight]);
        });
        let biased =
            forward.iter().enumerate().map(|(at, sum)| sum + f64::from(of_bias[at / (rows * columns) % outputs]));
        let added = biased.zip(&of_there).map(|(value, added)| (value + f64::from(*added)).max(0.0) as f32);
        let masked =
            back.iter().zip(&of_x).map(|(value, x)| if *x > 0.0 { (value * f64::from(*x)) as f32 } else { 0.0 });

        let weight = Weight::from(weight);
        // Twice: what is laid out of the weights is kept.
        for _ in 0..2 {
            let found =
                kernel::convolve(&geometry, Candidate::Burn, x.clone(), &weight, &bias, Extra::Addend(&there), true);
            let off = error(&values(found), &added.clone().collect::<Vec<_>>());
            assert!(off < TOLERANCE, "{geometry:?}: forward off by {off}");
            let found = kernel::vjp(&geometry, Candidate::Burn, there.clone(), &weight, Extra::Mask(&x), Some(&x));
            let off = error(&values(found), &masked.clone().collect::<Vec<_>>());
            assert!(off < TOLERANCE, "{geometry:?}: back off by {off}");
        }
    }
}

/// Where maxima are equal the first one has won, and what is no number wins at once.
#[test]
fn the_cpu_pools_as_a_max_pool_does() {
    for [height, width] in [[1, 1], [2, 3], [7, 8], [13, 6]] {
        let mut x = values(noise("pool", [2, 3, height, width]));
        x.iter_mut().for_each(|value| *value = (*value * 4.0).round());
        let last = x.len() - 1;
        x[last] = f32::NAN;
        let (mut maxima, mut back) = (Vec::new(), vec![0f32; x.len()]);
        for plane in 0..6 {
            for (row, column) in (0..height.div_ceil(2)).flat_map(|y| (0..width.div_ceil(2)).map(move |x| (y, x))) {
                let inside = |at: usize, side: usize| (0..side).filter(move |place| place.abs_diff(2 * at) <= 1);
                let places = inside(row, height)
                    .flat_map(|y| inside(column, width).map(move |x| (plane * height + y) * width + x));
                let won = places
                    .reduce(|best, next| if x[next] > x[best] || x[next].is_nan() { next } else { best })
                    .unwrap();
                back[won] += maxima.len() as f32;
                maxima.push(x[won]);
            }
        }
        let tensor = |values: &[f32], size: [usize; 2]| {
            let data = TensorData::new(values.to_vec(), [2, 3, size[0], size[1]]);
            Tensor::<4>::from_data(data, &burn::tensor::Device::flex())
        };
        let (found, places) = kernel::max_pool(tensor(&x, [height, width]));
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&values(found)), bits(&maxima));
        let numbers: Vec<_> = (0..maxima.len()).map(|at| at as f32).collect();
        let cotangent = tensor(&numbers, [height.div_ceil(2), width.div_ceil(2)]);
        assert_eq!(values(kernel::max_pool_vjp(tensor(&x, [height, width]), places, cotangent)), back);
    }
}

/// Sides, channels and batches that no tile divides, and each thing that can be done to a result.
#[test]
fn every_candidate_computes_what_the_cpu_does() {
    let gpu = gpu();
    let cpu = burn::tensor::Device::flex();
    for (kernel, stride, groups) in [(1, 1, 1), (1, 2, 1), (3, 1, 1), (3, 2, 1), (7, 2, 1), (3, 1, 3)] {
        for (batch, channels, outputs, [height, width]) in
            [(1, 3, 3, [1, 1]), (2, 6, 9, [7, 7]), (1, 9, 6, [8, 13]), (3, 12, 18, [5, 4]), (1, 3, 513, [2, 3])]
        {
            let geometry =
                Geometry::new([outputs, channels / groups, kernel, kernel], stride, groups, batch, [height, width]);
            let [rows, columns] = geometry.output;
            let x = noise("x", [batch, channels, height, width]);
            let cotangent = noise("cotangent", [batch, outputs, rows, columns]);
            let weight = noise("weight", [outputs, channels / groups, kernel, kernel]);
            let bias = noise("bias", [outputs, 1, 1, 1]).reshape([outputs]);
            let there = noise("there", [batch, outputs, rows, columns]);
            let back = noise("back", [batch, channels, height, width]);
            for extra in 0..6 {
                let on = |device: &burn::tensor::Device, candidate| {
                    let [x, cotangent, weight, there, back] =
                        [&x, &cotangent, &weight, &there, &back].map(|tensor| tensor.clone().to_device(device));
                    let (bias, weight) = (bias.clone().to_device(device), Weight::from(weight));
                    let with = |tensor| [Extra::None, Extra::Addend(tensor), Extra::Mask(tensor)][extra % 3];
                    let factor = (extra > 2).then_some(&x);
                    let forward = |rectified| {
                        kernel::convolve(&geometry, candidate, x.clone(), &weight, &bias, with(&there), rectified)
                    };
                    let vjp = kernel::vjp(&geometry, candidate, cotangent, &weight, with(&back), factor);
                    [values(forward(false)), values(forward(true)), values(vjp)]
                };
                let expected = on(&cpu, Candidate::Burn);
                for candidate in Candidate::ALL {
                    for (found, expected) in on(gpu.burn(), candidate).iter().zip(&expected) {
                        // What is masked everywhere has no largest value.
                        let off = if expected.iter().all(|value| *value == 0.0) {
                            found.iter().fold(0f32, |off, value| off.max(value.abs()))
                        } else {
                            error(found, expected)
                        };
                        assert!(off < TOLERANCE, "{candidate:?}, {geometry:?}, extra {extra}: off by {off}");
                    }
                }
            }
        }
    }
}

/// Every shape is measured once, and what is given back is not measured again.
#[test]
fn what_was_measured_is_remembered() {
    let adapter = device::adapter().unwrap();
    let open = |kernels: &Measured| {
        let kernels = Preference::from_json(json!([{ "edition": 0 }, kernels])).unwrap();
        on_gpu(small(), adapter.clone(), kernels).unwrap().info().kernels.clone().unwrap()
    };
    let first = open(&Measured::default());
    assert!(first.layers.iter().all(|layer| layer.dropped.is_empty() && !layer.milliseconds.is_empty()));
    assert!(first.layers.iter().any(|layer| layer.geometry.kernel == 7 && layer.direction == Direction::Vjp));
    assert_eq!(open(&first), first);

    assert!(Preference::from_json(json!("fastest")).unwrap_err().to_string().contains("kernels"));

    let mut elsewhere = first.clone();
    elsewhere.adapter = "another".into();
    elsewhere.layers.truncate(1);
    assert_eq!(open(&elsewhere).layers.len(), first.layers.len());
}
