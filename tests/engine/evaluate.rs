//! `c3lrp evaluate` and `c3lrp merge`, run as a person would, killed and split.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use c3lrp::birds::{Bird, Objects, Options as Drawing, Part, Parts, Species, draw};
use c3lrp::metric;
use c3lrp::metric::parts::{Checks, Importances, Losses, single_deletion, sufficient, thresholds};
use c3lrp::weights::{Architecture, formula};
use image::{GrayImage, RgbImage};
use serde_json::{Value, json};

use crate::parts::{alike, largest, logits, same_fractions, shown};
use crate::support::{model, on_cpu};

/// A new, empty folder.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("evaluate").join(name);
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn c3lrp(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_c3lrp")).args(arguments).output().unwrap()
}

/// What was said on standard error, where it went well.
fn well(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    told
}

/// A small network of 10 classes without labels, and its folder.
fn network(folder: &Path) -> String {
    let path = folder.join("small.safetensors");
    fs::write(&path, formula::checkpoint(&Architecture::resnet([1; 4], 8, 10)).unwrap()).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn rgb(bird: &Bird) -> RgbImage {
    RgbImage::from_fn(bird.side as u32, bird.side as u32, |x, y| {
        let at = 4 * (y as usize * bird.side + x as usize);
        image::Rgb([bird.rgba[at], bird.rgba[at + 1], bird.rgba[at + 2]])
    })
}

/// `count` pictures in a folder, numbered.
fn pictures(folder: &Path, count: usize) -> String {
    let folder = folder.join("pictures");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..count {
        let bird = draw(&Species::all()[number], number as u64, &Drawing { side: 96, ..Drawing::default() });
        rgb(&bird).save(folder.join(format!("{number}.png"))).unwrap();
    }
    folder.into_os_string().into_string().unwrap()
}

/// Two methods with two filters each, a baseline, and curves by two protocols, short ones.
const SHORT: [&str; 10] = [
    "--methods",
    r#"c3-lrp,{"name":"grad-cam","stage":3}@none+heat-quantization,uniform"#,
    "--filters",
    "none,c3",
    "--protocols",
    "paper,patch",
    "--steps",
    "4",
    "--sanity",
    "1",
];

fn evaluate(pictures: &str, weights: &str, out: &Path, more: &[&str]) -> Output {
    let start = ["evaluate", pictures, "--weights", weights, "--out", out.to_str().unwrap()];
    c3lrp(&[&start[..], &SHORT, more].concat())
}

/// All that a run makes of its records, byte by byte.
fn results(out: &Path) -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = fs::read_dir(out).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "jsonl"));
    files.sort();
    files.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), text(path))).collect()
}

#[test]
fn a_run_that_is_cut_off_anywhere_goes_on_to_the_same_tables() {
    let folder = scratch("resumed");
    let (pictures, weights) = (pictures(&folder, 3), network(&folder));
    let whole = folder.join("whole");
    well(&evaluate(&pictures, &weights, &whole, &[]));
    let expected = results(&whole);
    let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "curves-paper-stable.svg",
            "curves-paper-together.svg",
            "curves-patch-stable.svg",
            "curves-patch-together.svg",
            "curves.csv",
            "evaluation.md",
            "failures.csv",
            "results.csv"
        ]
    );
    // Two methods with two filters and one baseline, two protocols, two policies, three pictures.
    assert_eq!(expected[7].1.lines().count(), 1 + 3 * 5 * 4);

    let records = fs::read(whole.join("records.jsonl")).unwrap();
    let lines: Vec<usize> =
        records.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    assert_eq!(lines.len(), 1 + 3 * 3);
    // Within the settings, at the end of a line, one byte on, amid a line, one byte before the last one's end.
    for length in [0, 20, lines[0], lines[3], lines[3] + 1, (lines[5] + lines[6]) / 2, records.len() - 1] {
        let out = folder.join("cut");
        _ = fs::remove_dir_all(&out);
        fs::create_dir_all(&out).unwrap();
        fs::write(out.join("records.jsonl"), &records[..length]).unwrap();
        well(&evaluate(&pictures, &weights, &out, &[]));
        assert!(results(&out) == expected, "cut off at {length}");
        assert!(fs::read(out.join("records.jsonl")).unwrap() == records, "cut off at {length}");
    }

    let other = evaluate(&pictures, &weights, &whole, &["--seed", "5"]);
    let told = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(!other.status.success() && told.contains("its seed is 0 and not 5"), "{told}");
    let mut broken = records.clone();
    broken[lines[2] + 3] = b'!';
    fs::write(whole.join("records.jsonl"), &broken).unwrap();
    let told = String::from_utf8(evaluate(&pictures, &weights, &whole, &[]).stderr).unwrap();
    assert!(told.contains("line 4"), "{told}");
}

