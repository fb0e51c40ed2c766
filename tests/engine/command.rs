//! The command line, run as a person would.

use std::path::PathBuf;
use std::process::{Command, Output};

use c3lrp::weights::formula;
use serde_json::{Value, json};

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
fn explains_a_folder_and_passes_over_what_is_there() {
    let (pictures, out) = (scratch("pictures"), scratch("explained"));
    for folder in [&pictures, &out] {
        std::fs::remove_dir_all(folder).unwrap_or_default();
    }
    std::fs::create_dir_all(&pictures).unwrap();
    // Colours that run across and down, so that there is something to be seen.
    for (name, [width, height]) in [("small.png", [100, 90]), ("tall picture.png", [231, 640])] {
        let colour = |x, y| image::Rgb([(x * 255 / width) as u8, (y * 255 / height) as u8, ((x ^ y) % 256) as u8]);
        image::RgbImage::from_fn(width, height, colour).save(pictures.join(name)).unwrap();
    }
    std::fs::write(pictures.join("broken.png"), "no picture").unwrap();
    std::fs::write(pictures.join("notes.txt"), "no picture either").unwrap();
    let weights = scratch("folder.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let (weights, input, to) = (weights.to_str().unwrap(), pictures.to_str().unwrap(), out.to_str().unwrap());
    let run = |more: &[&str]| {
        let start = ["explain", input, "--weights", weights, "--device", "cpu", "--out", to];
        c3lrp(&[&start[..], more].concat())
    };
    let told = |output: Output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(told(run(&[])).starts_with("2 explained, 0 passed over, 1 failed; "));

    let json = out.join("tall picture.png.json");
    let report: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!((&report["format"], &report["version"]), (&"c3lrp-explanation".into(), &1.into()));
    assert_eq!(report["picture"], json!({ "name": "tall picture.png", "width": 231, "height": 640 }));
    assert_eq!(report["question"], json!({ "method": { "name": "c3-lrp" }, "filter": "c3" }));
    assert_eq!(report["boundaries"][8]["name"], "input");
    // The crop is torchvision's: the shorter side to 256, then the middle 224.
    let region = &report["region"];
    let [x, crop, width] = [&region["x"], &report["map"]["crop"]["x"], &report["map"]["crop"]["width"]];
    let expected = crop.as_f64().unwrap() + x.as_f64().unwrap() * width.as_f64().unwrap() / 224.0;
    assert!((region["picture"]["x"].as_f64().unwrap() - expected).abs() < 1e-9, "{report}");
    let heatmap = image::open(out.join("tall picture.png.png")).unwrap();
    assert_eq!((heatmap.width(), heatmap.height()), (224, 224));
    let npy = std::fs::read(out.join("small.png.npy")).unwrap();
    assert!(String::from_utf8_lossy(&npy[..100]).contains("(3, 224, 224"));
    let sheet = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(sheet.contains("default-src 'none'") && !sheet.contains("<script"), "{sheet}");
    for shown in ["tall%20picture.png.png", "small.png.png", "Not explained", "broken.png can't be read"] {
        assert!(sheet.contains(shown), "{shown}: {sheet}");
    }

    // The same again: nothing is written. By another question, or cut off: all of it.
    let before = std::fs::read(&json).unwrap();
    let modified = std::fs::metadata(&json).unwrap().modified().unwrap();
    assert!(told(run(&[])).starts_with("0 explained, 2 passed over, 1 failed"));
    assert_eq!(std::fs::metadata(&json).unwrap().modified().unwrap(), modified);
    std::fs::write(&json, &before[..before.len() / 2]).unwrap();
    assert!(told(run(&[])).starts_with("1 explained, 1 passed over, 1 failed"));
    assert!(told(run(&["--filter", "none"])).starts_with("2 explained, 0 passed over, 1 failed"));
    let parts = std::fs::read_dir(&out)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
    assert_eq!(parts.count(), 0);

    let [single, nowhere] = [pictures.join("small.png"), pictures.join("broken.png")]
        .map(|path| c3lrp(&["explain", path.to_str().unwrap(), "--weights", weights, "--device", "cpu", "--out", to]));
    assert!(told(single).starts_with("1 explained, 0 passed over, 0 failed"));
    assert!(
        !nowhere.status.success() && String::from_utf8(nowhere.stderr).unwrap().contains("none could be explained")
    );
    for (out, words) in [(vec![], "needs --out"), (vec!["--out", input], "name another one")] {
        let refused = c3lrp(&[&["explain", input, "--weights", weights, "--device", "cpu"][..], &out].concat());
        assert!(!refused.status.success() && String::from_utf8(refused.stderr).unwrap().contains(words), "{words}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let weights = scratch("pipe.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let picture = reference("crop_100x90.png");
    for arguments in [
        vec!["methods"],
        vec!["methods", "--json"],
        vec!["explain", picture.to_str().unwrap(), "--weights", weights.to_str().unwrap(), "--device", "cpu", "--json"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(&arguments).stdout(writer).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
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

/// The example of the crate gives the command's answer, and a map of it.
#[test]
fn the_crates_example_explains_a_picture() {
    let root = env!("CARGO_MANIFEST_DIR");
    let [picture, weights] =
        ["docs/methods/bird.png", "www/public/models/birds-resnet50.safetensors"].map(|file| format!("{root}/{file}"));
    let map = scratch("example.png");
    let example = PathBuf::from(env!("CARGO_BIN_EXE_c3lrp")).with_file_name("examples").join("explain");
    assert!(example.exists(), "build it first: cargo build --release --features cli --example explain");
    let ran = Command::new(example).args([&picture, &weights]).arg(&map).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let explained = c3lrp(&["explain", &picture, "--weights", &weights, "--json"]);
    let json: Value = serde_json::from_slice(&explained.stdout).unwrap();
    let [target, probability] = [&json["target"], &json["probability"]];
    let said = format!("class {target}: {:.1} %\n", 100.0 * probability.as_f64().unwrap());
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), said);
    let map = image::open(map).unwrap().to_rgba8();
    assert_eq!(map.dimensions(), (224, 224));
    // What is filtered away is clear, and what is left is not.
    let clear = map.pixels().filter(|pixel| pixel.0[3] == 0).count();
    assert!(clear > 0 && clear < 224 * 224, "{clear} pixels are clear");
}
