//! Files and options made to do harm: each is refused with a sentence that names what is wrong, and takes
//! no more memory than its bytes justify.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use c3lrp::device::Preference;
use c3lrp::metric::Protocol;
use c3lrp::picture::{Fit, Normalisation, prepare};
use c3lrp::weights::{Architecture, Bytes, Checkpoint, formula};
use c3lrp::{Error, Options, Result};
use serde_json::{Value, json};

use crate::allocation::{bounded, justified, peak};
use crate::files;
use crate::support::{block_on, network, on_cpu, options, small};

/// What a refused input is told, where it was refused in bounds.
fn told<T>(input: usize, work: impl FnOnce() -> Result<T>) -> Error {
    let error = bounded(input, work).err().expect("it was taken");
    assert!(peak() <= justified(input), "{} bytes for {input}: {error}", peak());
    assert!(error.to_string().len() < 1400, "{} bytes of message", error.to_string().len());
    error
}

fn weights(file: &[u8]) -> String {
    match told(file.len(), || block_on(Checkpoint::open(Bytes(file))).map(|_| ())) {
        Error::Weights(why) => why,
        other => panic!("another error: {other:?}"),
    }
}

/// A file of a header and so many bytes of data.
fn file(header: &str, data: usize) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; data]].concat()
}

/// A tensor in a header.
fn tensor(name: &str, shape: &str, offsets: [u64; 2]) -> String {
    format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[{},{}]}}"#, offsets[0], offsets[1])
}

#[test]
fn the_bound_for_memory_binds() {
    let reserve = |bytes| bounded(7, || Vec::<u8>::new().try_reserve_exact(bytes));
    assert!(reserve(justified(7)).is_ok());
    assert_eq!(peak(), justified(7));
    assert!(reserve(justified(7) + 1).is_err());
    assert!(peak() < justified(7));
    assert!(bounded(7, || vec![0u8; 1 << 20].into_boxed_slice()).len() == 1 << 20 && peak() == 1 << 20);
}

