//! The choice among the GPU's kernels.

use c3lrp::device::{self, KernelTimings, Preference};
use serde_json::json;

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
