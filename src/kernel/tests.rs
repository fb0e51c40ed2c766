//! Compares the GPU's kernels with the CPU's; the crate of kernels compares those with their definitions.

use burn::tensor::{Tensor, TensorData};

use super::{
    Candidate, Direction, Extra, Geometry, KernelTimings, Weight, convolve, max_pool, max_pool_vjp, measure, vjp,
};
use crate::Error;
use crate::device::{self, Choice, Device};
use crate::random::unit;
use crate::window::Window;
use crate::witness::fault;

/// At most 4,608 products of values from −1 to 1, added in another order.
const TOLERANCE: f32 = 1e-5;

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

fn gpu() -> Device {
    let adapter = device::adapter().unwrap();
    pollster::block_on(Device::open(Choice::WebGpu, Ok(adapter))).unwrap()
}

/// The same in every run. With other values, a mask might leave only one value, whose sum happens to be almost 0.
fn noise(name: &str, shape: [usize; 4]) -> Tensor<4> {
    let values: Vec<f32> = (0..shape.iter().product()).map(|at| unit(name, at)).collect();
    Tensor::from_data(TensorData::new(values, shape), &burn::tensor::Device::flex())
}

/// Largest difference, as a share of the largest magnitude expected.
fn error(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0f32, |largest, value| largest.max(value.abs()));
    let off = |(a, b): (&f32, &f32)| if (a - b).is_nan() { f32::INFINITY } else { (a - b).abs() };
    found.iter().zip(expected).map(off).fold(0f32, f32::max) / largest
}

/// Sides, channels and batches that are not multiples of any tile, with everything that can be applied to a result.
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
                    let forward =
                        |rectified| convolve(&geometry, candidate, x.clone(), &weight, &bias, with(&there), rectified);
                    let vjp = vjp(&geometry, candidate, cotangent, &weight, with(&back), factor);
                    [values(forward(false)), values(forward(true)), values(vjp)]
                };
                let expected = on(&cpu, Candidate::Burn);
                for candidate in Candidate::ALL {
                    for (found, expected) in on(gpu.burn(), candidate).iter().zip(&expected) {
                        // If the mask hides everything, there is no largest value.
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

/// Each output's cotangent goes to the place of its maximum, on the CPU and on the GPU.
#[test]
fn cotangents_go_to_their_maxima() {
    let gpu = gpu();
    let sizes = [[1, 1], [2, 3], [7, 8], [13, 6]].map(|size| (size, Window::RESNET));
    for (size, window) in sizes.into_iter().chain([([8, 6], Window::VGG), ([9, 7], Window::VGG)]) {
        let (x, [rows, columns]) = (noise("pool", [2, 3, size[0], size[1]]), window.output(size).unwrap());
        let cotangent = noise("cotangent", [2, 3, rows, columns]);
        let on = |device: &burn::tensor::Device| {
            let [x, cotangent] = [&x, &cotangent].map(|tensor| tensor.clone().to_device(device));
            let (maxima, places) = max_pool(x.clone(), &window);
            [values(maxima), values(max_pool_vjp(x, places, cotangent, &window))]
        };
        assert_eq!(on(&burn::tensor::Device::flex()), on(gpu.burn()));
    }
}

/// A candidate may be right for one picture without an addend, a mask or a ReLU; with those, its results are compared
/// with the CPU as well. The test doesn't depend on the candidate, so it runs on the CPU.
#[test]
fn what_becomes_of_a_kernels_results_is_compared() {
    let geometry = Geometry::new([6, 3, 3, 3], 1, 1, 1, [9, 14]);
    let device = burn::tensor::Device::flex();
    let measured = |direction| {
        let measured = KernelTimings::new("the CPU");
        pollster::block_on(measure(&geometry, direction, &device, &measured, || None))
    };
    let off = |result: Tensor<4>, ranges: [std::ops::Range<usize>; 4]| {
        let changed = result.clone().slice(ranges.clone()) * 1.01;
        result.slice_assign(ranges, changed)
    };
    let last_picture = move |_, result: Tensor<4>| {
        let [batch, channels, rows, columns] = result.dims();
        off(result, [batch - 1..batch, 0..channels, 0..rows, 0..columns])
    };
    let rectified = |_, result: Tensor<4>| match values(result.clone()).iter().all(|value| *value >= 0.0) {
        true => result * 1.01,
        false => result,
    };
    let masked = |_, result: Tensor<4>| match values(result.clone()).contains(&0.0) {
        true => result * 1.01,
        false => result,
    };
    for direction in [Direction::Forward, Direction::Vjp] {
        assert!(measured(direction).is_ok());
        let mut found =
            vec![fault::during(last_picture, || measured(direction)), fault::during(masked, || measured(direction))];
        if direction == Direction::Forward {
            found.push(fault::during(rectified, || measured(direction)));
        }
        for found in found {
            let Err(Error::Device(what)) = found else { unreachable!("{found:?}") };
            assert!(what.text().contains("with what becomes of its results, it is off by"), "{what}");
        }
    }
}
