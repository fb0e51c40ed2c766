//! The choice among the GPU's kernels.

use c3lrp::device::{self, Choice, KernelTimings, Kind, Preference};
use c3lrp::weights::Bytes;
use c3lrp::{Explainer, Loading};
use pollster::block_on;
use serde_json::{Value, json};

use crate::support::{on_gpu, small};

/// Every shape is measured once, and what is given back is not measured again.
#[test]
fn what_was_measured_is_remembered() {
    let adapter = device::adapter().unwrap();
    let open = |kernels: &KernelTimings| {
        let kernels = Preference::from_json(json!([{ "edition": 0 }, kernels])).unwrap();
        on_gpu(small(), adapter.clone(), kernels).unwrap().info().kernels.clone().unwrap()
    };
    let first = open(&KernelTimings::default());
    assert!(first.layers.iter().all(|layer| layer.dropped.is_empty() && !layer.milliseconds.is_empty()));
    assert!(first.layers.iter().any(|layer| layer.geometry.kernel == 7 && json!(layer.direction) == "vjp"));
    assert_eq!(open(&first), first);

    assert!(Preference::from_json(json!("fastest")).unwrap_err().to_string().contains("kernels"));

    let mut elsewhere = first.clone();
    elsewhere.adapter = "another".into();
    elsewhere.layers.truncate(1);
    assert_eq!(open(&elsewhere).layers.len(), first.layers.len());
}

/// The times are made up, so that either device is the faster one.
#[test]
fn auto_takes_the_faster_device() {
    let mut adapter = device::adapter().unwrap();
    // A software adapter is not tried at all.
    adapter.software = false;
    let measured = on_gpu(small(), adapter.clone(), Preference::default()).unwrap().info().kernels.clone();
    let with = |cpu: f64| {
        let mut timings = json!(measured);
        for layer in timings["layers"].as_array_mut().into_iter().flatten() {
            layer["cpu"] = json!(cpu);
            layer["milliseconds"] = json!([[layer["chosen"], 2.0]]);
        }
        open_auto(adapter.clone(), timings)
    };
    let fast = with(3.0);
    assert_eq!(fast.info().device, Kind::WebGpu);
    let slow = with(1.0);
    assert_eq!(slow.info().device, Kind::Cpu);
    // The small network has 17 convolutions and a linear layer, each forward and back.
    assert!(slow.info().reason.contains("slower than the CPU"), "{}", slow.info().reason);
    assert!(slow.info().reason.contains("72 ms on it, and 36 ms on the CPU"), "{}", slow.info().reason);
    // What was measured is kept all the same, so that it need not be measured again.
    assert_eq!(
        slow.info().kernels.as_ref().map(|kernels| kernels.layers.len()),
        measured.map(|kernels| kernels.layers.len())
    );
}

fn open_auto(adapter: device::Adapter, timings: Value) -> Explainer {
    let kernels = Preference::from_json(json!([timings])).unwrap();
    let loading = Loading { device: Choice::Auto, kernels, ..Loading::default() };
    block_on(Explainer::create(Bytes(small()), loading, Ok(adapter), &mut |_, _, _| {})).unwrap()
}
