//! Families of networks: names and shapes of tensors become a [`Blueprint`].
//!
//! Each family has a file, which knows the family's tensor names. The blueprint that it finds is compared with the
//! file's tensors here, so that no tensor is missing, misshapen, or an unknown part of the network.

mod blueprint;
mod names;
mod resnet;
mod shapes;
mod vgg;

use std::collections::BTreeMap;

pub use blueprint::{AttentionPart, Blueprint, GatePart, LayerPart, Part, SkipPart};
use c3lrp_pytorch::{Kind, Tensor};

use self::shapes::Shapes;
use crate::hints::GivenFacts;
use crate::sentence::{Say, Sentence, say};
use crate::weights::Contents;
pub use crate::weights::TensorShape;
pub use crate::window::Window;
use crate::{Error, Result};

/// How many names an error lists before it only gives their number.
const NAMED: usize = 6;

/// A family of networks.
struct Family {
    name: &'static str,
    /// A tensor that every network of the family has.
    first: &'static str,
    /// How the names of tensors inside the network begin. An unknown tensor with such a name would change what the
    /// network computes, so it is refused.
    own: &'static [&'static str],
    recognise: fn(&Shapes<'_>, &GivenFacts) -> Result<Blueprint>,
}

/// All families.
const FAMILIES: [Family; 2] = [
    Family {
        name: "ResNet",
        first: resnet::FIRST,
        own: &["layer", "conv1.", "bn1.", "maxpool.", "attention."],
        recognise: resnet::recognise,
    },
    Family { name: "VGG", first: vgg::FIRST, own: &["features.", "classifier."], recognise: vgg::recognise },
];

/// A network that was recognised in a file.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) blueprint: Blueprint,
    /// The tensors that the network needs, by the names of the blueprint.
    pub(crate) tensors: BTreeMap<String, Tensor>,
    /// The tensors that belong to no layer, by their names in the file.
    pub(crate) unused: Vec<String>,
}

/// Recognises the network in a file's tensors; if there are several, the one whose tensor names begin with `chosen`.
///
/// A common prefix (`module.`, `model.`) is removed; the head may be outside of it. BatchNorm's counters and tensors
/// that belong to no layer, such as a loss's weights or another head, are ignored. An unknown tensor within a layer is
/// an error. `given` has the facts that tensors don't contain.
///
/// # Errors
/// [`Error::Weights`], naming what is missing, unknown or has the wrong shape or type, or the networks to choose from.
pub(crate) fn recognise(contents: Contents, chosen: Option<&str>, given: &GivenFacts) -> Result<Found> {
    let Contents { tensors: found, unreadable, .. } = contents;
    let named: BTreeMap<String, (String, Tensor)> = names::torchvision(found);
    let ends = |family: &'static Family, name: &String| Some((name.strip_suffix(family.first)?.to_owned(), family));
    let networks: Vec<_> =
        FAMILIES.iter().flat_map(|family| named.keys().filter_map(move |name| ends(family, name))).collect();
    let wanted = |(prefix, _): &&(String, &Family)| chosen.is_none_or(|chosen| chosen == prefix);
    let (prefix, family) = match &networks.iter().filter(wanted).collect::<Vec<_>>()[..] {
        [(prefix, family)] => (prefix.clone(), *family),
        [] if networks.is_empty() => return Err(unknown(named.keys())),
        _ => {
            let listed: Vec<_> = networks
                .iter()
                .map(|(prefix, Family { name, .. })| {
                    say!("network-named", "a {family} by names that begin with \"{prefix}\"", family = name, prefix)
                })
                .collect();
            return Err(Error::Weights(say!(
                "several-networks",
                "the file holds {count} networks: {networks}. The option network chooses one by that beginning of its names",
                count = networks.len(),
                networks = listed
            )));
        }
    };
    let own = |name: &str| name.strip_prefix(&prefix).unwrap_or(name).to_owned();
    let (mut tensors, mut origins) = (BTreeMap::new(), BTreeMap::new());
    // Tensors inside the prefix come first: the same name outside of it is another tensor.
    let (within, beside): (Vec<_>, Vec<_>) = named.into_iter().partition(|(name, _)| name.starts_with(&prefix));
    for (name, (origin, tensor)) in within.into_iter().chain(beside) {
        let counter = name.ends_with(".num_batches_tracked");
        let name = own(&name);
        if !counter && !tensors.contains_key(&name) {
            origins.insert(name.clone(), origin);
            tensors.insert(name, tensor);
        }
    }
    let unreadable = unreadable.into_iter().map(|(name, what)| (own(&names::renamed(&name)), what)).collect();
    let shapes = tensors.iter().map(|(name, tensor)| (name.clone(), tensor.shape.clone())).collect();
    let blueprint = (family.recognise)(&Shapes(&shapes), given)?;
    let (tensors, rest) = matched(family, &blueprint, tensors, &unreadable)?;
    let unused = rest.into_iter().filter_map(|name| origins.remove(&name)).collect();
    Ok(Found { blueprint, tensors, unused })
}

