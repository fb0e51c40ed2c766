//! Weights files: what is taken, and how what isn't is named.

use std::collections::HashMap;

use c3lrp::Error;
use c3lrp::checkpoint::{Checkpoint, Reading};
use c3lrp::picture::{Normalisation, Preparation};
use c3lrp::random::{seed, unit};
use c3lrp::weights::formula;
use c3lrp::weights::{Architecture, Bytes, Stage};
use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};

use crate::support::{block_on, on_cpu, reference, small};

/// A tensor of a file in the making.
type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

/// The small network's tensors, to be changed.
fn parts() -> Vec<Tensor> {
    let tensors = Architecture::resnet([1; 4], 8, 10).tensors().into_iter();
    tensors
        .map(|(name, shape)| {
            (name.clone(), Dtype::F32, shape.clone(), bytemuck::cast_slice(&formula::tensor(&name, &shape)).to_vec())
        })
        .collect()
}

fn file(parts: &[Tensor]) -> Vec<u8> {
    let views =
        parts.iter().map(|(name, dtype, shape, bytes)| (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    safetensors::serialize(views, None).unwrap()
}

/// The error of a file.
fn refused(bytes: Vec<u8>) -> String {
    match on_cpu(bytes) {
        Err(Error::Weights(why)) => why.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("the file was taken"),
    }
}

fn with(change: impl FnOnce(&mut Vec<Tensor>)) -> Vec<u8> {
    let mut parts = parts();
    change(&mut parts);
    file(&parts)
}

#[test]
fn the_formula_is_pythons() {
    let bits = |name: &str| [0, 1, 2].map(|index| unit(name, index).to_bits());
    assert_eq!((seed("input"), bits("input")), (0xf9d8_6f7b, [0x3f19_1ade, 0xbeaa_d824, 0xbf0e_ebfc]));
    assert_eq!((seed("fc.weight"), bits("fc.weight")), (0x4a6f_9120, [0xbf20_65fe, 0xbef5_14f4, 0xbbd9_9600]));
    assert_eq!((seed("conv1.weight"), bits("conv1.weight")), (0xbdce_c494, [0x3f68_a996, 0x3f1e_2fbe, 0xbf5c_28ae]));
}

fn sorted(mut tensors: Vec<(String, Vec<usize>)>) -> Vec<(String, Vec<usize>)> {
    tensors.sort();
    tensors
}

#[test]
fn depths_and_widths_are_read_off_the_shapes() {
    for (depths, width, classes) in [([1, 1, 1, 1], 8, 10), ([3, 4, 6, 3], 4, 7), ([1, 2, 3, 1], 6, 1000)] {
        let expected = Architecture::resnet(depths, width, classes);
        let checkpoint = block_on(Checkpoint::open(Bytes(formula::checkpoint(&expected).unwrap()))).unwrap();
        let found = checkpoint.blueprint();
        assert_eq!((found.depths(), found.outputs(), found.channels), (depths.to_vec(), classes, 3));
        assert_eq!(sorted(found.tensors()), sorted(expected.tensors()));
        assert_eq!(found.parameters(), expected.parameters());
    }
    // torchvision counts 25,557,032 parameters in ResNet-50, 44,549,160 in ResNet-101 and 60,192,808 in ResNet-152.
    let parameters = |depths| Architecture::resnet(depths, 64, 1000).parameters();
    assert_eq!([[3, 4, 6, 3], [3, 4, 23, 3], [3, 8, 36, 3]].map(parameters), [25_557_032, 44_549_160, 60_192_808]);
}

#[test]
fn prefixes_and_counters_are_taken_off() {
    for prefix in ["module.", "model.", "model.backbone."] {
        let bytes = with(|parts| {
            parts.push(("bn1.num_batches_tracked".into(), Dtype::I64, vec![], vec![0; 8]));
            parts.iter_mut().for_each(|(name, ..)| name.insert_str(0, prefix));
        });
        assert!(on_cpu(bytes).is_ok(), "{prefix}");
    }
}

#[test]
fn halves_are_read_as_their_values() {
    for dtype in [Dtype::F16, Dtype::BF16] {
        let bytes = with(|parts| {
            for (_, kind, _, bytes) in parts.iter_mut() {
                let narrow = |value: &f32| {
                    if dtype == Dtype::F16 { f16::from_f32(*value).to_bits() } else { bf16::from_f32(*value).to_bits() }
                };
                *bytes = bytemuck::pod_collect_to_vec::<u8, f32>(bytes)
                    .iter()
                    .flat_map(|value| narrow(value).to_le_bytes())
                    .collect();
                *kind = dtype;
            }
        });
        let checkpoint = block_on(Checkpoint::open(Bytes(bytes))).unwrap();
        let read = block_on(checkpoint.read("conv1.weight")).unwrap();
        let exact = formula::tensor("conv1.weight", &[8, 3, 7, 7]);
        // Half the last place: 2⁻¹¹ for F16, 2⁻⁸ for BF16.
        let place = if dtype == Dtype::F16 { 2f32.powi(-11) } else { 2f32.powi(-8) };
        assert!(read.iter().zip(&exact).all(|(a, b)| (a - b).abs() <= b.abs() * place + 1e-7));
        assert_ne!(read, exact);
    }
}

/// The small network with a header of its own.
fn headed(key: &str, value: &str) -> Vec<u8> {
    let parts = parts();
    let views =
        parts.iter().map(|(name, dtype, shape, bytes)| (name, TensorView::new(*dtype, shape.clone(), bytes).unwrap()));
    safetensors::serialize(views, Some(HashMap::from([(key.to_owned(), value.to_owned())]))).unwrap()
}

#[test]
fn labels_come_with_the_file() {
    let labels: Vec<String> = (0..10).map(|class| format!("bird {class}")).collect();
    let write = |labels: &[String]| headed("labels", &serde_json::to_string(labels).unwrap());
    assert_eq!(on_cpu(write(&labels)).unwrap().info().labels.as_deref(), Some(&labels[..]));
    assert_eq!(on_cpu(write(&labels[1..])).unwrap().info().labels, None);
}

#[test]
fn normalisation_comes_with_the_file() {
    let read = |bytes| block_on(Checkpoint::open(Bytes(bytes))).unwrap().preparation();
    assert_eq!(read(file(&parts())), Ok(Preparation::default()));
    let of = |key, value| read(headed(key, value)).unwrap();
    assert_eq!(of("mean", "[0.5, 0.25, 0]").normalisation.mean, [0.5, 0.25, 0.0]);
    assert_eq!(of("std", "[1, 0.5, 0.25]").normalisation.std, [1.0, 0.5, 0.25]);
    let halves = Normalisation { mean: [0.5; 3], ..Normalisation::default() };
    assert_eq!(of("mean", "0.5").normalisation, halves);
    assert_eq!((of("side", "160").side, of("crop", "1").crop), (160, 1.0));
    for (key, value) in [
        ("mean", "[1, 2]"),
        ("mean", "half"),
        ("std", "[1, 0, 1]"),
        ("std", "[1, 1, -1]"),
        ("mean", "[1e39, 0, 0]"),
        ("side", "8"),
        ("fit", "round"),
    ] {
        assert!(refused(headed(key, value)).starts_with(&format!("the header's {key} is ")), "{key}: {value}");
    }
}

#[test]
fn an_attention_branch_is_recognised() {
    let mut expected = Architecture::resnet([1; 4], 8, 10);
    expected.attention = Some(Stage { depth: 1, width: 64, group: 64, out: 256 });
    let bytes = formula::checkpoint(&expected).unwrap();
    let checkpoint = block_on(Checkpoint::open(Bytes(bytes.clone()))).unwrap();
    // The branch's own answer is needed to train it, not to run the network.
    let run = expected.tensors().into_iter().filter(|(name, _)| !name.starts_with("attention.logits"));
    assert_eq!(sorted(checkpoint.blueprint().tensors()), sorted(run.collect()));
    assert_eq!(checkpoint.unused(), ["attention.logits.bias", "attention.logits.weight"]);
    assert!(checkpoint.blueprint().attends());
    assert_eq!(on_cpu(bytes).unwrap().info().parameters, expected.parameters() - 10 * 10 - 10);

    let without = |lost: &str| {
        let tensors = expected.tensors().into_iter().filter(|(name, _)| name != lost);
        let data: Vec<_> =
            tensors.map(|(name, shape)| (name.clone(), shape.clone(), formula::tensor(&name, &shape))).collect();
        let views = data.iter().map(|(name, shape, values)| {
            (name, TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values)).unwrap())
        });
        safetensors::serialize(views, None).unwrap()
    };
    assert_eq!(refused(without("attention.map.weight")), "attention.map.weight is missing");
    assert!(refused(without("attention.blocks.0.conv1.weight")).contains("attention.blocks.0.conv1.weight is missing"));
}

