//! The GPU of this machine: how much it is given at once, and who is told of what it reports.

use std::process::Command;
use std::thread;

use c3lrp::Explainer;
use c3lrp::device::Candidate;
use c3lrp::device::{self, Adapter, Preference};
use c3lrp::weights::{Architecture, formula};
use serde_json::json;

use crate::support::{block_on, error, on_cpu, on_gpu, options, reference, small, tensors};

/// A share of the largest: f32 through sixty layers is within 2e-6.
const TOLERANCE: f32 = 1e-4;

fn adapter() -> Adapter {
    device::adapter().expect("a Vulkan adapter, such as the software one that ./build.sh test installs")
}

/// At 512² the largest activation of 32 pictures is a buffer of 268 MB, of which a software adapter has half.
#[test]
fn a_batch_is_as_large_as_its_pictures_allow() {
    let weights = formula::checkpoint(&Architecture { stem: 32, ..Architecture::resnet([1; 4], 4, 10) }).unwrap();
    let pictures: Vec<f32> = (0..32)
        .flat_map(|number| {
            let repeated = formula::input(&format!("{}", number % 3), 512, 512);
            repeated.into_iter().map(move |value| value * (1.0 + number as f32 / 64.0))
        })
        .collect();
    let on = |explainer: &Explainer| block_on(explainer.logits(pictures.clone(), 512, 512)).unwrap();
    let gpu = on_gpu(weights.clone(), adapter(), Preference::Force(Candidate::Tiled)).unwrap();
    let expected = on(&on_cpu(weights).unwrap());
    let off = error(&on(&gpu), &expected);
    assert!(off < TOLERANCE, "off by {off}");
}

/// One tries kernels while the others explain: all get what the reference says, each time.
#[test]
fn explainers_at_once_do_not_disturb_each_other() {
    let expected = &tensors("small.safetensors")["logits"];
    let explain = |kernels: Preference, rounds: usize| {
        let explainer = on_gpu(small(), adapter(), kernels).unwrap();
        for round in 0..rounds {
            let asked = options(json!({ "target": round % 10 }));
            let input = formula::input("input", 64, 64);
            let found = block_on(explainer.explain_tensor(input, 64, 64, &asked, &mut |_, _, _| {})).unwrap();
            let off = error(&found.logits, expected);
            assert!(off < TOLERANCE, "off by {off}");
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| explain(Preference::Force(Candidate::Burn), 6));
        }
        scope.spawn(|| explain(Preference::default(), 2));
    });
}

/// The adapter is the one that the runtime takes, whatever chooses that.
#[test]
fn the_runtime_says_which_adapter_it_takes() {
    assert_eq!(
        on_gpu(small(), adapter(), Preference::Force(Candidate::Burn)).unwrap().info().adapter,
        adapter().description
    );
    let weights = std::env::temp_dir().join(format!("c3lrp-device-{}.safetensors", std::process::id()));
    std::fs::write(&weights, small()).unwrap();
    let explain = |chosen: &str, device: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_c3lrp"));
        command
            .arg("explain")
            .arg(reference("crop_500x375.png"))
            .arg("--weights")
            .arg(&weights)
            .arg("--json")
            .args(device);
        command.env("CUBECL_WGPU_DEFAULT_DEVICE", chosen).output().unwrap()
    };
    for (chosen, why) in [("DiscreteGpu(77)", "No Discrete GPU device found"), ("Fastest", "Fastest")] {
        let output = explain(chosen, &["--device", "gpu"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains("no GPU was found") && told.contains(why), "{told}");
        // Unless a GPU was asked for, the CPU does.
        let output = explain(chosen, &[]);
        assert!(String::from_utf8(output.stdout).unwrap().contains(r#""device":"cpu""#));
    }
    std::fs::remove_file(weights).unwrap();
}
