//! The command line, run as a person would.

use std::path::PathBuf;
use std::process::{Command, Output};

use c3lrp::weights::formula;
use serde_json::Value;

use crate::support::{error, reference, small, tensors};

fn scratch(file: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.join(file)
}

fn c3lrp(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(arguments).output().unwrap()
}

#[test]
fn explains_a_tensor_and_a_picture() {
    let path = |file: &str| scratch(file).into_os_string().into_string().unwrap();
    let (weights, input, relevance, heatmap) =
        (path("command.safetensors"), path("input.npy"), path("relevance.npy"), path("heatmap.png"));
    let made = c3lrp(&["formula", "--depths", "1,1,1,1", "--width", "8", "--classes", "10", "--out", &weights]);
    assert!(made.status.success(), "{made:?}");
    assert_eq!(std::fs::read(&weights).unwrap(), small());

    let mut npy =
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 64, 64), }".to_vec();
    npy.resize(127, b' ');
    npy.push(b'\n');
    npy.extend_from_slice(bytemuck::cast_slice(&formula::input("input", 64, 64)));
    std::fs::write(&input, npy).unwrap();
    let explained = c3lrp(&[
        "explain",
        &input,
        "--weights",
        &weights,
        "--device",
        "cpu",
        "--target",
        "3",
        "--relevance",
        &relevance,
        "--heatmap",
        &heatmap,
        "--json",
    ]);
    assert!(explained.status.success(), "{explained:?}");
    let json: Value = serde_json::from_slice(&explained.stdout).unwrap();
    assert_eq!(
        (json["target"].as_u64(), json["label"].as_str(), json["device"].as_str()),
        (Some(3), Some("class 3"), Some("cpu"))
    );
    assert_eq!(json["top5"].as_array().unwrap().len(), 5);
    assert_eq!(json["top5"][0]["class"], 4);
    assert!(json["milliseconds"]["backward"].as_f64().unwrap() > 0.0);

    let written = std::fs::read(&relevance).unwrap();
    let values: Vec<f32> = bytemuck::pod_collect_to_vec(&written[written.len() - 3 * 64 * 64 * 4..]);
    assert!(String::from_utf8_lossy(&written[..100]).contains("(3, 64, 64"));
    assert!(error(&values, &tensors("small.safetensors")["relevance_target3"]) < 2e-5);
    let heatmap = image::open(&heatmap).unwrap();
    assert_eq!((heatmap.width(), heatmap.height()), (64, 64));

    let picture = reference("crop_500x375.png").into_os_string().into_string().unwrap();
    let told = c3lrp(&[
        "explain",
        &picture,
        "--weights",
        &weights,
        "--device",
        "cpu",
        "--filter",
        r#"{"kind":"c1c","threshold":"otsu"}"#,
    ]);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("explained: class") && told.contains("on cpu"), "{told}");
}

