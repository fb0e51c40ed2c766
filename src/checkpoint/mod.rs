//! A weights file read tensor by tensor, so that memory never holds more than one of them.

mod facts;
mod preparation;

pub use facts::Fact;

use std::collections::{BTreeMap, HashMap};

use c3lrp_pytorch::{Kind, Tensor};
use half::{bf16, f16};

use crate::family::{Blueprint, Found, recognise};
use crate::hints::{Config, GivenFacts, Hints, Origin, refuse_by_name};
use crate::picture::Preparation;
use crate::sentence::say;
use crate::weights::{Contents, Source};
use crate::{Error, Labels, Result};

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

/// How a weights file is to be read; by default as it says itself.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The file's or its repository's name: some names are of networks that are not supported.
    pub name: Option<String>,
    /// The beginning of the names of the network that is taken, where the file holds several: `state_dict_ema.`.
    pub network: Option<String>,
    /// Facts about the network that options give.
    pub hints: Hints,
    /// Configuration files that lie beside the weights.
    pub configs: Vec<Config>,
}

/// A weights file whose tensors have been recognised as a network's; they are read one by one.
pub struct Checkpoint<S> {
    source: S,
    /// By the family's names.
    tensors: BTreeMap<String, Tensor>,
    metadata: HashMap<String, String>,
    given: GivenFacts,
    architecture: Option<String>,
    labels: Vec<Labels>,
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
        Self::open_as(source, Reading::default()).await
    }

    /// Opens a checkpoint with facts that the tensors don't contain.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], and [`Error::Options`] where a hint doesn't fit the network.
    pub async fn open_as(source: S, Reading { name, network, hints, configs }: Reading) -> Result<Self> {
        name.as_deref().map_or(Ok(()), refuse_by_name)?;
        let mut contents = Contents::open(&source).await?;
        let metadata = std::mem::take(&mut contents.metadata);
        let mut given = vec![(Origin::Option, hints)];
        let (mut labels, mut architecture) = (Vec::new(), None);
        for config in configs {
            given.push((Origin::Config, config.hints));
            labels.extend(config.labels);
            architecture = architecture.or(config.architecture);
        }
        given.push((Origin::File, Hints::of_header(|key| metadata.get(key))?));
        let given = GivenFacts(given);
        let Found { blueprint, tensors, unused } = recognise(contents, network.as_deref(), &given)?;
        Ok(Self { source, tensors, metadata, given, architecture, labels, blueprint, unused })
    }

    /// The network that these tensors make.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Tensors that belong to no layer of it, by the file's names.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Facts about the network, and their sources.
    pub fn given(&self) -> &GivenFacts {
        &self.given
    }

    /// What the network is: the name that a configuration gives it, with what its tensors say.
    pub fn architecture(&self) -> String {
        match &self.architecture {
            Some(name) => format!("{} ({name})", self.blueprint.title()),
            None => self.blueprint.title(),
        }
    }

    /// The classes' names, from the header's `labels` (a JSON array, or whatever [`Labels::parse`] reads) or a
    /// configuration, where it has one for each class.
    pub fn labels(&self) -> Option<Vec<String>> {
        // A network of one output answers no or yes, whose names there may be.
        let answers = |labels: &Labels| self.blueprint.outputs() == 1 && labels.names().len() == 2;
        let classes = |labels: &Labels| if answers(labels) { 2 } else { self.blueprint.outputs() };
        let header = self.metadata.get("labels").map(|text| Labels::parse(text.as_bytes()));
        let found = header.into_iter().chain(self.labels.iter().cloned().map(Ok));
        for labels in found {
            match labels.and_then(|labels| {
                let classes = classes(&labels);
                labels.for_classes(classes)
            }) {
                Ok(labels) => return Some(labels.names().to_vec()),
                Err(error) => log::warn!("The names that came with the weights are left out. {error}"),
            }
        }
        None
    }

    /// How the network's pictures are prepared.
    ///
    /// # Errors
    /// [`Error::Weights`] where what is said of it is impossible.
    pub fn preparation(&self) -> Result<Preparation> {
        self.given.preparation(&self.blueprint)
    }

    /// The values of a tensor, row-major, as f32.
    ///
    /// # Errors
    /// [`Error::Weights`] where a value is not finite, or the file ends.
    pub async fn read(&self, name: &str) -> Result<Vec<f32>> {
        let tensor =
            self.tensors.get(name).ok_or_else(|| Error::Weights(say!("tensor-missing", "{name} is missing", name)))?;
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
                    Error::Weights(say!(
                        "tensor-type",
                        "{name} is of type {kind}; F64, F32, F16 or BF16 was expected",
                        name,
                        kind = format!("{kind:?}")
                    ))
                })?
            }
        };
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Error::Weights(say!(
                "weight-infinite",
                "{name} holds {value} at position {at}; every weight must be finite",
                name,
                value = values[at],
                at
            ))),
            None => Ok(values),
        }
    }
}