fn unknown<'a>(found: impl ExactSizeIterator<Item = &'a String>) -> Error {
    let count = found.len();
    if count == 0 {
        return Error::Weights(say!(
            "no-tensors",
            "the file holds no tensors. NumPy arrays and other objects are passed over; save the tensors of the network: torch.save(model.state_dict(), …)"
        ));
    }
    let mut names: Vec<_> = found.take(3).map(String::as_str).collect();
    if count > names.len() {
        names.push("…");
    }
    Error::Weights(say!(
        "no-known-network",
        "a ResNet in torchvision's layout was expected, with a tensor named {resnet}, or a VGG with {vgg}, but the file holds {names}",
        resnet = resnet::FIRST,
        vgg = vgg::FIRST,
        names
    ))
}

/// The tensors that a blueprint needs, if all of them are there with the right shapes, and the names of all others.
fn matched(
    family: &Family,
    blueprint: &Blueprint,
    mut tensors: BTreeMap<String, Tensor>,
    unreadable: &BTreeMap<String, Sentence>,
) -> Result<(BTreeMap<String, Tensor>, Vec<String>)> {
    let (mut missing, mut wrong, mut known) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (name, shape) in blueprint.tensors() {
        match tensors.remove(&name) {
            None => match unreadable.get(&name) {
                Some(what) => wrong.push(say!(
                    "tensor-is",
                    "{name} is {what} where numbers of F64, F32, F16 or BF16 were expected",
                    name,
                    what
                )),
                None => missing.push(name),
            },
            Some(info) if info.shape != shape => wrong.push(say!(
                "tensor-shape",
                "{name} is [{found}] where [{expected}] was expected",
                name,
                found = info.shape,
                expected = shape
            )),
            Some(info) if !matches!(info.kind, Kind::F64 | Kind::F32 | Kind::F16 | Kind::BF16) => {
                wrong.push(say!(
                    "tensor-kind",
                    "{name} is of type {kind} where F64, F32, F16 or BF16 was expected",
                    name,
                    kind = format!("{:?}", info.kind)
                ));
            }
            Some(info) => drop(known.insert(name, info)),
        }
    }
    let within = |name: &&String| {
        // The logits of an attention branch are needed to train it, not to run the network.
        family.own.iter().any(|part| name.starts_with(part)) && !name.starts_with("attention.logits.")
    };
    let strange: Vec<_> = tensors.keys().filter(within).cloned().collect();
    let mut faults = Vec::new();
    if let Some(names) = listed(missing) {
        faults.push(say!("tensors-missing", "missing: {names}", names));
    }
    if let Some(tensors) = listed(wrong) {
        faults.push(say!("tensors-wrong", "of another shape or type: {tensors}", tensors));
    }
    if let Some(names) = listed(strange) {
        faults.push(say!("tensors-strange", "within the network, and of no layer that is known: {names}", names));
    }
    match faults.is_empty() {
        true => Ok((known, tensors.into_keys().collect())),
        false => Err(Error::Weights(say!("tensors", "{faults:semicolon}", faults))),
    }
}

/// The first few entries, and how many more there are; none if there are no entries.
fn listed<T: Say>(all: Vec<T>) -> Option<Sentence> {
    let more = all.len().saturating_sub(NAMED);
    let listed = &all[..all.len() - more];
    match (listed.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(say!("these", "{listed}", listed)),
        (false, _) => Some(say!("these-and-more", "{listed} and {more} more", listed, more)),
    }
}
