//! A weights file read tensor by tensor, so that memory never holds more than one of them.

use std::collections::{BTreeMap, HashMap};

use c3lrp_pytorch::{Kind, Tensor};
use half::{bf16, f16};

use super::contents::Contents;
use crate::family::{Blueprint, Found, recognise};
use crate::output::OutputKind;
use crate::picture::Normalisation;
use crate::words::Words;
use crate::{Error, Labels, Result};

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

pub(super) fn truncated() -> Error {
    Error::Weights("the file ends before its last tensor does; it was probably cut off while it was copied or downloaded. Fetch it again.".into())
}

/// The values of some bytes; none where they are no floating-point numbers.
fn widened(kind: Kind, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match kind {
        Kind::F64 => bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect(),
        Kind::F32 => bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Kind::F16 => bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
        Kind::BF16 => bytes.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect(),
        Kind::I64 | Kind::I32 | Kind::I16 | Kind::I8 | Kind::U8 | Kind::Bool => return None,
    })
}

/// A weights file whose tensors have been recognised as a network's; they are read one by one.
pub struct Checkpoint<S> {
    source: S,
    /// By the family's names.
    tensors: BTreeMap<String, Tensor>,
    metadata: HashMap<String, String>,
    blueprint: Blueprint,
    unused: Vec<String>,
}

impl<S: Source> Checkpoint<S> {
    /// Reads where the tensors lie and recognises the network in them.
    ///
    /// # Errors
    /// [`Error::Weights`] where the file is of no known format, is cut off, or holds other tensors
    /// than a known network has; the message names them and what was expected.
    pub async fn open(source: S) -> Result<Self> {
        Self::open_network(source, None).await
    }

    /// The same of a file that holds several networks, by the beginning of the one's names, such as `model_ema.`.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], and [`Error::Weights`] where no network's names begin so.
    pub async fn open_network(source: S, network: Option<&str>) -> Result<Self> {
        let mut contents = Contents::open(&source).await?;
        let metadata = std::mem::take(&mut contents.metadata);
        let Found { blueprint, tensors, unused } = recognise(contents, network)?;
        Ok(Self { source, tensors, metadata, blueprint, unused })
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
        let tensor = self.tensors.get(name).ok_or_else(|| Error::Weights(format!("{name} is missing")))?;
        let values = match tensor.kind {
            Kind::F32 if tensor.is_contiguous() => {
                let mut values = vec![0f32; tensor.elements()];
                self.source.read(tensor.start, bytemuck::cast_slice_mut(&mut values)).await?;
                values
            }
            kind => {
                let mut bytes = vec![0; tensor.span()];
                self.source.read(tensor.start, &mut bytes).await?;
                let bytes = if tensor.is_contiguous() { Some(bytes) } else { tensor.pack(&bytes) };
                let widened = bytes.and_then(|bytes| widened(kind, &bytes));
                widened.ok_or_else(|| {
                    Error::Weights(format!("{name} is of type {kind:?}; F64, F32, F16 or BF16 was expected"))
                })?
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