#[test]
fn missing_surplus_and_misshapen_tensors_are_named() {
    let missing =
        refused(with(|parts| parts.retain(|(name, ..)| name != "layer2.0.bn2.running_var" && name != "bn1.bias")));
    assert_eq!(missing, "missing: bn1.bias, layer2.0.bn2.running_var");
    // What is within the network would change what it computes.
    for name in ["layer5.0.conv1.weight", "layer2.0.attn.weight", "bn1.extra"] {
        let strange = refused(with(|parts| parts.push((name.into(), Dtype::F32, vec![1], vec![0; 4]))));
        assert_eq!(strange, format!("within the network, and of no layer that is known: {name}"));
    }
    let misshapen = refused(with(|parts| {
        let conv1 = parts.iter_mut().find(|(name, ..)| name == "conv1.weight").unwrap();
        conv1.2 = vec![8, 3, 49, 1];
    }));
    assert!(misshapen.starts_with("conv1.weight is [8, 3, 49, 1]") && misshapen.contains("square"), "{misshapen}");
    let narrow = refused(with(|parts| parts.iter_mut().find(|(name, ..)| name == "bn1.bias").unwrap().2 = vec![4, 2]));
    assert_eq!(narrow, "of another shape or type: bn1.bias is [4, 2] where [8] was expected");
    let integers = refused(with(|parts| parts.iter_mut().find(|(name, ..)| name == "fc.bias").unwrap().1 = Dtype::I32));
    assert!(integers.contains("fc.bias is of type I32 where F64, F32, F16 or BF16 was expected"), "{integers}");
}

