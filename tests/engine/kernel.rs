//! The GPU's convolutions against the CPU's, and the choice among them.

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

/// Sides, channels and batches that no tile divides, and each thing that can be done to a result.
#[test]
fn every_candidate_computes_what_the_cpu_does() {
    let gpu = gpu();
    let cpu = burn::tensor::Device::flex();
    // The same in every run: of other values a mask may leave one alone, whose sum happens to be next to 0.
    let noise = |name: &str, shape: [usize; 4]| {
        let values: Vec<f32> = (0..shape.iter().product()).map(|at| formula::unit(name, at)).collect();
        Tensor::<4>::from_data(TensorData::new(values, shape), &cpu)
    };
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
