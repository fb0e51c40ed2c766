//! ResNets by torchvision's names: basic blocks and bottlenecks, ResNeXts, wide ones, deep stems, averages before
//! projections, squeeze and excitation, small pictures' networks, and Attention Branch Networks.

use super::blueprint::{AttentionPart, Blueprint, GatePart, Part, SkipPart, Window};
use super::shapes::Shapes;
use crate::{Error, Result};

/// What every ResNet has, whatever its prefix.
pub(super) const FIRST: &str = "layer1.0.conv1.weight";

/// Channels that a convolution along them may have: it is computed as one between all of them, and ResNets have 2048.
const WIDEST: usize = 4096;

/// The average before a projection: 2×2, whose windows may reach over the edge, where nothing is counted.
const HALVED: Window = Window { kernel: 2, stride: 2, padding: 0, ceil: true };

/// Finds the network in the tensors' shapes.
///
/// # Errors
/// [`Error::Weights`], naming a tensor that tells what the network is and is not there, or has a shape that no ResNet
/// has.
pub(super) fn recognise(shapes: &Shapes) -> Result<Blueprint> {
    let mut parts = Vec::new();
    let (channels, mut width) = stem(shapes, &mut parts)?;
    let (mut stages, mut attention) = (Vec::new(), None);
    for stage in 1..=4 {
        let name = format!("layer{stage}");
        if !shapes.has(&format!("{name}.0.conv1.weight")) {
            break;
        }
        if stage == 4 && shapes.has("attention.bn.weight") {
            attention = Some(parts.len());
        }
        width = blocks(shapes, &name, width, if stage == 1 { 1 } else { 2 }, &mut parts)?;
        stages.push(parts.len());
    }
    let head = shapes.head(width)?;
    let outputs = shapes.of::<2>(&format!("{head}.weight"))?[0];
    if let Some(at) = attention {
        parts.insert(at, ("attention".into(), branch(shapes, outputs)?));
        stages.iter_mut().filter(|end| **end > at).for_each(|end| *end += 1);
    }
    parts.push(("avgpool".into(), Part::GlobalAverage));
    Ok(Blueprint { channels, parts, head: shapes.linear(&head, [width, 1], false)?, stages })
}

/// What comes before the blocks; gives the channels of the picture, and of what the blocks are given.
fn stem(shapes: &Shapes, parts: &mut Vec<(String, Part)>) -> Result<(usize, usize)> {
    if shapes.has("conv1.0.weight") {
        let channels = shapes.of::<4>("conv1.0.weight")?[1];
        let layers =
            [("stem.0", "conv1.0", "conv1.1", 2), ("stem.1", "conv1.3", "conv1.4", 1), ("stem", "conv1.6", "bn1", 1)];
        let mut width = channels;
        for (name, layer, norm, stride) in layers {
            let layer = shapes.convolution(layer, Some(norm), width, stride, true)?;
            width = layer.shape[0];
            parts.push((name.into(), Part::Convolution(layer)));
        }
        parts.push(("maxpool".into(), Part::MaxPool(Window::RESNET)));
        return Ok((channels, width));
    }
    let [_, channels, kernel, _] = shapes.of::<4>("conv1.weight")?;
    // Small pictures' networks begin with 3×3, and keep the picture's size.
    let small = kernel <= 3;
    let layer = shapes.convolution("conv1", Some("bn1"), channels, if small { 1 } else { 2 }, true)?;
    let width = layer.shape[0];
    parts.push(("stem".into(), Part::Convolution(layer)));
    if !small {
        parts.push(("maxpool".into(), Part::MaxPool(Window::RESNET)));
    }
    Ok((channels, width))
}

/// The blocks of a stage of which the first one has a stride; gives their channels.
fn blocks(
    shapes: &Shapes,
    stage: &str,
    mut width: usize,
    stride: usize,
    parts: &mut Vec<(String, Part)>,
) -> Result<usize> {
    for index in 0.. {
        let name = format!("{stage}.{index}");
        if !shapes.has(&format!("{name}.conv1.weight")) {
            break;
        }
        let (block, outputs) = block(shapes, &name, width, if index == 0 { stride } else { 1 })?;
        parts.push((name, block));
        width = outputs;
    }
    Ok(width)
}

