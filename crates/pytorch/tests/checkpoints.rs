//! Checkpoints that PyTorch wrote, by both of its formats and four protocols, against what it says that they hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use c3lrp_pytorch::{Bytes, Layout, is_checkpoint, open};
use pollster::block_on;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pytorch-fixtures")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn read(file: &[u8]) -> Result<Layout, String> {
    block_on(open(&Bytes(file))).map_err(|error| error.to_string())
}

/// Text as it is, numbers by their values.
fn same(found: &str, expected: &str) -> bool {
    let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
    numbers.map_or(found == expected, |(found, expected)| found == expected)
}

fn check(name: &str, file: &[u8], expected: &Value) {
    let layout = read(file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let tensors: BTreeMap<&str, _> = layout.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
    let known = expected["tensors"].as_object().unwrap();
    assert_eq!(
        tensors.keys().copied().collect::<Vec<_>>(),
        known.keys().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
        "{name}"
    );
    for (key, known) in known {
        let tensor = tensors[key.as_str()];
        let sides = |key: &str| -> Vec<usize> {
            known[key].as_array().unwrap().iter().map(|side| side.as_u64().unwrap() as usize).collect()
        };
        assert_eq!(format!("{:?}", tensor.kind), known["kind"].as_str().unwrap(), "{name}: {key}");
        assert_eq!(tensor.shape, sides("shape"), "{name}: {key}");
        assert_eq!(tensor.strides, sides("strides"), "{name}: {key}");
        let start = usize::try_from(tensor.start).unwrap();
        let packed = tensor.pack(&file[start..start + tensor.span()]).unwrap();
        assert_eq!(hex(&packed), known["bytes"].as_str().unwrap(), "{name}: {key}");
        assert_eq!(packed.len(), tensor.elements() * tensor.kind.bytes(), "{name}: {key}");
        assert!(tensor.span() == 0 || tensor.pack(&file[start..start + tensor.span() - 1]).is_none());
    }
    let unreadable: Vec<&str> = layout.unreadable.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> =
        expected["unreadable"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(unreadable, known.into_iter().collect::<Vec<_>>(), "{name}");
    let known = expected["metadata"].as_object().unwrap();
    for (key, value) in &layout.metadata {
        let known = known.get(key).unwrap_or_else(|| panic!("{name}: {key} = {value} isn't there"));
        assert!(same(value, known.as_str().unwrap()), "{name}: {key} is {value} instead of {known}");
    }
    // What 64 bits don't hold is left out.
    let missing: Vec<_> = known.keys().filter(|&key| !layout.metadata.contains_key(key) && key != "larger").collect();
    assert!(missing.is_empty(), "{name}: {missing:?}");
}

#[test]
fn holds_what_pytorch_says() {
    let mut files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some((known, _)) = name.split_once('-').filter(|(known, _)| *known != "module") else { continue };
        let expected = fs::read(folder().join(format!("{known}.json"))).unwrap();
        let file = fs::read(&path).unwrap();
        assert!(is_checkpoint(&file[..12]), "{name}");
        check(&name, &file, &serde_json::from_slice(&expected).unwrap());
        files += 1;
    }
    assert_eq!(files, 24);
}

#[test]
fn shared_storages_are_at_one_place() {
    for format in ["zip", "legacy"] {
        let layout = read(&fs::read(folder().join(format!("views-{format}-2.pt"))).unwrap()).unwrap();
        let start = |name: &str| layout.tensors.iter().find(|tensor| tensor.name == name).unwrap().start;
        assert_eq!(start("whole"), start("again"));
        assert_eq!(start("whole") + 5 * 4, start("part"));
        assert_eq!(start("matrix"), start("transposed"));
    }
}

#[test]
fn a_whole_module_is_refused_by_its_name() {
    let error = read(&fs::read(folder().join("module-zip.pt")).unwrap()).unwrap_err();
    assert!(error.contains("torch.nn.modules.container.Sequential"), "{error}");
    assert!(error.contains("torch.save(model.state_dict(), \"model.pth\")"), "{error}");
}

#[test]
fn every_cut_is_told() {
    for name in ["views-zip-2.pt", "views-legacy-2.pt", "nested-zip-4.pt", "nested-legacy-4.pt"] {
        let file = fs::read(folder().join(name)).unwrap();
        for end in 0..file.len() {
            let error = read(&file[..end]).map(drop).unwrap_err();
            assert!(error.len() > 40 && error.len() < 600, "{name} of {end} bytes: {error}");
            if end > 600 {
                assert!(error.contains("cut off"), "{name} of {end} bytes: {error}");
            }
        }
    }
}

#[test]
fn every_changed_byte_is_told_or_harmless() {
    for name in ["views-zip-2.pt", "views-legacy-2.pt", "lightning-zip-2.pt", "nested-legacy-4.pt"] {
        let file = fs::read(folder().join(name)).unwrap();
        for at in 0..file.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut file = file.clone();
                file[at] ^= change;
                match read(&file) {
                    Ok(layout) => {
                        for tensor in &layout.tensors {
                            let end = usize::try_from(tensor.start).unwrap() + tensor.span();
                            assert!(end <= file.len() && tensor.elements() <= file.len());
                        }
                    }
                    Err(error) => assert!(error.len() > 40 && error.len() < 1500, "{error}"),
                }
            }
        }
    }
}