#[test]
fn other_networks_are_told_apart() {
    let torn = refused(with(|parts| parts.retain(|(name, ..)| !name.contains("conv3") && !name.contains("bn3"))));
    assert_eq!(torn, "layer1.0.downsample.0.weight gives 32 channels where the branch beside it gives 8");
    let other = refused(file(&[("transformer.wte".into(), Dtype::F32, vec![1], vec![0; 4])]));
    assert!(other.contains("layer1.0.conv1.weight") && other.contains("transformer.wte"), "{other}");
    let flat = refused(with(|parts| {
        parts.iter_mut().find(|(name, ..)| name == "layer3.0.conv1.weight").unwrap().2 = vec![64 * 32]
    }));
    assert!(flat.contains("layer3.0.conv1.weight is [2048]"), "{flat}");
    let split = refused(with(|parts| {
        let conv2 = parts.iter_mut().find(|(name, ..)| name == "layer1.0.conv2.weight").unwrap();
        conv2.2 = vec![8, 3, 3, 8];
    }));
    assert!(split.contains("divisor of 8"), "{split}");
}

#[test]
fn broken_files_are_refused_at_once() {
    let whole = small();
    for length in [0, 4, 8, 100, whole.len() / 2, whole.len() - 1] {
        let why = refused(whole[..length].to_vec());
        assert!(why.contains("safetensors") || why.contains("cut off"), "{length}: {why}");
    }
    assert!(refused(whole[..whole.len() - 1].to_vec()).contains("cut off"));
    assert!(refused([&whole[..], &[0]].concat()).contains("bytes follow"));
    for (beginning, says) in [
        (&b"<!doctype html><title>404</title>"[..], "a web page"),
        (b"\n<html>", "a web page"),
        (b"\x89HDF\r\n\x1a\n and more", "HDF5"),
        (b"\x93NUMPY\x01\x00v\x00{'descr'", "NumPy array"),
        (b"\x08\x08\x12\x07pytorch", "ONNX"),
        (b"\xff\xff\xff\xff\xff\xff\xff\x00{}", "not a safetensors file"),
    ] {
        assert!(refused(beginning.to_vec()).contains(says), "{says}");
    }
    // Eight bytes and a brace are a safetensors file, whatever the first one is.
    for low in [0x08, b'<', 0x89, 0x93] {
        assert!(refused([&[low, 0, 0, 0, 0, 0, 0, 0, b'{'][..], &[b' '; 300]].concat()).contains("safetensors file"));
    }
    let huge_header = [&(u64::MAX - 8).to_le_bytes()[..], b"{}"].concat();
    assert!(refused(huge_header).contains("16 MB"));
    // One kilobyte that claims a tensor of 100 GB.
    let header = r#"{"layer1.0.conv1.weight":{"dtype":"F32","shape":[25000000000],"data_offsets":[0,100000000000]}}"#;
    let bomb = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &[0; 900]].concat();
    assert!(refused(bomb).contains("cut off"));
    let lie = r#"{"layer1.0.conv1.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}"#;
    let lie = [&(lie.len() as u64).to_le_bytes()[..], lie.as_bytes(), &[0; 4]].concat();
    assert!(refused(lie).contains("layer1.0.conv1.weight is [4] of type F32, which 4 bytes are not"));
}

#[test]
fn weights_that_are_no_numbers_are_named() {
    let put = |tensor: &str, value: f32| {
        with(|parts| {
            let bytes = &mut parts.iter_mut().find(|(name, ..)| name == tensor).unwrap().3;
            bytes[8..12].copy_from_slice(&value.to_le_bytes());
        })
    };
    assert!(refused(put("layer4.0.conv2.weight", f32::NAN)).contains("layer4.0.conv2.weight holds NaN at position 2"));
    assert!(refused(put("fc.weight", f32::INFINITY)).contains("fc.weight holds inf"));
    assert!(refused(put("layer1.0.bn1.running_var", -1.0)).contains("layer1.0.bn1.running_var is -1 in channel 2"));
}

