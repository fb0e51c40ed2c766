//! Datasets and records.

use std::process::Command;

use serde_json::{Value, json};

use super::scratch;
use crate::support::small;

#[test]
fn a_dataset_reads_no_file_but_its_own() {
    let folder = scratch("cub");
    let weights = folder.join("small.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let root = folder.join("set");
    std::fs::create_dir_all(root.join("images")).unwrap();
    for path in [folder.join("outside.png"), root.join("images/a.png")] {
        image::RgbImage::new(9, 9).save(path).unwrap();
    }
    let absolute = folder.join("outside.png");
    let many = "9".repeat(400);
    let mut images = format!("1 a.png\n2 ../../outside.png\n3 {}\n-4 a.png\n{many} a.png\n", absolute.display());
    images += "5 a.png\n6 a.png\n7 a.png\n8 a.png\n9 ./a.png/../a.png\n";
    let ids = ["1", "2", "3", "-4", &many, "5", "6", "7", "8", "9"];
    let classes = |id: &str| if id == "5" { "18446744073709551616" } else { "1" };
    let boxes = |id: &str| match id {
        "6" => "nan inf 3 3",
        "7" => "1 1 -3 3",
        "8" => "1 1 3 3 3 x",
        _ => "0 0 5 5",
    };
    let table = |of: &dyn Fn(&str) -> String| ids.iter().map(|id| format!("{id} {}\n", of(id))).collect::<String>();
    for (name, text) in [
        ("images.txt", images),
        ("image_class_labels.txt", table(&|id| classes(id).into())),
        ("bounding_boxes.txt", table(&|id| boxes(id).into())),
    ] {
        std::fs::write(root.join(name), text).unwrap();
    }
    let evaluate = |more: &[&str]| {
        let start =
            ["evaluate", root.to_str().unwrap(), "--weights", weights.to_str().unwrap(), "--methods", "uniform"];
        Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(start).args(more).output().unwrap()
    };
    let output = evaluate(&["--split", "all"]);
    let words = String::from_utf8(output.stderr).unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(found.contains("3 of 10 pictures measured, 7 failed"), "{found}\n{words}");
    for id in ["2", "3", "9"] {
        assert!(words.contains(&format!("the image {id} has the name")), "{words}");
    }
    assert!(words.contains(r#"its class "18446744073709551616" is none of the network's"#), "{words}");
    for line in ["nan inf 3 3", "1 1 -3 3", "1 1 3 3 3 x"] {
        assert!(words.contains(&format!("has the bounding box {line:?}")), "{line}: {words}");
    }
    // Tables that are none.
    for (text, words) in
        [(&b"1\n"[..], "images.txt, line 1"), (b"1 a\xff.png\n", "images.txt can't be read"), (b"\n\n", "no pictures")]
    {
        std::fs::write(root.join("images.txt"), text).unwrap();
        let output = evaluate(&["--split", "all"]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{words}: {told}");
    }
    let birds = Command::new(env!("CARGO_BIN_EXE_c3lrp"))
        .args(["evaluate", "birds:1:18446744073709551615", "--weights", weights.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(String::from_utf8(birds.stderr).unwrap().contains("at most 10000000 birds"));
}

#[test]
fn records_that_lie_are_refused() {
    let folder = scratch("records");
    let settings = json!({
        "format": 1, "pictures": "birds:1:2, whole", "count": 2, "birds": true, "weights": "w", "device": "cpu",
        "explain": "truth", "methods": ["uniform"], "filters": [["none"]], "masks": null, "protocols": ["paper"],
        "ties": ["stable"], "steps": 3, "batch": 8, "sanity": 0, "seed": 0,
    });
    let with = |field: &str, value: Value| {
        let mut settings = settings.clone();
        settings[field] = value;
        json!({ "settings": settings }).to_string() + "\n"
    };
    for (text, words) in [
        (String::new(), "its first line has no settings"),
        ("{}\n\n".into(), "line 1"),
        (format!("{}\n\n", "[".repeat(100_000)), "line 1"),
        (with("steps", json!(u64::MAX)), "a curve of 18446744073709551615 points"),
        (with("steps", json!(1)), "a curve of 1 points"),
        (with("protocols", json!(["patch:18446744073709551615:18446744073709551615"])), "a curve of 0 points"),
        (with("ties", json!(["stable", "stable"])), "a tie policy comes twice"),
        (with("count", json!(-1)) + "\n\n", "line 1"),
        (with("seed", json!(0)).repeat(2), "it has settings twice"),
    ] {
        std::fs::write(folder.join("records.jsonl"), text).unwrap();
        let out = folder.join("out");
        let arguments = ["merge", folder.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let output = Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{words}: {told}");
    }
}
