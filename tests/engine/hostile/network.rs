//! Weights.

use c3lrp::checkpoint::Checkpoint;
use c3lrp::weights::{Architecture, Bytes, formula};
use c3lrp::{Error, Options};
use serde_json::json;

use super::told;
use crate::support::{block_on, network, on_cpu, options, small};

fn weights(file: &[u8]) -> String {
    match told(file.len(), || block_on(Checkpoint::open(Bytes(file))).map(|_| ())) {
        Error::Weights(why) => why.to_string(),
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
        (length(2, b"{}"), "holds no tensors"),
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
    assert!(weights(&empty).contains("conv1.weight is missing"));
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
    assert!(weights(&file(&metadata, 0)).contains("holds no tensors"));
}

/// The error of a network with one tensor's values changed.
fn refused(tensor: &str, value: f32) -> String {
    match on_cpu(network([1; 4], |name, values| {
        if name == tensor {
            values[0] = value
        }
    })) {
        Err(Error::Weights(why)) => why.to_string(),
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
        let explainer = match on_cpu(file) {
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
                Err(Error::Weights(why) | Error::Options(why)) => assert!(why.text().contains("finite"), "{why}"),
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
    let explainer = on_cpu(formula::checkpoint(&thin).unwrap()).unwrap();
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let found = block_on(explainer.explain(&[9, 9, 9, 255], 1, 1, &Options::default(), quiet)).unwrap();
    // One output says no or yes.
    assert_eq!(found.probabilities.len(), 2);
    assert_eq!(found.probability, found.probabilities[found.target]);
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
        ("mean", "[1e38,0,0]", "the header's mean is [1e+38,0,0]"),
        ("std", "[1e-38,1,1]", "the header's std is [1e-38,1,1]"),
        ("mean", "[1e20,0,0]", "make black and white the same"),
        ("mean", "[null,0,0]", "the header's mean is [null,0,0]"),
        ("std", "[[[1]]]", "the header's std is [[[1]]]"),
        ("std", "[1e999,1,1]", r#"the header's std is "[1e999,1,1]""#),
    ] {
        let bytes = with(key, value);
        let error = told(bytes.len(), || {
            block_on(Checkpoint::open(Bytes(&bytes))).and_then(|checkpoint| checkpoint.preparation())
        });
        assert!(matches!(&error, Error::Weights(why) if why.text().contains(words)), "{key} {value}: {error}");
    }
    for labels in ["[]", r#"["a"]"#, "{}", "[[[[", "[1,2,3,4,5,6,7,8,9,10]"] {
        let bytes = with("labels", labels);
        assert_eq!(block_on(Checkpoint::open(Bytes(&bytes))).unwrap().labels(), None, "{labels}");
    }
}

/// A convolution along the channels takes a weight for each two of them.
#[test]
fn gates_of_too_many_channels_are_refused() {
    let mut tensors = Vec::new();
    let mut next = 0;
    for (name, shape) in [
        ("conv1", [1, 3, 7, 7].as_slice()),
        ("layer1.0.conv1", &[1, 1, 3, 3]),
        ("layer1.0.conv2", &[5000, 1, 3, 3]),
        ("layer1.0.se.conv", &[1, 1, 3]),
    ] {
        let end = next + 4 * shape.iter().product::<u64>();
        tensors.push(tensor(&format!("{name}.weight"), &format!("{shape:?}"), [next, end]));
        next = end;
    }
    let why = weights(&file(&format!("{{{}}}", tensors.join(",")), next as usize));
    assert!(
        why.contains("layer1.0.se.conv.weight has 5000 channels") && why.contains("at most 4096 are supported"),
        "{why}"
    );
}
