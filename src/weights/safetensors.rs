//! Safetensors files: a JSON header, and tensors one after another.

use std::collections::{HashMap, HashSet};
use std::fmt;

use c3lrp_pytorch::{Kind, Tensor};
use safetensors::tensor::{Dtype, TensorInfo};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use super::Source;
use super::contents::Contents;
use super::source::truncated;
use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// The largest size of a header in bytes: ResNet-152's has 0.1 MB.
const LARGEST_HEADER: u64 = 16 << 20;

/// The header's JSON. It is read entry by entry, because the format forbids duplicate names, which a map would hide.
#[derive(Default)]
struct Header {
    metadata: HashMap<String, String>,
    tensors: Vec<(String, TensorInfo)>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors by their names")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Header, M::Error> {
        let mut header = Header::default();
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name.clone()) {
                return Err(M::Error::custom(format!("{name} comes twice")));
            }
            match name.as_str() {
                "__metadata__" => header.metadata = map.next_value::<Option<_>>()?.unwrap_or_default(),
                _ => header.tensors.push((name, map.next_value()?)),
            }
        }
        Ok(header)
    }
}

/// Checks that each tensor begins where the one before it ends, and is as long as its shape and type say. Returns where
/// the last one ends, in bytes from the start of the data.
fn laid_out(tensors: &mut [(String, TensorInfo)]) -> std::result::Result<u64, Sentence> {
    tensors.sort_by_key(|(_, info)| info.data_offsets);
    let mut next = 0;
    for (name, TensorInfo { dtype, shape, data_offsets: (start, end) }) in tensors {
        if *start != next || end < start {
            return Err(say!(
                "tensor-place",
                "{name} lies from byte {start} to {end}, and the next one to be used is {next}; tensors follow each other",
                name = &*name,
                start = *start,
                end = *end,
                next
            ));
        }
        let bits = shape.iter().try_fold(dtype.bitsize() as u64, |size, &side| size.checked_mul(side as u64));
        let given = *end - *start;
        if bits.filter(|bits| bits.is_multiple_of(8)).map(|bits| bits / 8) != Some(given as u64) {
            return Err(say!(
                "tensor-bytes",
                "{name} is [{shape}] of type {kind}, which {bytes} bytes are not",
                name = &*name,
                shape = &*shape,
                kind = format!("{dtype:?}"),
                bytes = given
            ));
        }
        next = *end;
    }
    Ok(next as u64)
}

/// Reads the header.
///
/// # Errors
/// [`Error::Weights`] if the file is not a safetensors file, or is cut off.
pub(super) async fn open<S: Source>(source: &S) -> Result<Contents> {
    let size = source.size();
    let not_safetensors = |why: Sentence| {
        Error::Weights(say!(
            "file-unknown",
            "this is not a safetensors file ({why}), nor a PyTorch checkpoint. Write one with safetensors.torch.save_file(model.state_dict(), …) or torch.save(model.state_dict(), …).",
            why
        ))
    };
    if size < 8 {
        return Err(not_safetensors(say!("fewer-than-8", "it has fewer than 8 bytes")));
    }
    let mut length = [0; 8];
    source.read(0, &mut length).await?;
    let length = u64::from_le_bytes(length);
    if length > LARGEST_HEADER {
        return Err(not_safetensors(say!("header-large", "its header would be larger than 16 MB")));
    }
    if length > size - 8 {
        return Err(not_safetensors(say!("header-larger", "its header would be larger than the file")));
    }
    let mut header = vec![0; length as usize];
    source.read(8, &mut header).await?;
    let Header { metadata, mut tensors } = serde_json::from_slice(&header).map_err(|error| {
        not_safetensors(say!("header-json", "its header can't be read: {words}", words = error.to_string()))
    })?;
    drop(header);

    let data_start = 8 + length;
    let end = laid_out(&mut tensors).map_err(not_safetensors)?;
    match end.cmp(&(size - data_start)) {
        std::cmp::Ordering::Greater => return Err(truncated()),
        std::cmp::Ordering::Less => return Err(not_safetensors(say!("bytes-follow", "bytes follow its last tensor"))),
        std::cmp::Ordering::Equal => {}
    }
    let mut contents = Contents { metadata, ..Contents::default() };
    for (name, TensorInfo { dtype, shape, data_offsets: (start, _) }) in tensors {
        match kind(dtype) {
            Some(kind) => {
                let strides = strides(&shape);
                let start = data_start + start as u64;
                contents.tensors.insert(name.clone(), Tensor { name, kind, shape, strides, start });
            }
            None => {
                let kind = format!("{dtype:?}");
                contents.unreadable.insert(name, say!("of-type", "of type {kind}", kind));
            }
        }
    }
    Ok(contents)
}

fn kind(dtype: Dtype) -> Option<Kind> {
    Some(match dtype {
        Dtype::F64 => Kind::F64,
        Dtype::F32 => Kind::F32,
        Dtype::F16 => Kind::F16,
        Dtype::BF16 => Kind::BF16,
        Dtype::I64 => Kind::I64,
        Dtype::I32 => Kind::I32,
        Dtype::I16 => Kind::I16,
        Dtype::I8 => Kind::I8,
        Dtype::U8 => Kind::U8,
        Dtype::BOOL => Kind::Bool,
        _ => return None,
    })
}

/// The strides of contiguous values. Only an empty tensor's sizes have not been multiplied before.
fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; shape.len()];
    let mut step = 1usize;
    for (stride, side) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.saturating_mul(*side);
    }
    strides
}