#[test]
fn a_killed_run_goes_on() {
    let folder = scratch("killed");
    let (pictures, weights) = (pictures(&folder, 4), network(&folder));
    let (whole, out) = (folder.join("whole"), folder.join("killed"));
    well(&evaluate(&pictures, &weights, &whole, &[]));
    let mut kills = 0;
    for wanted in [2, 5, 9] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_c3lrp"))
            .args(["evaluate", &pictures, "--weights", &weights, "--out", out.to_str().unwrap()])
            .args(SHORT)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let lines =
            || fs::read(out.join("records.jsonl")).map_or(0, |bytes| bytes.iter().filter(|b| **b == b'\n').count());
        while lines() < wanted && run.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(120));
            std::thread::sleep(Duration::from_millis(2));
        }
        kills += usize::from(run.try_wait().unwrap().is_none());
        run.kill().unwrap();
        run.wait().unwrap();
    }
    assert!(kills > 0, "every run was done before it could be killed");
    well(&evaluate(&pictures, &weights, &out, &[]));
    assert!(results(&out) == results(&whole));
    // Nothing twice.
    assert_eq!(text(out.join("records.jsonl")).lines().count(), 1 + 4 * 3);
}

#[test]
fn shards_merge_to_the_unsharded_result() {
    let folder = scratch("shards");
    let (pictures, weights) = (pictures(&folder, 5), network(&folder));
    let whole = folder.join("whole");
    well(&evaluate(&pictures, &weights, &whole, &[]));
    let outs = ["first", "rest", "rest"].map(|name| folder.join(name));
    for (shard, out) in ["1/3", "2/3", "3/3"].into_iter().zip(&outs) {
        let told = well(&evaluate(&pictures, &weights, out, &["--shard", shard]));
        assert!(told.contains("of 5 pictures measured"), "{told}");
    }
    let merged = folder.join("merged");
    let merge = |shards: &[&PathBuf]| {
        let shards: Vec<&str> = shards.iter().map(|shard| shard.to_str().unwrap()).collect();
        c3lrp(&[&["merge"], &shards[..], &["--out", merged.to_str().unwrap()]].concat())
    };
    let output = merge(&[&outs[1], &outs[0]]);
    well(&output);
    assert!(results(&merged) == results(&whole));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), text(whole.join("evaluation.md")));

    // A shard twice is counted once; a missing one is told.
    well(&merge(&[&outs[0], &outs[0], &outs[1]]));
    assert!(results(&merged) == results(&whole));
    let part = String::from_utf8(merge(&[&outs[0]]).stdout).unwrap();
    assert!(part.contains("2 of 5 pictures measured, 0 failed, 3 not yet done"), "{part}");
    let nothing = merge(&[&folder]);
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("has no records of a shard"));
    let refused = evaluate(&pictures, &weights, &folder.join("none"), &["--shard", "4/3"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("I/N was expected"));
}

