//! Names of classes on the command line, and folders of pictures that name them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use c3lrp::Labels;
use c3lrp::birds::Species;
use c3lrp::weights::{Architecture, formula};
use image::RgbImage;
use serde_json::Value;

use crate::support::reference;

/// The birds' names in the forms that are met in public, as those write them who have made them.
const FORMS: [&str; 8] = [
    "class_to_idx.json",
    "index_to_name.json",
    "index_to_name_indented.json",
    "labels.csv",
    "list.json",
    "synset.txt",
    "timm_config.json",
    "transformers_config.json",
];

fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("labels").join(name);
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A small network of so many classes that names none of them.
fn network(folder: &Path, classes: usize) -> String {
    let path = folder.join(format!("{classes}.safetensors"));
    fs::write(&path, formula::checkpoint(&Architecture::resnet([1; 4], 8, classes)).unwrap()).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn c3lrp(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(arguments).output().unwrap()
}

fn explain(folder: &Path, weights: &str, more: &[&str]) -> Output {
    let picture = folder.join("picture.png");
    RgbImage::from_fn(32, 32, |x, y| image::Rgb([8 * x as u8, 8 * y as u8, 90])).save(&picture).unwrap();
    let start = ["explain", picture.to_str().unwrap(), "--weights", weights, "--device", "cpu", "--method", "grad-cam"];
    c3lrp(&[&start[..], more].concat())
}

#[test]
fn every_form_names_the_birds() {
    let folder = scratch("forms");
    let weights = network(&folder, 20);
    let names: Vec<&str> = Species::all().iter().map(Species::name).collect();
    for form in FORMS {
        let path = reference("labels").join(form);
        assert_eq!(Labels::parse(&fs::read(&path).unwrap()).unwrap().names(), names, "{form}");
    }
    for form in ["labels.csv", "timm_config.json"] {
        let path = reference("labels").join(form);
        let output = explain(&folder, &weights, &["--target", "7", "--json", "--labels", path.to_str().unwrap()]);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((json["label"].as_str(), json["labels"].as_str()), (Some(names[7]), Some("the list of --labels")));
    }
}

#[test]
fn a_list_of_another_network_is_refused() {
    let folder = scratch("wrong");
    let list = reference("labels").join("list.json");
    let list = list.to_str().unwrap();
    for arguments in [["--labels", list], ["--labels", "absent.txt"]] {
        let output = explain(&folder, &network(&folder, 10), &arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        let expected = match arguments[1] {
            "absent.txt" => "absent.txt can't be opened",
            _ => "list.json can't be used as a list of class names: the list names 20 classes, and the network has 10",
        };
        assert!(!output.status.success() && told.contains(expected), "{told}");
    }
}

#[test]
fn a_thousand_classes_that_nobody_names_are_probably_imagenet() {
    let folder = scratch("imagenet");
    let weights = network(&folder, 1000);
    let output = explain(&folder, &weights, &["--target", "1"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("explained: class 1, probably goldfish ("), "{told}");
    let json: Value = serde_json::from_slice(&explain(&folder, &weights, &["--target", "1", "--json"]).stdout).unwrap();
    assert_eq!(json["labels"], "probably ImageNet, by the number of classes");
    let output = explain(&folder, &network(&folder, 10), &["--target", "1", "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["labels"].is_null() && json["label"] == "class 1", "{json}");
}

/// A folder with a picture in each subfolder.
fn pictures(root: &Path, folders: &[&str]) -> String {
    let root = root.join("pictures");
    _ = fs::remove_dir_all(&root);
    for name in folders {
        fs::create_dir_all(root.join(name)).unwrap();
        RgbImage::new(9, 9).save(root.join(name).join("a.png")).unwrap();
    }
    root.into_os_string().into_string().unwrap()
}

/// How folders were found to name classes, and the class of each folder's picture in order; else what was told.
fn classes(root: &Path, weights: &str, folders: &[&str], more: &[&str]) -> Result<(String, Vec<String>), String> {
    let (pictures, out) = (pictures(root, folders), root.join("out"));
    _ = fs::remove_dir_all(&out);
    let start = ["evaluate", &pictures, "--weights", weights, "--out", out.to_str().unwrap(), "--methods", "uniform"];
    let short = ["--protocols", "paper", "--ties", "stable", "--steps", "2"];
    let output = c3lrp(&[&start[..], &short, more].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    if !output.status.success() {
        return Err(told);
    }
    let record = fs::read_to_string(out.join("records.jsonl")).unwrap();
    let settings: Value = serde_json::from_str(record.lines().next().unwrap()).unwrap();
    let found = settings["settings"]["classes"].as_str().unwrap().to_owned();
    // It is said where it is seen: while it runs, and in the table.
    assert!(told.contains(&format!("Folders name classes {found}.")), "{told}");
    assert!(String::from_utf8(output.stdout).unwrap().contains(&format!("- Folders name classes {found}\n")));
    let rows = fs::read_to_string(out.join("results.csv")).unwrap();
    Ok((found, rows.lines().skip(1).map(|row| row.split(',').nth(2).unwrap().to_owned()).collect()))
}

#[test]
fn folders_name_classes_by_what_is_there() {
    let folder = scratch("folders");
    let three = network(&folder, 3);
    let birds = network(&folder, 20);
    let synsets = reference("labels").join("synset.txt");
    let list = reference("labels").join("list.json");
    let (synsets, list) = (["--labels", synsets.to_str().unwrap()], ["--labels", list.to_str().unwrap()]);
    let found = |weights: &str, folders: &[&str], more: &[&str]| classes(&folder, weights, folders, more);
    let expect = |how: &str, classes: &[&str]| Ok((how.to_owned(), classes.iter().map(|&c| c.to_owned()).collect()));

    assert_eq!(found(&three, &["0", "1", "2"], &[]), expect("by index from 0", &["0", "1", "2"]));
    assert_eq!(found(&three, &["1", "2", "3"], &[]), expect("by index from 1", &["0", "1", "2"]));
    assert_eq!(found(&three, &["1", "2"], &["--classes", "from-0"]), expect("by index from 0", &["1", "2"]));
    let sorted = ["--classes", "sorted"];
    assert_eq!(found(&three, &["b", "B", "n01"], &sorted), expect("by the folders' sorted order", &["0", "1", "2"]));
    assert_eq!(found(&three, &["x"], &["--classes", "none"]), expect("not at all", &[""]));
    assert_eq!(
        found(&birds, &["streaked skylet", "Fan_tailed_Reedling"], &list),
        expect("by name, from the list of --labels", &["9", "5"])
    );
    assert_eq!(
        found(&birds, &["n00000019", "n00000003"], &synsets),
        expect("by synset, from the list of --labels", &["3", "19"])
    );
    for (weights, folders, words) in [
        (&three, &["1", "2"][..], "may begin at 0 or at 1"),
        (&three, &["0", "3"], "3 is no class"),
        (&three, &["n01440764", "n01443537", "n01484850"], "give the names by --labels"),
    ] {
        let told = found(weights, folders, &[]).unwrap_err();
        assert!(told.contains(words) && told.contains("--classes"), "{words}: {told}");
    }
}

#[test]
fn a_record_of_other_labels_is_of_another_run() {
    let folder = scratch("records");
    let weights = network(&folder, 3);
    let (pictures, out) = (pictures(&folder, &["0", "1", "2"]), folder.join("out"));
    let run = |more: &[&str]| {
        let start = ["evaluate", &pictures, "--weights", &weights, "--out", out.to_str().unwrap(), "--methods"];
        c3lrp(&[&start[..], &["uniform", "--protocols", "paper", "--steps", "2"], more].concat())
    };
    assert!(run(&[]).status.success());
    let names = folder.join("names.txt");
    fs::write(&names, "2\n1\n0").unwrap();
    let output = run(&["--labels", names.to_str().unwrap()]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("it is of another run: its classes is"), "{told}");
}
