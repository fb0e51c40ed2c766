//! VGG with torchvision's names (Simonyan, Zisserman, 2015), with and without BatchNorm: the network that LRP was
//! developed on.

use super::blueprint::{Blueprint, Part};
use super::shapes::Shapes;
use crate::hints::GivenFacts;
use crate::sentence::say;
use crate::window::Window;
use crate::{Error, Result};

/// A tensor that every VGG has, apart from its prefix.
pub(super) const FIRST: &str = "features.0.weight";

/// Side of the linear layers' input. Torchvision averages to this size, which pictures of 224×224 have anyway.
const SIDE: usize = 7;

/// Grad-CAM has four stages; a VGG has five, the first of which is small.
const STAGES: usize = 4;

/// Recognises the network from the shapes of its tensors. In `features`, every convolution, BatchNorm, ReLU and
/// max-pool has a number, so a gap in the numbers is a max-pool.
///
/// # Errors
/// [`Error::Weights`], naming a tensor that is missing or whose shape no VGG has.
pub(super) fn recognise(shapes: &Shapes, _: &GivenFacts) -> Result<Blueprint> {
    let [_, channels, ..] = shapes.shape::<4>(FIRST)?;
    let (mut parts, mut stages, mut width) = (Vec::new(), Vec::new(), channels);
    let (mut at, mut stage, mut layer) = (0, 1usize, 1);
    loop {
        let norm =
            (shapes.rank(&format!("features.{}.weight", at + 1)) == Some(1)).then(|| format!("features.{}", at + 1));
        let part = shapes.convolution(&format!("features.{at}"), norm.as_deref(), width, 1, true)?;
        width = part.shape[0];
        parts.push((format!("conv{stage}.{layer}"), Part::Convolution(part)));
        let next = at + 2 + usize::from(norm.is_some());
        if shapes.rank(&format!("features.{next}.weight")) == Some(4) {
            (at, layer) = (next, layer + 1);
            continue;
        }
        stages.push(parts.len());
        parts.push((format!("pool{stage}"), Part::MaxPool(Window::VGG)));
        if shapes.rank(&format!("features.{}.weight", next + 1)) != Some(4) {
            break;
        }
        (at, layer, stage) = (next + 1, 1, stage + 1);
    }
    stages.drain(..stages.len().saturating_sub(STAGES));
    let first = shapes.linear("classifier.0", [width, SIDE], true)?;
    let second = shapes.linear("classifier.3", [first.shape[0], 1], true)?;
    let head = shapes.linear("classifier.6", [second.shape[0], 1], false)?;
    if stage != 5 {
        return Err(Error::Weights(say!(
            "vgg-pools",
            "the features end after {pools} max-pools where a VGG has 5",
            pools = stage
        )));
    }
    parts.extend([("fc6".into(), Part::Linear(first)), ("fc7".into(), Part::Linear(second))]);
    Ok(Blueprint { channels, parts, head, stages })
}