/// A folder as CUB-200-2011 unpacks: pictures of 120×90, birds of 96² in their middle.
fn cub(folder: &Path) -> PathBuf {
    let root = folder.join("CUB_200_2011");
    let (mut images, mut labels, mut split, mut boxes) = (String::new(), String::new(), String::new(), String::new());
    for number in 0..6usize {
        let (id, class) = (number + 1, number % 3 + 1);
        let name = format!("{class:03}.Class_{class}/Bird_{id:04}.jpg");
        let bird = draw(&Species::all()[class], number as u64, &Drawing { side: 96, ..Drawing::default() });
        let drawn = rgb(&bird);
        let picture = RgbImage::from_fn(120, 90, |x, y| match x.checked_sub(12) {
            Some(left) if left < 96 => *drawn.get_pixel(left, y + 3),
            _ => image::Rgb([90, 120, 90]),
        });
        let path = root.join("images").join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture.save(&path).unwrap();
        let place = |at: usize| (at % 96 + 12, (at / 96).wrapping_sub(3));
        let object: Vec<(usize, usize)> =
            (0..96 * 96).filter(|&at| bird.whole[at] != 0).map(place).filter(|(_, y)| *y < 90).collect();
        let [left, right] = [object.iter().map(|p| p.0).min().unwrap(), object.iter().map(|p| p.0).max().unwrap() + 1];
        let [top, bottom] = [object.iter().map(|p| p.1).min().unwrap(), object.iter().map(|p| p.1).max().unwrap() + 1];
        images += &format!("{id} {name}\n");
        labels += &format!("{id} {class}\n");
        split += &format!("{id} {}\n", u8::from(number == 5));
        boxes += &format!("{id} {left}.0 {top}.0 {}.0 {}.0\n", right - left, bottom - top);
        // The first picture alone has a segmentation, beside the pictures' folder as it unpacks.
        if number == 0 {
            let mut mask = GrayImage::new(120, 90);
            object.iter().for_each(|&(x, y)| mask.put_pixel(x as u32, y as u32, image::Luma([255])));
            let path = folder.join("segmentations").join(&name).with_extension("png");
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            mask.save(path).unwrap();
        }
    }
    let classes: String = (1..=200).map(|class| format!("{class} {class:03}.Class_{class}\n")).collect();
    for (name, text) in [
        ("images.txt", images),
        ("image_class_labels.txt", labels),
        ("train_test_split.txt", split),
        ("bounding_boxes.txt", boxes),
        ("classes.txt", classes),
    ] {
        fs::write(root.join(name), text).unwrap();
    }
    root
}

fn rows(out: &Path) -> Vec<Vec<String>> {
    text(out.join("results.csv")).lines().skip(1).map(|row| row.split(',').map(str::to_owned).collect()).collect()
}

const GRAD_CAM: [&str; 8] = ["--methods", "grad-cam", "--filters", "none", "--protocols", "paper", "--ties", "stable"];

#[test]
fn a_dataset_like_cub_is_read() {
    let folder = scratch("cub");
    let weights = network(&folder);
    let root = cub(&folder);
    let run = |out: &str, more: &[&str]| {
        let out = folder.join(out);
        let start = ["evaluate", root.to_str().unwrap(), "--weights", &weights, "--steps", "3", "--out"];
        well(&c3lrp(&[&start[..], &[out.to_str().unwrap()], &GRAD_CAM, more].concat()));
        rows(&out)
    };
    let test = run("test", &[]);
    assert_eq!(test.len(), 5);
    // Class 1 of the table is the network's first.
    assert_eq!(test.iter().map(|row| row[2].as_str()).collect::<Vec<_>>(), ["0", "1", "2", "0", "1"]);
    assert!(test.iter().all(|row| row[2] == row[3]), "the true class is explained");
    assert!(test.iter().all(|row| !row[15].is_empty() && row[16].is_empty()), "{test:?}");
    assert_eq!((run("train", &["--split", "train"]).len(), run("all", &["--split", "all"]).len()), (1, 6));
    let predicted = run("predicted", &["--explain", "predicted"]);
    assert!(predicted.iter().all(|row| row[3] == row[4]));
    // A segmentation says more than its box.
    fs::remove_dir_all(folder.join("segmentations")).unwrap();
    let boxed = run("boxed", &[]);
    assert_ne!(boxed[0][15], test[0][15]);
    assert_eq!(boxed[1..], test[1..]);
}