#[test]
fn headers_of_any_length_are_refused() {
    let length = |length: u64, rest: &[u8]| [&length.to_le_bytes()[..], rest].concat();
    for (file, words) in [
        (vec![], "fewer than 8 bytes"),
        (vec![0; 7], "fewer than 8 bytes"),
        (vec![0; 8], "header can't be read"),
        (length(u64::MAX, b"{}"), "larger than 16 MB"),
        (length((16 << 20) + 1, b"{}"), "larger than 16 MB"),
        (length(16 << 20, b"{}"), "larger than the file"),
        (length(3, b"{}"), "larger than the file"),
        (length(2, b"{}"), "no tensors at all"),
        (length(2, b"{}more"), "bytes follow"),
        (file("[]", 0), "header can't be read"),
        (file(r#"{"a":1}"#, 0), "header can't be read"),
        (file(r#"{"__metadata__":{"labels":[]}}"#, 0), "header can't be read"),
        (length(6, b"{\"\xff\":1}"), "header can't be read"),
        (file(&r#"{"a":"#.repeat(50_000), 0), "header can't be read"),
        (file(&format!(r#"{{"a":{}"#, "[".repeat(100_000)), 0), "header can't be read"),
    ] {
        let why = weights(&file);
        assert!(why.contains(words), "{words}: {why}");
    }
}

#[test]
fn tensors_lie_side_by_side_and_are_as_long_as_their_shapes() {
    let most = u64::MAX;
    for (tensors, words) in [
        // A kilobyte, or less, that claims 100 GB.
        (vec![tensor("layer1.0.conv1.weight", "[25000000000]", [0, 100_000_000_000])], "cut off"),
        (vec![tensor("a", "[1]", [4, 8])], "a lies from byte 4 to 8"),
        (vec![tensor("a", "[1]", [8, 4])], "a lies from byte 8 to 4"),
        (vec![tensor("a", "[1]", [0, most])], "a is [1] of type F32"),
        (vec![tensor("a", "[1]", [0, 4]), tensor("b", "[1]", [0, 4])], "b lies from byte 0 to 4"),
        (vec![tensor("a", "[2]", [0, 8]), tensor("b", "[1]", [4, 8])], "b lies from byte 4 to 8"),
        (vec![tensor("a", "[1]", [0, 4]), tensor("b", "[1]", [8, 12])], "b lies from byte 8 to 12"),
        (vec![tensor("a", "[9223372036854775808,2]", [0, 0])], "a is [9223372036854775808, 2]"),
        (vec![tensor("a", "[4294967296,4294967296]", [0, 0])], "a is [4294967296, 4294967296]"),
        (vec![tensor("a", "[2]", [0, 4])], "a is [2] of type F32, which 4 bytes are not"),
        (vec![tensor("a", "[-1]", [0, 4])], "header can't be read"),
        (vec![tensor("a", "[1.5]", [0, 4])], "header can't be read"),
        (vec![tensor("a", "[1]", [0, 4]), tensor("a", "[1]", [0, 4])], "a comes twice"),
        (vec![r#""__metadata__":{}"#.into(), r#""__metadata__":{}"#.into()], "__metadata__ comes twice"),
        // Eight times 2⁶¹ bytes are more than 64 bits can count.
        (
            (0..8)
                .map(|at| {
                    tensor(&format!("t{at}"), "[576460752303423487]", [at, at + 1].map(|at| at * ((1 << 61) - 4)))
                })
                .collect(),
            "cut off",
        ),
        (vec![tensor(&"x".repeat(1 << 20), "[2]", [0, 4])], "xxx"),
        (vec![tensor("a", &format!("[{}1]", "1,".repeat(1 << 19)), [0, 0])], "a is [1, 1"),
    ] {
        let why = weights(&file(&format!("{{{}}}", tensors.join(",")), 4));
        assert!(why.contains(words), "{words}: {}", &why[..why.len().min(300)]);
    }
    // Dimensions of zero are laid out well, and are no network's.
    let empty = file(&format!("{{{}}}", tensor("layer1.0.conv1.weight", "[0,3,7,7]", [0, 0])), 0);
    assert!(weights(&empty).contains("layer1.0.conv3.weight is missing"));
    let flat = [1, 2, 3].map(|part| tensor(&format!("layer1.0.conv{part}.weight"), "[0,8,1,1]", [0, 0])).join(",");
    assert!(
        weights(&file(&format!("{{{flat},{}}}", tensor("conv1.weight", "[0,3,7,7]", [0, 0])), 0))
            .contains("conv1.weight is [0, 3, 7, 7]")
    );
}

#[test]
fn many_tensors_and_long_shapes_take_memory_by_their_bytes() {
    let many: Vec<_> = (0..50_000).map(|at| tensor(&format!("t{at}"), "[1]", [4 * at, 4 * at + 4])).collect();
    let bytes = file(&format!("{{{}}}", many.join(",")), 200_000);
    assert!(weights(&bytes).contains("a ResNet in torchvision's layout was expected"));
    let metadata = format!(
        r#"{{"__metadata__":{{{}}}}}"#,
        (0..50_000).map(|at| format!(r#""{at}":"""#)).collect::<Vec<_>>().join(",")
    );
    assert!(weights(&file(&metadata, 0)).contains("no tensors at all"));
}

/// The error of a network with one tensor's values changed.
fn refused(tensor: &str, value: f32) -> String {
    match on_cpu(network([1; 4], |name, values| {
        if name == tensor {
            values[0] = value
        }
    })) {
        Err(Error::Weights(why)) => why,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("{tensor} may be {value}"),
    }
}

#[test]
fn weights_that_are_no_numbers_or_become_none_are_refused() {
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for tensor in ["conv1.weight", "layer3.0.downsample.1.weight", "layer2.0.bn2.running_mean", "fc.bias"] {
            assert!(refused(tensor, value).contains(&format!("{tensor} holds {value} at position 0")));
        }
    }
    for value in [-1e-30, -1.0, f32::MIN] {
        let why = refused("layer4.0.bn3.running_var", value);
        assert!(why.contains("layer4.0.bn3.running_var is -") && why.contains("can't be negative"), "{why}");
    }
    // Each number is finite, and their products are not.
    let product = on_cpu(network([1; 4], |name, values| match name {
        "layer1.0.bn2.weight" => values.fill(1e30),
        "layer1.0.conv2.weight" => values.fill(1e30),
        _ => {}
    }));
    let why = product.err().unwrap().to_string();
    assert!(why.contains("layer1.0.conv2 is not finite once its BatchNorm is merged into it"), "{why}");
}

#[test]
fn weights_of_any_size_make_finite_maps_or_none() {
    let mut maps = 0;
    for scale in [0.0, 1e-38, 1e-12, 1e6, 1e15, 1e30] {
        let file = network([1; 4], |name, values| {
            if name.contains("conv") && name.ends_with(".weight") {
                values.iter_mut().for_each(|value| *value *= scale);
            }
        });
        let mut explainer = match on_cpu(file) {
            Ok(explainer) => explainer,
            Err(error) => {
                assert!(matches!(error, Error::Weights(_)), "{error:?}");
                continue;
            }
        };
        for method in ["c3-lrp", "lrp-epsilon-plus", "lrp-alpha2-beta1", "input-x-gradient", "grad-cam"] {
            let input = formula::input("input", 64, 64);
            let quiet = &mut |_: f64, _: f64, _: &str| {};
            match block_on(explainer.explain_tensor(input, 64, 64, &options(json!({ "method": method })), quiet)) {
                Ok(found) => {
                    maps += 1;
                    assert!(found.map.iter().chain(&found.filtered).all(|value| value.is_finite()), "{method} {scale}");
                }
                Err(Error::Weights(why) | Error::Options(why)) => assert!(why.contains("finite"), "{why}"),
                Err(other) => panic!("another error: {other:?}"),
            }
        }
    }
    assert!(maps >= 10, "{maps} maps");
}

#[test]
fn the_smallest_networks_are_networks() {
    let mut thin = Architecture::resnet([1; 4], 1, 1);
    thin.stages.iter_mut().for_each(|stage| (stage.width, stage.group, stage.out) = (1, 1, 1));
    let mut explainer = on_cpu(formula::checkpoint(&thin).unwrap()).unwrap();
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let found = block_on(explainer.explain(&[9, 9, 9, 255], 1, 1, &Options::default(), quiet)).unwrap();
    assert_eq!((found.target, found.probability), (0, 1.0));
    assert!(found.map.iter().all(|value| value.is_finite()));
}

#[test]
fn what_a_header_says_of_pixels_and_labels_is_checked() {
    let with = |key: &str, value: &str| {
        let small = small();
        let length = u64::from_le_bytes(small[..8].try_into().unwrap()) as usize;
        let header = std::str::from_utf8(&small[8..8 + length]).unwrap();
        let header = header.replacen('{', &format!(r#"{{"__metadata__":{},"#, json!({ key: value })), 1);
        [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &small[8 + length..]].concat()
    };
    for (key, value, words) in [
        ("mean", "[1e38,0,0]", "make pixels that are not finite"),
        ("std", "[1e-38,1,1]", "three numbers above zero"),
        ("mean", "[null,0,0]", "the header's mean is [null,0,0]"),
        ("std", "[[[1]]]", "the header's std is [[[1]]]"),
        ("std", "[1e999,1,1]", "the header's std is [1e999,1,1]"),
    ] {
        let bytes = with(key, value);
        let error = told(bytes.len(), || block_on(Checkpoint::open(Bytes(&bytes))).unwrap().normalisation());
        assert!(matches!(&error, Error::Weights(why) if why.contains(words)), "{key} {value}: {error}");
    }
    for labels in ["[]", r#"["a"]"#, "{}", "[[[[", "[1,2,3,4,5,6,7,8,9,10]"] {
        let bytes = with("labels", labels);
        assert_eq!(block_on(Checkpoint::open(Bytes(&bytes))).unwrap().labels(), None, "{labels}");
    }
}

#[test]
fn options_of_any_shape_are_refused_by_name() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({ "name": inner }));
    for (json, words) in [
        (json!([]), "an object was expected"),
        (json!([3, null, null, null, null, null, null]), "an object was expected"),
        (json!("c3"), "an object was expected"),
        (json!({ "filter": ["c3", 28, null, null, null, null, null, null] }), "a name or an object was expected"),
        (json!({ "filter": 3 }), "a name or an object was expected"),
        (json!({ "target": -1 }), "-1"),
        (json!({ "target": 1.5 }), "1.5"),
        (json!({ "target": 1e300 }), "1e+300"),
        (json!({ "method": deep }), "there is no method"),
        (json!({ "method": { "name": ["c3-lrp"] } }), "there is no method"),
        (json!({ "method": "x".repeat(1 << 20) }), "there is no method"),
        (json!({ "method": { "name": "rise", "masks": u64::MAX } }), "masks is 18446744073709551615"),
        (json!({ "method": { "name": "rise", "grid": 1u64 << 40 } }), "grid is"),
        (json!({ "method": { "name": "grad-cam", "stage": 5 } }), "stage is 5"),
        (json!({ "epsilon": 0 }), "epsilon is 0"),
        (json!({ "epsilon": 1e39 }), "epsilon is 1e+39"),
        (json!({ "epsilon": 1, "method": { "name": "c3-lrp", "epsilon": 1 } }), "epsilon is given twice"),
        (json!({ "filter": { "kind": "c3", "size": u64::MAX } }), "the filter's size"),
        (json!({ "filter": { "kind": "c3", "threshold": { "fraction": -1 } } }), "the threshold"),
        (json!({ "filter": { "kind": "c3", "connectivity": 6 } }), "connectivity is 6"),
        (json!({ "fit": "stretch" }), "stretch"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let error = told(1 << 16, || Options::from_json(json));
        assert!(matches!(&error, Error::Options(why) if why.contains(words)), "{words}: {error}");
    }
    let levels = options(json!({ "filter": { "kind": "heat-quantization", "levels": u32::MAX } }));
    assert!(told(16, || levels.filter.apply(&[0.0; 4], 2, 2)).to_string().contains("levels are 4294967295"));
    for kernels in [json!(3), json!("abacus"), json!({ "edition": 1 })] {
        assert!(told(16, || Preference::from_json(kernels)).to_string().contains("kernels: "));
    }
    // What isn't what was measured is passed over, as an older edition's is.
    let strange = json!([{}, 5, [[[]]], { "edition": -1, "adapter": 2, "layers": "none" }]);
    assert_eq!(Preference::from_json(strange), Ok(Preference::default()));
}

#[test]
fn sizes_and_counts_that_overflow_are_refused() {
    for [width, height] in [[usize::MAX, 2], [1 << 63, 2], [1 << 32, 1 << 32], [0, 0], [0, 5], [60_000, 60_000]] {
        for bytes in [&[][..], &[0; 4], &[0; 16]] {
            let error = told(bytes.len(), || prepare(bytes, width, height, Fit::Crop, &Normalisation::default()));
            let words = format!("{} bytes were given for {width}×{height} pixels", bytes.len());
            assert!(matches!(&error, Error::Picture(why) if why.contains(&words)), "{error}");
        }
    }
    for points in [0, 1, 50_178, 1_000_000_000_000_000, usize::MAX] {
        for protocol in [Protocol::Paper, Protocol::Rise] {
            let error = told(0, || protocol.counts(224 * 224, points));
            assert!(error.to_string().contains(&format!("a curve of {points} points was asked for")), "{error}");
        }
    }
    for text in ["patch:0", "patch:1:0", "patch:99999999999999999999", "patch:-1", "patch:1:2:3", ""] {
        assert!(told(text.len(), || text.parse::<Protocol>()).to_string().contains("there is no protocol"), "{text}");
    }
    let step = Protocol::Patch { side: 1, step: Some(usize::MAX) };
    assert!(told(0, || step.counts(224 * 224, 51)).to_string().contains("a curve of 1 points"));
}

#[test]
fn lists_of_labels_are_names_one_for_each_class() {
    let path = Path::new("labels.txt");
    let read = |bytes: &[u8], classes| bounded(bytes.len(), || files::names(path, bytes, classes));
    for text in ["a\nb\nc", "\u{feff}a\r\n\r\n b \r\nc\n\n", r#"["a","b","c"]"#, "\u{feff} [\"a\",\n\"b\", \"c\"]"] {
        assert_eq!(read(text.as_bytes(), 3).unwrap(), ["a", "b", "c"], "{text:?}");
    }
    for (bytes, words) in [
        (&b"a\nb"[..], "it names 2 classes, and the network has 3"),
        (b"", "it names 0 classes"),
        (b"a\nb\n\xff", "read as text"),
        (b"[\"a\",\"b\",3]", "a JSON array of names"),
        (b"[\"a\",\"b\",\"c\"", "a JSON array of names"),
        ("[".repeat(100_000).as_bytes(), "a JSON array of names"),
        ("\n".repeat(100_000).as_bytes(), "it names 0 classes"),
        ("a\n".repeat(100_000).as_bytes(), "it names 100000 classes"),
    ] {
        let error = told(bytes.len(), || files::names(path, bytes, 3)).to_string();
        assert!(error.contains("labels.txt can't be") && error.contains(words), "{words}: {error}");
    }
}

/// A .npy file of a header and so many values.
fn npy(header: &str, values: usize) -> Vec<u8> {
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\0", &length[..], header.as_bytes(), &vec![0; 4 * values]].concat()
}

#[test]
fn arrays_that_lie_are_refused() {
    let path = Path::new("input.npy");
    let header = |dtype: &str, fortran: &str, shape: &str| {
        format!("{{'descr': {dtype}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
    };
    let plain = |shape: &str| header("'<f4'", "False", shape);
    let whole = npy(&plain("(1, 3, 2, 2)"), 12);
    assert_eq!(files::npy(path, &whole[..], whole.len() as u64).unwrap(), (vec![0.0; 12], 2, 2));
    let longest = [b"\x93NUMPY\x02\0", &u32::MAX.to_le_bytes()[..], b"{}"].concat();
    let most = u64::MAX;
    for (bytes, words) in [
        (vec![], "doesn't begin"),
        (b"\x93NUMPY\x01\0".to_vec(), "doesn't begin"),
        (b"\x93NUMPY\x09\0\x01\0{}\n\n\n\n".to_vec(), "doesn't begin"),
        (b"PK\x03\x04 an archive of arrays".to_vec(), "doesn't begin"),
        (longest, "its header would have 4294967307 bytes"),
        (b"\x93NUMPY\x01\0\xff\xff{}".to_vec(), "its header would have 65545 bytes"),
        (npy("", 0), "read as .npy"),
        (npy("{\u{c3}", 0), "read as .npy"),
        (npy(&"[".repeat(900), 0), "something else than one plain array"),
        (npy(&"{1:".repeat(300), 0), "something else than one plain array"),
        (npy(&header("[('a', '<f4')]", "False", "(3, 2, 2)"), 12), "something else than one plain array"),
        (npy(&header("'|O'", "False", "(3, 2, 2)"), 12), "read as float32"),
        (npy(&header("'<f8'", "False", "(3, 2, 2)"), 12), "read as float32"),
        (npy(&header("'<f4'", "True", "(3, 2, 2)"), 12), "in C order was expected"),
        (npy(&header("'<f4'", "1", "(3, 2, 2)"), 12), "not a bool"),
        (npy(&plain("(4, 2, 2)"), 16), "it has the shape [4, 2, 2]"),
        (npy(&plain("()"), 1), "it has the shape []"),
        (npy(&plain("(3, -2, 2)"), 12), "cannot be negative"),
        (npy(&plain(&format!("(3, {most}, {most})")), 12), "which is not what its shape"),
        (npy(&plain("(3, 6148914691236517206, 1)"), 12), "which is not what its shape"),
        (npy(&plain("(3, 99999999999999999999, 1)"), 12), "cannot be larger than u64"),
        (npy(&plain("(3, 0, 2)"), 12), "48 bytes follow its header"),
        (npy(&plain("(3, 2, 2)"), 11), "44 bytes follow its header"),
        (npy(&plain("(3, 2, 2)"), 13), "52 bytes follow its header"),
        (npy(&plain("(3, 100000, 100000)"), 12), "48 bytes follow its header"),
    ] {
        let error = told(bytes.len(), || files::npy(path, &bytes[..], bytes.len() as u64)).to_string();
        assert!(error.contains("input.npy can't be") && error.contains(words), "{words}: {error}");
    }
}

/// A new, empty folder.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A small picture whose header says 60,000 × 60,000 pixels, or as many as its kind can.
fn bomb(format: image::ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut file, format).unwrap();
    let mut file = file.into_inner();
    let place = |file: &[u8], mark: &[u8]| file.windows(mark.len()).position(|part| part == mark).unwrap();
    match format {
        image::ImageFormat::Png => {
            let at = place(&file, b"IHDR");
            file[at + 4..at + 12].copy_from_slice(&[60_000u32.to_be_bytes(); 2].concat());
            let sum = crc32(&file[at..at + 17]);
            file[at + 17..at + 21].copy_from_slice(&sum.to_be_bytes());
        }
        image::ImageFormat::Jpeg => {
            let at = place(&file, &[0xff, 0xc0, 0, 17, 8]);
            file[at + 5..at + 9].copy_from_slice(&[60_000u16.to_be_bytes(); 2].concat());
        }
        _ => {
            let at = place(&file, b"VP8L");
            file[at + 9..at + 12].copy_from_slice(&[0xfe, 0xbf, 0xff]);
            file[at + 12] |= 0x0f;
        }
    }
    file
}

/// PNG's checksum.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn image_bombs_are_refused_by_their_header() {
    let folder = scratch("bombs");
    for (format, name, size) in [
        (image::ImageFormat::Png, "bomb.png", "60000×60000"),
        (image::ImageFormat::Jpeg, "bomb.jpg", "60000×60000"),
        (image::ImageFormat::WebP, "bomb.webp", "16383×16383"),
    ] {
        let bytes = bomb(format);
        assert!(bytes.len() < 2000);
        let path = folder.join(name);
        std::fs::write(&path, &bytes).unwrap();
        let error = told(bytes.len(), || files::picture(&path)).to_string();
        assert!(
            error.contains(&format!("{name} can't be read as a picture: its header says {size} pixels")),
            "{error}"
        );
        assert!(error.ends_with("at most 100 megapixels are taken; make it smaller"), "{error}");
    }

    // Through the whole command line: the others are measured.
    let weights = folder.join("small.safetensors");
    std::fs::write(&weights, small()).unwrap();
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_c3lrp"))
            .args(arguments)
            .args(["--weights", weights.to_str().unwrap()])
            .output()
            .unwrap()
    };
    let explained = run(&["explain", folder.join("bomb.png").to_str().unwrap(), "--device", "cpu"]);
    let words = String::from_utf8(explained.stderr).unwrap();
    assert!(!explained.status.success() && words.contains("60000×60000 pixels"), "{words}");
    image::RgbImage::new(9, 9).save(folder.join("plain.png")).unwrap();
    let measured = run(&["evaluate", folder.to_str().unwrap(), "--methods", "uniform"]);
    let table = String::from_utf8(measured.stdout).unwrap();
    assert!(measured.status.success() && table.contains("1 of 4 pictures measured, 3 failed"), "{table}");
}

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