fn block(shapes: &Shapes, name: &str, inputs: usize, stride: usize) -> Result<(Part, usize)> {
    let layer = |part: usize, inputs: usize, stride: usize, rectified: bool| {
        let norm = format!("{name}.bn{part}");
        shapes.convolution(&format!("{name}.conv{part}"), Some(&norm), inputs, stride, rectified)
    };
    // Torchvision has a bottleneck's stride in the 3×3.
    let layers = if shapes.has(&format!("{name}.conv3.weight")) {
        let first = layer(1, inputs, 1, true)?;
        let second = layer(2, first.shape[0], stride, true)?;
        let third = layer(3, second.shape[0], 1, false)?;
        vec![first, second, third]
    } else {
        let first = layer(1, inputs, stride, true)?;
        let second = layer(2, first.shape[0], 1, false)?;
        vec![first, second]
    };
    let outputs = layers.last().map_or(inputs, |layer| layer.shape[0]);
    let gate = gate(shapes, &format!("{name}.se"), outputs)?;
    let skip = skip(shapes, &format!("{name}.downsample"), [inputs, outputs], stride)?;
    Ok((Part::Residual { layers, gate, skip }, outputs))
}

fn gate(shapes: &Shapes, name: &str, channels: usize) -> Result<Option<GatePart>> {
    if shapes.has(&format!("{name}.conv.weight")) {
        let weight = format!("{name}.conv.weight");
        let kernel = shapes.of::<3>(&weight)?[2];
        if channels > WIDEST {
            return Err(Error::Weights(format!(
                "{weight} is of {channels} channels, and each of them would be joined to every other; {WIDEST} are the most"
            )));
        }
        return Ok(Some(GatePart::AlongChannels { weight, kernel, channels }));
    }
    if !shapes.has(&format!("{name}.fc1.weight")) {
        return Ok(None);
    }
    let reduce = shapes.convolution(&format!("{name}.fc1"), None, channels, 1, true)?;
    let expand = shapes.convolution(&format!("{name}.fc2"), None, reduce.shape[0], 1, false)?;
    Ok(Some(GatePart::Channels { reduce, expand }))
}

fn skip(shapes: &Shapes, name: &str, [inputs, outputs]: [usize; 2], stride: usize) -> Result<SkipPart> {
    let layer = |part: usize, stride: usize| {
        let norm = format!("{name}.{}", part + 1);
        shapes.convolution(&format!("{name}.{part}"), Some(&norm), inputs, stride, false)
    };
    // timm's d, t and s: an average has the stride.
    let averaged = shapes.rank(&format!("{name}.1.weight")) == Some(4);
    if averaged || shapes.has(&format!("{name}.0.weight")) {
        let layer = if averaged { layer(1, 1)? } else { layer(0, stride)? };
        if layer.shape[0] != outputs {
            return Err(Error::Weights(format!(
                "{}.weight gives {} channels where the branch beside it gives {outputs}",
                layer.name, layer.shape[0]
            )));
        }
        return Ok(SkipPart::Projection { pool: (averaged && stride > 1).then_some(HALVED), layer });
    }
    if stride == 1 && inputs == outputs {
        return Ok(SkipPart::Identity);
    }
    // Only where no block has a projection may one be without.
    let Some(zeros) = outputs.checked_sub(inputs).filter(|zeros| zeros.is_multiple_of(2)) else {
        return Err(Error::Weights(format!("{name}.0.weight is missing: {inputs} channels become {outputs}")));
    };
    if shapes.any(".downsample.") {
        return Err(Error::Weights(format!("missing: {name}.0.weight")));
    }
    Ok(SkipPart::Padded { stride, zeros: [zeros / 2; 2] })
}

/// The branch of an Attention Branch Network on the output of the stage before the last.
fn branch(shapes: &Shapes, outputs: usize) -> Result<Part> {
    let input = shapes.of::<4>("attention.blocks.0.conv1.weight")?[1];
    let mut named = Vec::new();
    let width = blocks(shapes, "attention.blocks", input, 1, &mut named)?;
    let blocks = named.into_iter().map(|(_, block)| block).collect();
    let classes = shapes.convolution("attention.classes", Some("attention.classes_bn"), width, 1, true)?;
    let map = shapes.convolution("attention.map", Some("attention.map_bn"), outputs, 1, false)?;
    Ok(Part::Attention(AttentionPart { blocks, before: "attention.bn".into(), classes, map }))
}