#[test]
fn a_broken_dataset_is_reported_picture_by_picture() {
    let folder = scratch("broken");
    let weights = network(&folder);
    let root = cub(&folder);
    let names: Vec<String> = text(root.join("images.txt")).lines().map(|line| line[2..].to_owned()).collect();
    fs::remove_file(root.join("images").join(&names[0])).unwrap();
    fs::write(root.join("images").join(&names[2]), "no picture").unwrap();
    let change = |file: &str, from: &str, to: &str| {
        let old = text(root.join(file));
        assert!(old.contains(from));
        fs::write(root.join(file), old.replace(from, to)).unwrap();
    };
    change("image_class_labels.txt", "2 2\n", "2 150\n");
    change("bounding_boxes.txt", "\n4 ", "\n44 ");
    let out = folder.join("out");
    let run = || {
        let start = ["evaluate", root.to_str().unwrap(), "--weights", &weights, "--steps", "3", "--out"];
        c3lrp(&[&start[..], &[out.to_str().unwrap()], &GRAD_CAM].concat())
    };
    let output = run();
    let told = well(&output);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.contains("1 of 5 pictures measured, 4 failed"), "{table}");
    let failures = text(out.join("failures.csv"));
    for (name, reason) in [
        (&names[0], "can't be opened"),
        (&names[1], r#"its class ""150"" is none of the network's"#),
        (&names[2], "can't be read as a picture"),
        (&names[3], "no line in bounding_boxes.txt"),
    ] {
        let line = failures.lines().find(|line| line.contains(name.as_str())).unwrap();
        assert!(line.contains(reason), "{line}");
        assert!(told.contains(name.as_str()) && table.contains(name.as_str()));
    }
    assert_eq!(rows(&out).len(), 1);

    // What was mended is measured when the run is taken up; the rest is not reported twice.
    change("image_class_labels.txt", "2 150\n", "2 2\n");
    well(&run());
    assert_eq!((rows(&out).len(), text(out.join("failures.csv")).lines().count()), (2, 1 + 3));
    let lines = text(out.join("records.jsonl")).lines().filter(|line| line.starts_with(r#"{"failed"#)).count();
    assert_eq!(lines, 4);

    // Where nothing is left, that is an error.
    fs::remove_dir_all(root.join("images")).unwrap();
    fs::remove_dir_all(&out).unwrap();
    let output = run();
    assert!(!output.status.success());
    fs::remove_file(root.join("bounding_boxes.txt")).unwrap();
    let told = String::from_utf8(run().stderr).unwrap();
    assert!(told.contains("bounding_boxes.txt can't be read"), "{told}");
}

#[test]
fn folders_may_name_classes_and_have_masks() {
    let folder = scratch("folder");
    let weights = network(&folder);
    let drawn = folder.join("drawn");
    let made = c3lrp(&["birds", "--out", drawn.to_str().unwrap(), "--count", "2", "--side", "96"]);
    well(&made);
    for (class, from) in [("003.Third", "bird-000000.png"), ("Unheard", "bird-000001.png")] {
        fs::create_dir_all(drawn.join(class)).unwrap();
        fs::copy(drawn.join(from), drawn.join(class).join("one.png")).unwrap();
    }
    let out = folder.join("out");
    let arguments =
        ["evaluate", drawn.to_str().unwrap(), "--weights", &weights, "--classes", "from-1", "--steps", "3", "--out"];
    let told = well(&c3lrp(&[&arguments[..], &[out.to_str().unwrap()], &GRAD_CAM].concat()));
    let rows = rows(&out);
    let classes: Vec<_> = rows.iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
    assert_eq!(classes, [("003.Third/one.png", "2"), ("bird-000000.png", ""), ("bird-000001.png", "")]);
    assert!(rows[0][15].is_empty() && !rows[1][15].is_empty(), "masks/bird-000000-bird.png is its object");
    assert!(told.contains("Unheard/one.png: ") && told.contains("is none of the network's"), "{told}");
}

#[test]
fn birds_are_measured_without_a_folder() {
    let path = model("birds-resnet50.safetensors");
    let model = path.to_str().unwrap();
    let output = c3lrp(&["evaluate", "birds:9000000:3", "--weights", model, "--json"]);
    well(&output);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((json["pictures"].as_u64(), json["accuracy"].as_f64()), (Some(3), Some(1.0)));
    let maps = json["maps"].as_array().unwrap();
    let names: Vec<_> = maps.iter().map(|map| map["map"].as_str().unwrap()).collect();
    assert_eq!(names, ["c3-lrp", "c3-lrp, c1c", "c3-lrp, c3", "uniform", "gaussian"]);
    for map in maps {
        for (mask, what) in [("bird", "pointing"), ("bird", "mass"), ("deciding", "pointing"), ("deciding", "mass")] {
            let share = map[mask][what].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&share), "{map}");
        }
    }
    for (more, words) in [
        (vec!["--methods", "lime"], "there are c3-lrp"),
        (vec!["--methods", "abn"], "attention branch"),
        (vec!["--filters", "c4"], "there is no filter"),
        (vec!["--methods", "c3-lrp@c5"], "there is no filter"),
        (vec!["--methods", "grad-cam@none,grad-cam@c3"], "asked for twice"),
        (vec!["--protocols", "lab"], "there are paper, rise and patch"),
        (vec!["--protocols", "patch:9"], "don't fill"),
        (vec!["--ties", "none"], "there are stable and together"),
    ] {
        let start = ["evaluate", "birds:1:1", "--weights", model];
        let output = c3lrp(&[&start[..], &more].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{more:?}: {told}");
    }
}

#[test]
fn parts_are_taken_away_from_birds() {
    let folder = scratch("parts");
    let weights = model("birds-resnet50.safetensors");
    let pictures = pictures(&folder, 1);
    let run = |pictures: &str, out: &str, more: &[&str]| {
        let out = folder.join(out);
        let start = ["evaluate", pictures, "--weights", weights.to_str().unwrap(), "--protocols", "parts", "--out"];
        let methods = ["--methods", "grad-cam,uniform", "--filters", "none"];
        (c3lrp(&[&start[..], &[out.to_str().unwrap()], &methods, more].concat()), out)
    };
    let (output, out) = run("birds:8200000:3", "whole", &[]);
    well(&output);
    let table = String::from_utf8(output.stdout).unwrap();
    for part in ["## Taking parts away", "background independence", "## Boxes around the object", "MaxBoxAccV2"] {
        assert!(table.contains(part), "{table}");
    }
    let rows = text(out.join("results.csv"));
    assert!(rows.lines().next().unwrap().ends_with(",conservation,region_iou,box_iou,single_deletion,target_sensitivity,threshold,preservation,deletion_check,controlled,distractibility"));
    let width = rows.lines().next().unwrap().split(',').count();
    assert!(rows.lines().count() == 7 && rows.lines().all(|row| row.split(',').count() == width), "{rows}");

    // A uniform map's scores, without the command line.
    let lines: Vec<Value> =
        text(out.join("records.jsonl")).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is_it = |line: &&Value| line["measured"]["picture"] == 1 && line["measured"]["method"] == "uniform";
    let record = &lines.iter().find(is_it).unwrap()["measured"];
    let (species, seed) = (&Species::all()[1], 8_200_001);
    let explainer = on_cpu(fs::read(&weights).unwrap()).unwrap();
    let ask = |without, bare| logits(&explainer, species, seed, without, bare);
    let (parts, objects) = shown(&draw(species, seed, &Drawing::default()));
    let (indices, masks): (Vec<usize>, Vec<Vec<u8>>) = objects.into_iter().unzip();
    let among: Parts = parts.iter().map(|(part, _)| *part).collect();
    let others: Vec<Parts> = alike(species).into_iter().map(|(_, parts)| parts).collect();
    let single = |part: &Part| ask(Parts::NONE.with(*part), Objects::NONE)[1];
    let losses = Losses {
        whole: ask(Parts::NONE, Objects::NONE)[1],
        parts: parts.iter().map(|(part, _)| (*part, single(part))).collect(),
        objects: indices.iter().map(|&index| ask(Parts::NONE, [index].into_iter().collect())[1]).collect(),
        sufficient: sufficient(&others, among),
    };
    let importances = Importances::new(&metric::uniform(224, 224), 224, &parts, &masks).unwrap();
    let mut known = std::collections::BTreeMap::new();
    let mut kept = |parts: Parts| *known.entry(parts).or_insert_with(|| largest(&ask(parts, Objects::NONE)) == 1);
    let checks: Vec<Value> = thresholds()
        .map(|threshold| Checks::new(&importances, &losses, threshold, |parts| Ok(kept(parts))).unwrap())
        .map(|checks| json!([checks.preservation, checks.deletion, checks.controlled, checks.distractibility]))
        .collect();
    let taken = &record["maps"][0]["taken"];
    assert!(same_fractions(&taken["checks"], &json!(checks)), "{taken}");
    assert!(
        same_fractions(&taken["single_deletion"], &json!(single_deletion(&importances, &losses).unwrap())),
        "{taken}"
    );
    assert_eq!(record["background"], json!([losses.irrelevant_objects(), masks.len()]));

    // Shards, and one that was cut off, know as much.
    for shard in ["1/2", "2/2"] {
        well(&run("birds:8200000:3", "shards", &["--shard", shard]).0);
    }
    let (shards, merged) = (folder.join("shards"), folder.join("merged"));
    well(&c3lrp(&["merge", shards.to_str().unwrap(), "--out", merged.to_str().unwrap()]));
    assert!(results(&merged) == results(&out));
    let records = fs::read(out.join("records.jsonl")).unwrap();
    fs::write(out.join("records.jsonl"), &records[..records.len() * 2 / 3]).unwrap();
    well(&run("birds:8200000:3", "whole", &[]).0);
    assert!(fs::read(out.join("records.jsonl")).unwrap() == records);

    for (pictures, more, words) in [
        (&pictures[..], &["--classes", "none"][..], "give birds:SEED:COUNT"),
        ("birds:1:1", &["--against", "nearest"], "leave --against out"),
    ] {
        let told = String::from_utf8(run(pictures, "refused", more).0.stderr).unwrap();
        assert!(told.contains(words), "{told}");
    }
}

/// Insertion ends with the whole picture, of which p_A / (p_A + p_B) is worked out here.
#[test]
fn curves_of_a_contrast_follow_the_two_classes_alone() {
    let out = scratch("contrast").join("out");
    let weights = model("birds-resnet50.safetensors");
    let start = ["evaluate", "birds:8200000:1", "--weights", weights.to_str().unwrap(), "--against", "nearest"];
    let curves = ["--out", out.to_str().unwrap(), "--steps", "3"];
    well(&c3lrp(&[&start[..], &curves, &GRAD_CAM].concat()));
    let records = text(out.join("records.jsonl"));
    let records = records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let record = records.map(|line| line["measured"].clone()).find(|record| record["picture"] == 0).unwrap();
    let [first, ..] = &Species::all()[0].nearest()[..] else { unreachable!() };
    let nearest = Species::all().iter().position(|other| other.name() == first.name()).unwrap();
    let explainer = on_cpu(fs::read(&weights).unwrap()).unwrap();
    let logits = logits(&explainer, &Species::all()[0], 8_200_000, Parts::NONE, Objects::NONE);
    let [own, other] = [0, nearest].map(|class| f64::from(logits[class]).exp());
    let found = record["maps"][0]["curves"][0][0].as_array().unwrap().last().unwrap().as_f64().unwrap();
    // Insertion restores the picture's own values; what is left is f32's rounding of two logits.
    assert!((found - own / (own + other)).abs() < 1e-6, "{found} {own} {other}");
}
