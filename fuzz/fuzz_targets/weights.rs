//! A weights file: as it is; with a header that fits its length; and a network of a few channels that
//! something was done to.
#![no_main]

use std::sync::LazyLock;

use c3lrp::checkpoint::Checkpoint;
use c3lrp::device::{Choice, Device};
use c3lrp::network::Graph;
use c3lrp::weights::{Architecture, Bytes, Stage};
use c3lrp_fuzz::{bounded, told};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pollster::block_on;
use serde_json::json;

static DEVICE: LazyLock<Option<Device>> =
    LazyLock::new(|| block_on(Device::open(Choice::Cpu, Err("the CPU was asked for".into()))).ok());

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let file = match kind % 3 {
        0 => rest.to_vec(),
        1 => headed(rest),
        _ => changed(&mut Unstructured::new(rest)).unwrap_or_default(),
    };
    let device = DEVICE.as_ref().map(Device::burn);
    bounded(file.len(), || {
        let Some(checkpoint) = told(block_on(Checkpoint::open(Bytes(&file)))) else { return };
        let blueprint = checkpoint.blueprint();
        assert!(
            checkpoint.labels().is_none_or(|labels| labels.len() == blueprint.outputs() || blueprint.outputs() == 1)
        );
        if let Some(preparation) = told(checkpoint.preparation()) {
            let (black, white) = preparation.normalisation.bounds();
            assert!(black.iter().zip(&white).all(|(black, white)| black < white && white.is_finite()));
        }
        let mut all = true;
        for (name, shape) in blueprint.tensors() {
            let values = told(block_on(checkpoint.read(&name)));
            all &= values.is_some();
            assert!(values.is_none_or(|values| {
                values.len() == shape.iter().product::<usize>() && values.iter().all(|value| value.is_finite())
            }));
        }
        assert!(2 * blueprint.parameters() <= file.len());
        if let Some(device) = device {
            let network = told(block_on(Graph::load(&checkpoint, device, |done, of| assert!(done <= of))));
            assert!(all || network.is_none());
        }
    });
});

/// A header of the right length, and the data up to where its last offset points.
fn headed(header: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(header);
    let numbers = text.split(|character: char| !character.is_ascii_digit()).filter_map(|number| number.parse().ok());
    let data = numbers.filter(|&end: &usize| end <= 1 << 16).max().unwrap_or(0);
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header);
    file.resize(file.len() + data, 0x3c);
    file
}

struct Tensor {
    name: String,
    dtype: &'static str,
    shape: Vec<u64>,
}

impl Tensor {
    /// Elements, as far as the file has them.
    fn size(&self) -> usize {
        self.shape.iter().fold(1, |size: u64, &side| size.saturating_mul(side)).min(1 << 12) as usize
    }

    /// Bytes of an element.
    fn width(&self) -> usize {
        match self.dtype {
            "F64" | "U64" => 8,
            "F32" => 4,
            "F16" | "BF16" => 2,
            _ => 1,
        }
    }
}

/// A network of a few channels with a few changes.
fn changed(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut architecture = Architecture::resnet([1; 4], bytes.int_in_range(1..=2)?, bytes.int_in_range(1..=3)?);
    for stage in &mut architecture.stages {
        stage.depth = bytes.int_in_range(1..=2)?;
        stage.group = if bytes.arbitrary()? { 1 } else { stage.width };
    }
    if bytes.arbitrary()? {
        let group = bytes.int_in_range(1..=2)?;
        architecture.attention = Some(Stage { depth: 1, width: 2, group, out: bytes.int_in_range(1..=4)? });
    }
    let prefix = *bytes.choose(&["", "module.", "model.backbone."])?;
    let tensor = |(name, shape): (String, Vec<usize>)| Tensor {
        name: format!("{prefix}{name}"),
        dtype: "F32",
        shape: shape.into_iter().map(|side| side as u64).collect(),
    };
    let mut tensors: Vec<Tensor> = architecture.tensors().into_iter().map(tensor).collect();
    let mut values = vec![0.5f32; 8];
    let mut metadata = Vec::new();
    // Of one tensor: by how much its offsets are wrong.
    let (mut shifted, mut shift) = (0, [0u64; 2]);
    for _ in 0..bytes.int_in_range(0..=4)? {
        let at = bytes.choose_index(tensors.len())?;
        let tensor = &mut tensors[at];
        match bytes.int_in_range(0..=9)? {
            0 => tensor.name = bytes.arbitrary::<&str>()?.to_owned(),
            1 => tensor.shape.push(bytes.arbitrary()?),
            2 if !tensor.shape.is_empty() => {
                let place = bytes.choose_index(tensor.shape.len())?;
                tensor.shape[place] = bytes.int_in_range(0..=16)?;
            }
            3 => tensor.dtype = bytes.choose(&["F16", "BF16", "F64", "I8", "BOOL", "F8_E4M3", "F4", "U64"])?,
            4 => {
                let dtype = if bytes.arbitrary()? { "F16" } else { "BF16" };
                tensors.iter_mut().for_each(|tensor| tensor.dtype = dtype);
            }
            5 => {
                let Tensor { name, dtype, shape } = tensor;
                let copy = Tensor { name: name.clone(), dtype, shape: shape.clone() };
                tensors.push(copy);
            }
            6 => values.push(f32::from_bits(bytes.arbitrary()?)),
            7 => metadata.push((*bytes.choose(&["labels", "mean", "std", "format"])?, bytes.arbitrary::<&str>()?)),
            8 => (shifted, shift) = (at, bytes.arbitrary()?),
            _ if tensors.len() > 1 => drop(tensors.remove(at)),
            _ => {}
        }
    }

    let mut entries = Vec::new();
    if !metadata.is_empty() {
        // A key may come twice here as well.
        let pairs: Vec<_> = metadata.iter().map(|(key, value)| format!("{key:?}:{}", json!(value))).collect();
        entries.push(format!("\"__metadata__\":{{{}}}", pairs.join(",")));
    }
    let mut data: Vec<u8> = Vec::new();
    for (number, tensor) in tensors.iter().enumerate() {
        let start = data.len() as u64;
        let width = tensor.width();
        // A float's last bytes are its half, as BF16 has it.
        data.extend((0..tensor.size()).flat_map(|at| {
            let value = values[at % values.len()].to_le_bytes();
            [value, value].concat()[8 - width..].to_vec()
        }));
        let mut offsets = [start, data.len() as u64];
        if number == shifted {
            offsets = [0, 1].map(|end| offsets[end].wrapping_add(shift[end]));
        }
        let info = json!({ "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": offsets });
        entries.push(format!("{}:{info}", json!(tensor.name)));
    }
    let header = format!("{{{}}}", entries.join(","));
    Ok([&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat())
}