#[test]
fn lists_methods_and_explains_by_them() {
    let told = String::from_utf8(c3lrp(&["methods"]).stdout).unwrap();
    assert!(told.starts_with("c3-lrp\n") && told.contains("Selvaraju"), "{told}");
    assert!(told.contains("stage = 4 (1, 2, 3, 4): The stage"), "{told}");
    let listed: Value = serde_json::from_slice(&c3lrp(&["methods", "--json"]).stdout).unwrap();
    assert_eq!(listed[0]["name"], "c3-lrp");

    let weights = scratch("methods.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let (weights, map) = (weights.to_str().unwrap(), scratch("map.npy"));
    let picture = reference("crop_500x375.png").into_os_string().into_string().unwrap();
    let explain = |method: &str| {
        let start = ["explain", &picture, "--weights", weights, "--device", "cpu", "--json"];
        c3lrp(&[&start[..], &["--method", method, "--relevance", map.to_str().unwrap()]].concat())
    };
    let walked: Value = serde_json::from_slice(&explain("lrp-epsilon-plus").stdout).unwrap();
    assert_eq!(
        (walked["boundaries"][0]["name"].as_str(), walked["boundaries"][8]["name"].as_str()),
        (Some("fc"), Some("input"))
    );
    assert!(explain(r#"{"name":"grad-cam","stage":2}"#).status.success());
    assert!(String::from_utf8_lossy(&std::fs::read(&map).unwrap()[..100]).contains("(1, 224, 224"));
    let refused = explain("lime");
    assert!(!refused.status.success() && String::from_utf8(refused.stderr).unwrap().contains("there are c3-lrp"));
}

#[test]
fn draws_birds_with_masks_and_a_table() {
    let folder = scratch("birds");
    std::fs::remove_dir_all(&folder).unwrap_or_default();
    let out = folder.to_str().unwrap();
    let pair = "Masked Sunwren,Capped Sunwren";
    let drawn = c3lrp(&["birds", "--out", out, "--count", "3", "--seed", "7", "--species", pair, "--side", "96"]);
    assert!(drawn.status.success(), "{drawn:?}");
    let table = std::fs::read_to_string(folder.join("birds.csv")).unwrap();
    let rows: Vec<_> = table.lines().collect();
    assert!(rows[0].starts_with("file,species,seed"));
    assert!(rows[1].starts_with("bird-000000.png,Masked Sunwren,7"), "{}", rows[1]);
    assert!(rows[2].starts_with("bird-000001.png,Capped Sunwren,8"), "{}", rows[2]);
    assert!(rows[3].starts_with("bird-000002.png,Masked Sunwren,9"), "{}", rows[3]);
    assert_eq!(rows.len(), 4);
    let picture = image::open(folder.join("bird-000002.png")).unwrap();
    let mask = image::open(folder.join("masks/bird-000002-bird.png")).unwrap().into_luma8();
    assert_eq!((picture.width(), mask.dimensions()), (96, (96, 96)));
    assert!(mask.pixels().any(|pixel| pixel[0] == 255));
    let tagged = ["birds", "--out", out, "--count", "1", "--species", "Masked Sunwren", "--tag", "Capped Sunwren"];
    assert!(c3lrp(&tagged).status.success());
    let table = std::fs::read_to_string(folder.join("birds.csv")).unwrap();
    assert!(table.contains("bird-000000.png,Masked Sunwren,0,10,11,"), "{table}");
    let less =
        ["--without", "beak, eye", "--swap", "wing=Capped Sunwren,tail=rosy sicklebill", "--without-objects", "0,1"];
    let start = ["birds", "--out", out, "--count", "1", "--seed", "20", "--side", "96"];
    assert!(c3lrp(&[&start[..], &less].concat()).status.success());
    let masks = |what: &str| folder.join(format!("masks/bird-000000-{what}.png")).exists();
    let table = std::fs::read_to_string(folder.join("birds.csv")).unwrap();
    let objects: usize = table.trim_end().rsplit(',').next().unwrap().parse().unwrap();
    assert!((5..=15).contains(&objects) && masks("wing") && masks("bird"), "{table}");
    for (wrong, words) in [(["--without", "nose"], "there are beak, crest"), (["--swap", "wing"], "PART=SPECIES")] {
        let refused = c3lrp(&[&start[..], &wrong].concat());
        assert!(!refused.status.success() && String::from_utf8(refused.stderr).unwrap().contains(words));
    }
    let unknown = c3lrp(&["birds", "--out", out, "--count", "1", "--species", "Dodo"]);
    assert!(!unknown.status.success() && String::from_utf8(unknown.stderr).unwrap().contains("Masked Sunwren"));
}

#[test]
fn errors_are_sentences_and_a_status() {
    let weights = scratch("errors.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let weights = weights.to_str().unwrap();
    let nothing = scratch("nothing.txt");
    std::fs::write(&nothing, "no picture").unwrap();
    let nothing = nothing.to_str().unwrap();
    for (arguments, words) in [
        (vec!["explain", nothing, "--weights", weights], "can't be read as a picture"),
        (vec!["explain", "absent.png", "--weights", weights], "absent.png can't be opened"),
        (vec!["explain", nothing, "--weights", "absent.safetensors"], "absent.safetensors can't be opened"),
        (vec!["explain", nothing, "--weights", nothing], "not a safetensors file"),
        (vec!["explain", nothing, "--weights", weights, "--start", "zero"], "zero"),
        (vec!["formula", "--depths", "1,2", "--out", "x"], "four numbers"),
        (vec!["evaluate", "birds:1:1", "--weights", weights], "a network of the birds was expected"),
        (vec!["evaluate", "birds:1", "--weights", weights], "birds:SEED:COUNT was expected"),
    ] {
        let output = c3lrp(&arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{arguments:?}: {told}");
    }
}

#[test]
fn a_processor_that_is_not_there_is_refused_in_a_sentence() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let weights = scratch("processor.safetensors");
    std::fs::write(&weights, small()).unwrap();
    for name in [OsStr::new("sse"), OsStr::new(""), OsStr::from_bytes(b"avx\xff")] {
        let output = Command::new(env!("CARGO_BIN_EXE_c3lrp"))
            .args(["explain", "tests/reference/crop_100x90.png", "--weights", weights.to_str().unwrap()])
            .env("C3LRP_PROCESSOR", name)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        let words = ["This device can't be used: C3LRP_PROCESSOR is", "this processor has", "portable"];
        assert!(!output.status.success() && words.iter().all(|words| told.contains(words)), "{name:?}: {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
}
