//! Families of networks: names and shapes of tensors become a [`Blueprint`].
//!
//! A family is one file, which knows its names. Whatever it finds is held against what the blueprint needs here, so
//! that no tensor is missing, of another shape, or a part of the network that nobody knows.

mod blueprint;
mod resnet;
mod shapes;
mod vgg;

use std::collections::BTreeMap;

pub use blueprint::{AttentionPart, Blueprint, GatePart, LayerPart, Part, SkipPart, TensorShape, Window};
use safetensors::tensor::{Dtype, TensorInfo};

use self::shapes::Shapes;
use crate::{Error, Result};

/// How many names an error lists before it only counts.
const NAMED: usize = 6;

/// A family of networks.
struct Family {
    name: &'static str,
    /// A tensor that every one of them has.
    first: &'static str,
    /// How names of what is within the network begin: what is unknown there would change what it computes.
    own: &'static [&'static str],
    recognise: fn(&Shapes<'_>) -> Result<Blueprint>,
}

/// All of them.
const FAMILIES: [Family; 2] = [
    Family {
        name: "a ResNet",
        first: resnet::FIRST,
        own: &["layer", "conv1.", "bn1.", "attention."],
        recognise: resnet::recognise,
    },
    Family { name: "a VGG", first: vgg::FIRST, own: &["features.", "classifier."], recognise: vgg::recognise },
];

/// A network that was found in a file.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) blueprint: Blueprint,
    /// What it needs, by the blueprint's names.
    pub(crate) tensors: BTreeMap<String, TensorInfo>,
    /// What belongs to no layer of it, by the file's names.
    pub(crate) unused: Vec<String>,
}

/// Finds the network in a file's tensors.
///
/// A prefix (`module.`, `model.`) is taken off, and what lies beside it is left out, as are BatchNorm's counters and
/// whatever belongs to no layer: a loss's weights, another head. What lies within a layer and is not known is not.
///
/// # Errors
/// [`Error::Weights`], naming what is missing, unknown or of another shape or type.
pub(crate) fn recognise(found: BTreeMap<String, TensorInfo>) -> Result<Found> {
    let ends = |family: &'static Family, name: &String| Some((name.strip_suffix(family.first)?.to_owned(), family));
    let networks: Vec<_> =
        FAMILIES.iter().flat_map(|family| found.keys().filter_map(move |name| ends(family, name))).collect();
    let (prefix, family) = match &networks[..] {
        [(prefix, family)] => (prefix.clone(), *family),
        [] => return Err(unknown(&found)),
        several => {
            let named = several.iter().map(|(prefix, family)| match prefix.is_empty() {
                true => family.name.to_owned(),
                false => format!("{} at {prefix}", family.name),
            });
            return Err(Error::Weights(format!(
                "the file holds {} networks: {}. Save one of them by itself",
                several.len(),
                named.collect::<Vec<_>>().join(", ")
            )));
        }
    };
    let (mut unused, mut tensors) = (Vec::new(), BTreeMap::new());
    for (name, info) in found {
        match name.strip_prefix(&prefix) {
            Some(own) if own.ends_with(".num_batches_tracked") => {}
            Some(own) => drop(tensors.insert(own.to_owned(), info)),
            None => unused.push(name),
        }
    }
    let shapes = tensors.iter().map(|(name, info)| (name.clone(), info.shape.clone())).collect();
    let blueprint = (family.recognise)(&Shapes(&shapes))?;
    let (tensors, rest) = held(family, &blueprint, tensors)?;
    unused.extend(rest.into_iter().map(|name| format!("{prefix}{name}")));
    unused.sort_unstable();
    Ok(Found { blueprint, tensors, unused })
}

fn unknown(found: &BTreeMap<String, TensorInfo>) -> Error {
    let names: Vec<_> = found.keys().take(3).map(String::as_str).collect();
    let names = if names.is_empty() { "no tensors at all".to_owned() } else { names.join(", ") };
    Error::Weights(format!(
        "a ResNet in torchvision's layout was expected, with a tensor named {}, or a VGG with {}, but the file holds {names}{}",
        resnet::FIRST,
        vgg::FIRST,
        if found.len() > 3 { ", …" } else { "" }
    ))
}

/// The tensors that a blueprint needs, if they are there as it needs them, and the names of the others.
fn held(
    family: &Family,
    blueprint: &Blueprint,
    mut tensors: BTreeMap<String, TensorInfo>,
) -> Result<(BTreeMap<String, TensorInfo>, Vec<String>)> {
    let (mut missing, mut wrong, mut known) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (name, shape) in blueprint.tensors() {
        match tensors.remove(&name) {
            None => missing.push(name),
            Some(info) if info.shape != shape => {
                wrong.push(format!("{name} is {:?} where {shape:?} was expected", info.shape))
            }
            Some(info) if !matches!(info.dtype, Dtype::F64 | Dtype::F32 | Dtype::F16 | Dtype::BF16) => {
                wrong.push(format!("{name} is of type {:?} where F64, F32, F16 or BF16 was expected", info.dtype));
            }
            Some(info) => drop(known.insert(name, info)),
        }
    }
    let within = |name: &&String| {
        // An attention branch's logits are needed to train it, not to run the network.
        family.own.iter().any(|part| name.starts_with(part)) && !name.starts_with("attention.logits.")
    };
    let strange = tensors.keys().filter(within).cloned().collect();
    let mut faults = Vec::new();
    for (what, names) in [
        ("missing", missing),
        ("of another shape or type", wrong),
        ("within the network, and of no layer that is known", strange),
    ] {
        if !names.is_empty() {
            let more = names.len().saturating_sub(NAMED);
            let listed = names[..names.len() - more].join(", ");
            faults.push(if more > 0 {
                format!("{what}: {listed} and {more} more")
            } else {
                format!("{what}: {listed}")
            });
        }
    }
    match faults.is_empty() {
        true => Ok((known, tensors.into_keys().collect())),
        false => Err(Error::Weights(faults.join("; "))),
    }
}