/// What torch.save writes, as a zip and as before 1.6 (`tests/reference/families.py`): the formula's values in F16.
#[test]
fn pytorchs_checkpoints_are_read() {
    let bytes = |file: &str| std::fs::read(reference(file)).unwrap();
    let training = bytes("training.pth");
    let several = refused(training.clone());
    for words in ["2 networks", "\"state_dict.module.\"", "\"state_dict_ema.\"", "option network"] {
        assert!(several.contains(words), "{several}");
    }
    let open = |bytes: &[u8], network: Option<&str>| {
        let reading = Reading { network: network.map(str::to_owned), ..Reading::default() };
        block_on(Checkpoint::open_as(Bytes(bytes.to_vec()), reading))
    };
    let none = open(&training, Some("model.")).map(|_| ()).unwrap_err().to_string();
    assert!(none.contains("2 networks"), "{none}");
    let old = bytes("old.pth");
    for (file, network, factor) in
        [(&training, Some("state_dict.module."), 1.0), (&training, Some("state_dict_ema."), 0.5), (&old, None, 1.0)]
    {
        let checkpoint = open(file, network).unwrap();
        let blueprint = checkpoint.blueprint();
        assert_eq!((blueprint.depths(), blueprint.outputs()), (vec![1; 4], 10));
        for (name, shape) in blueprint.tensors() {
            let read = block_on(checkpoint.read(&name)).unwrap();
            let half = |value: f32| f16::from_f32(f16::from_f32(value).to_f32() * factor).to_f32();
            let expected: Vec<f32> = formula::tensor(&name, &shape).into_iter().map(half).collect();
            assert_eq!(read, expected, "{name} of {network:?}");
        }
    }
    // The other copy belongs to no layer of this one.
    let chosen = open(&training, Some("state_dict_ema.")).unwrap();
    assert!(chosen.unused().contains(&"state_dict.module.conv1.weight".to_owned()));
    assert!(on_cpu(old[..old.len() - 9].to_vec()).unwrap_err().to_string().contains("cut off"));
}

/// transformers' names, with the head beside the network.
#[test]
fn other_names_are_the_same_network() {
    let renamed = with(|parts| {
        for (name, ..) in parts.iter_mut() {
            let stage = |name: &str| name[5..6].parse::<usize>().unwrap() - 1;
            let part = |name: &str, of: &str| name.split(of).nth(1).unwrap()[..1].parse::<usize>().unwrap() - 1;
            let end = name.rsplit('.').next().unwrap().to_owned();
            *name = match &name[..] {
                "fc.weight" | "fc.bias" => format!("classifier.1.{end}"),
                "conv1.weight" => "resnet.embedder.embedder.convolution.weight".into(),
                stem if stem.starts_with("bn1.") => format!("resnet.embedder.embedder.normalization.{end}"),
                skip if skip.contains("downsample") => format!(
                    "resnet.encoder.stages.{}.layers.0.shortcut.{}.{end}",
                    stage(skip),
                    if skip.contains("downsample.0") { "convolution" } else { "normalization" }
                ),
                conv if conv.contains(".conv") => {
                    format!(
                        "resnet.encoder.stages.{}.layers.0.layer.{}.convolution.{end}",
                        stage(conv),
                        part(conv, ".conv")
                    )
                }
                norm => {
                    format!(
                        "resnet.encoder.stages.{}.layers.0.layer.{}.normalization.{end}",
                        stage(norm),
                        part(norm, ".bn")
                    )
                }
            };
        }
    });
    let input = || formula::input("input", 64, 64);
    let logits = |weights| block_on(on_cpu(weights).unwrap().logits(input(), 64, 64)).unwrap();
    assert_eq!(logits(renamed), logits(file(&parts())));
    let head = with(|parts| {
        parts.iter_mut().for_each(|(name, ..)| *name = format!("backbone.{name}").replace("backbone.fc", "head.fc"));
    });
    assert_eq!(logits(head), logits(file(&parts())));
    let several = refused(with(|parts| {
        let fc = parts.iter().find(|(name, ..)| name == "fc.weight").unwrap().clone();
        parts.push(("loss.weight".into(), fc.1, fc.2, fc.3));
        parts.iter_mut().for_each(|(name, ..)| *name = name.replace("fc.", "last_linear."));
    }));
    assert!(several.contains("last_linear") && several.contains("loss"), "{several}");
    let none = refused(with(|parts| parts.retain(|(name, ..)| !name.starts_with("fc."))));
    assert!(none.contains("no classes to explain"), "{none}");
}
