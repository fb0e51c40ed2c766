//! A weights file, read tensor by tensor, so that memory never holds more than one of them.

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

/// The values of some bytes as f32; none if they aren't floating-point numbers.
fn widened(kind: Kind, bytes: &[u8]) -> Option<Vec<f32>> {
    Some(match kind {
        Kind::F64 => bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect(),
        Kind::F32 => bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        Kind::F16 => bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
        Kind::BF16 => bytes.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32()).collect(),
        Kind::I64 | Kind::I32 | Kind::I16 | Kind::I8 | Kind::U8 | Kind::Bool => return None,
    })
}

/// How a weights file is read; by default, as the file itself says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The name of the file or its repository. Names of networks that are not supported are refused.
    pub name: Option<String>,
    /// If the file holds several networks: how the names of the chosen one's tensors begin, such as `state_dict_ema.`.
    pub network: Option<String>,
    /// Facts about the network from options.
    pub hints: Hints,
    /// Configuration files found beside the weights.
    pub configs: Vec<Config>,
}

/// A weights file in which a network was recognised; its tensors are read one by one.
pub struct Checkpoint<S> {
    source: S,
    /// The network's tensors, by the names that the family uses.
    tensors: BTreeMap<String, Tensor>,
    metadata: HashMap<String, String>,
    given: GivenFacts,
    architecture: Option<String>,
    labels: Vec<Labels>,
    blueprint: Blueprint,
    unused: Vec<String>,
}

impl<S: Source> Checkpoint<S> {
    /// Finds the tensors in a file and recognises the network that they form.
    ///
    /// # Errors
    /// [`Error::Weights`] if the format is unknown, the file is cut off, or its tensors are not those of a known
    /// network; the message names them and says what was expected.
    pub async fn open(source: S) -> Result<Self> {
        Self::open_as(source, Reading::default()).await
    }

    /// As [`Checkpoint::open`], with facts that the tensors don't contain.
    ///
    /// # Errors
    /// As [`Checkpoint::open`], and [`Error::Options`] if a given fact doesn't fit the network.
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

    /// The network that the tensors form.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// Tensors that belong to no layer of the network, by their names in the file.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Facts about the network, and their sources.
    pub fn given(&self) -> &GivenFacts {
        &self.given
    }

    /// A title for the network: the name from a configuration if there is one, and what the tensors say.
    pub fn architecture(&self) -> String {
        match &self.architecture {
            Some(name) => format!("{} ({name})", self.blueprint.title()),
            None => self.blueprint.title(),
        }
    }

    /// The classes' names, from the header's entry `labels` (a JSON array, or any form that [`Labels::parse`] reads) or
    /// from a configuration; none unless there is a name for each class.
    pub fn labels(&self) -> Option<Vec<String>> {
        // A network with one output answers no or yes, and both answers may have names.
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

    /// How pictures are prepared for the network.
    ///
    /// # Errors
    /// [`Error::Weights`] if the given facts are impossible.
    pub fn preparation(&self) -> Result<Preparation> {
        self.given.preparation(&self.blueprint)
    }

    /// The values of a tensor as f32, row-major.
    ///
    /// # Errors
    /// [`Error::Weights`] if a value is not finite, or the file ends too early.
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
