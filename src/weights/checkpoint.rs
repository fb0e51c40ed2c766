//! A safetensors file read tensor by tensor, so that memory never holds more than one of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorInfo};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::family::{Blueprint, Found, recognise};
use crate::output::OutputKind;
use crate::picture::Normalisation;
use crate::words::Words;
use crate::{Error, Labels, Result};

/// A header of more than this is no header of a network: ResNet-152 has 0.1 MB.
const LARGEST_HEADER: u64 = 16 << 20;

/// Bytes that can be read in pieces: a file, a JavaScript `Blob`, a slice.
#[allow(async_fn_in_trait, reason = "a source is used on one thread, and never as a trait object")]
pub trait Source {
    /// The number of bytes.
    fn size(&self) -> u64;
    /// Fills `into` with the bytes from `start` on.
    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()>;
}

/// A [`Source`] in memory.
pub struct Bytes<B>(pub B);

impl<B: AsRef<[u8]>> Source for Bytes<B> {
    fn size(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        let slice = usize::try_from(start).ok().and_then(|start| self.0.as_ref().get(start..)?.get(..into.len()));
        into.copy_from_slice(slice.ok_or_else(truncated)?);
        Ok(())
    }
}

fn truncated() -> Error {
    Error::Weights("the file ends before its last tensor does; it was probably cut off while it was copied or downloaded. Fetch it again.".into())
}

/// The header's JSON. It is read entry by entry: the format forbids a name to come twice, which a map
/// would swallow.
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

/// Where the last tensor ends, in bytes from where the data start: each one begins where the one before it
/// ends, and is as long as its shape and type say.
fn laid_out(tensors: &mut [(String, TensorInfo)]) -> std::result::Result<u64, String> {
    tensors.sort_by_key(|(_, info)| info.data_offsets);
    let mut next = 0;
    for (name, TensorInfo { dtype, shape, data_offsets: (start, end) }) in tensors {
        if *start != next || end < start {
            return Err(format!(
                "{name} lies from byte {start} to {end}, and the next one to be used is {next}; tensors follow each other"
            ));
        }
        let bits = shape.iter().try_fold(dtype.bitsize() as u64, |size, &side| size.checked_mul(side as u64));
        let given = *end - *start;
        if bits.filter(|bits| bits.is_multiple_of(8)).map(|bits| bits / 8) != Some(given as u64) {
            return Err(format!("{name} is {shape:?} of type {dtype:?}, which {given} bytes are not"));
        }
        next = *end;
    }
    Ok(next as u64)
}

/// A safetensors file whose header has been read and whose tensors have been recognised as a network's.
pub struct Checkpoint<S> {
    source: S,
    data_start: u64,
    /// By torchvision's names, without the file's own prefix.
    tensors: BTreeMap<String, TensorInfo>,
    metadata: HashMap<String, String>,
    blueprint: Blueprint,
    unused: Vec<String>,
}

impl<S: Source> Checkpoint<S> {
    /// Reads the header and recognises the network in it.
    ///
    /// # Errors
    /// [`Error::Weights`] where the file is no safetensors file, is cut off, or holds other tensors
    /// than a known network has; the message names them and what was expected.
    pub async fn open(source: S) -> Result<Self> {
        let size = source.size();
        let not_safetensors = |why: &str| {
            Error::Weights(format!(
                "this is not a safetensors file ({why}). Export one with safetensors.torch.save_file(model.state_dict(), …)."
            ))
        };
        if size < 8 {
            return Err(not_safetensors("it has fewer than 8 bytes"));
        }
        let mut length = [0; 8];
        source.read(0, &mut length).await?;
        let length = u64::from_le_bytes(length);
        if length > LARGEST_HEADER {
            return Err(not_safetensors("its header would be larger than 16 MB"));
        }
        if length > size - 8 {
            return Err(not_safetensors("its header would be larger than the file"));
        }
        let mut header = vec![0; length as usize];
        source.read(8, &mut header).await?;
        let Header { metadata, mut tensors } = serde_json::from_slice(&header)
            .map_err(|error| not_safetensors(&format!("its header can't be read: {error}")))?;
        drop(header);

        let data_start = 8 + length;
        let end = laid_out(&mut tensors).map_err(|why| not_safetensors(&why))?;
        match end.cmp(&(size - data_start)) {
            std::cmp::Ordering::Greater => return Err(truncated()),
            std::cmp::Ordering::Less => return Err(not_safetensors("bytes follow its last tensor")),
            std::cmp::Ordering::Equal => {}
        }
        let Found { blueprint, tensors, unused } = recognise(tensors.into_iter().collect())?;
        Ok(Self { source, data_start, tensors, metadata, blueprint, unused })
    }

    /// The network that these tensors make.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Tensors that belong to no layer of it, by the file's names.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// The classes' names, from the header's `labels` (a JSON array, or whatever [`Labels::parse`] reads), where it
    /// has one for each class.
    pub fn labels(&self) -> Option<Vec<String>> {
        let labels = Labels::parse(self.metadata.get("labels")?.as_bytes());
        // A network of one output answers no or yes, whose names there may be.
        let answers = |labels: &Labels| self.blueprint.outputs() == 1 && labels.names().len() == 2;
        let classes = |labels: &Labels| if answers(labels) { 2 } else { self.blueprint.outputs() };
        match labels.and_then(|labels| {
            let classes = classes(&labels);
            labels.of(classes)
        }) {
            Ok(labels) => Some(labels.names().to_vec()),
            Err(error) => {
                log::warn!("The names in the weights file's header are left out. {error}");
                None
            }
        }
    }

    /// How pixels become values, from the header's `mean` and `std` (JSON arrays of three numbers, of
    /// pixels in [0, 1]); ImageNet's where it has neither.
    ///
    /// # Errors
    /// [`Error::Weights`] where they are something else.
    pub fn normalisation(&self) -> Result<Normalisation> {
        let default = Normalisation::default();
        let mean = self.three("mean")?.unwrap_or(default.mean);
        let std = self.three("std")?.unwrap_or(default.std);
        if std.iter().any(|&std| std < f32::MIN_POSITIVE) {
            return Err(Error::Weights(format!("the header's std is {std:?}; three numbers above zero were expected")));
        }
        let normalisation = Normalisation { mean, std };
        let (black, white) = normalisation.bounds();
        if black.iter().chain(&white).any(|value| !value.is_finite()) {
            return Err(Error::Weights(format!(
                "the header's mean {mean:?} and std {std:?} make pixels that are not finite; they are of pixels from 0 to 1"
            )));
        }
        Ok(normalisation)
    }

    /// What the outputs mean, where the header's `output` says it.
    ///
    /// # Errors
    /// [`Error::Weights`] where it says something else.
    pub fn output(&self) -> Result<Option<OutputKind>> {
        let Some(text) = self.metadata.get("output") else { return Ok(None) };
        OutputKind::named(text).map(Some).map_err(|_| {
            Error::Weights(format!("the header's output is {text:?}; \"softmax\" or \"sigmoid\" was expected"))
        })
    }

    fn three(&self, key: &str) -> Result<Option<[f32; 3]>> {
        let Some(text) = self.metadata.get(key) else { return Ok(None) };
        match serde_json::from_str::<[f32; 3]>(text) {
            Ok(values) if values.iter().all(|value| value.is_finite()) => Ok(Some(values)),
            _ => Err(Error::Weights(format!(
                "the header's {key} is {text}; three numbers were expected, such as [0.5, 0.5, 0.5]"
            ))),
        }
    }

    /// The values of a tensor, row-major, as f32.
    ///
    /// # Errors
    /// [`Error::Weights`] where a value is not finite, or the file ends.
    pub async fn read(&self, name: &str) -> Result<Vec<f32>> {
        let info = self.tensors.get(name).ok_or_else(|| Error::Weights(format!("{name} is missing")))?;
        let (start, end) = info.data_offsets;
        let bytes = end - start;
        let start = self.data_start + start as u64;
        let values: Vec<f32> = match info.dtype {
            Dtype::F32 => {
                let mut values = vec![0f32; bytes / 4];
                self.source.read(start, bytemuck::cast_slice_mut(&mut values)).await?;
                values
            }
            Dtype::F64 => {
                let mut values = vec![0f64; bytes / 8];
                self.source.read(start, bytemuck::cast_slice_mut(&mut values)).await?;
                values.into_iter().map(|value| value as f32).collect()
            }
            half => {
                let mut bits = vec![0u16; bytes / 2];
                self.source.read(start, bytemuck::cast_slice_mut(&mut bits)).await?;
                let widen = if half == Dtype::F16 {
                    |bits| f16::from_bits(bits).to_f32()
                } else {
                    |bits| bf16::from_bits(bits).to_f32()
                };
                bits.into_iter().map(widen).collect()
            }
        };
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Error::Weights(format!(
                "{name} holds {} at position {at}; every weight must be finite",
                values[at]
            ))),
            None => Ok(values),
        }
    }
}
