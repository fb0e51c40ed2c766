//! ResNets with torchvision's names: basic blocks and bottlenecks, ResNeXts, wide ResNets, deep stems, average pools
//! before projections, channel gates, networks for small pictures, and Attention Branch Networks.

use super::blueprint::{AttentionPart, Blueprint, GatePart, Part, SkipPart};
use super::shapes::Shapes;
use crate::hints::{GivenFacts, StrideIn};
use crate::sentence::say;
use crate::window::Window;
use crate::{Error, Result};

/// The largest number of stages.
const STAGES: usize = 4;

/// A tensor that every ResNet has, apart from its prefix.
pub(super) const FIRST: &str = "layer1.0.conv1.weight";

/// The largest number of channels of a convolution along the channels (ECA). It is computed as a convolution between
/// all channels; ResNets have up to 2048.
const WIDEST: usize = 4096;

/// The average pool before a projection: 2×2; windows may reach over the edge, and places there don't count.
const HALVED: Window = Window { kernel: 2, stride: 2, padding: 0, ceil: true };

/// Recognises the network from the shapes of its tensors.
///
/// # Errors
/// [`Error::Weights`], naming a tensor that should be there to tell what the network is, or whose shape no ResNet has.
pub(super) fn recognise(shapes: &Shapes, given: &GivenFacts) -> Result<Blueprint> {
    if !shapes.any("bn1.running_var") && shapes.any("bn1.weight") {
        return Err(Error::Weights(say!(
            "norms-unknown",
            "the network's norms have no running_mean and running_var, as with GroupNorm: such norms are computed of the picture at hand and can't be merged into their convolutions. A network with BatchNorm was expected"
        )));
    }
    let mut parts = Vec::new();
    let (channels, mut width) = stem(shapes, &mut parts)?;
    let (mut stages, mut attention) = (Vec::new(), None);
    let count = (1..=STAGES).take_while(|stage| shapes.has(&format!("layer{stage}.0.conv1.weight"))).count();
    let mut before = 1;
    for (stage, [stride, dilation]) in (1..).zip(given.stages(count)?) {
        let name = format!("layer{stage}");
        if stage == STAGES && shapes.has("attention.bn.weight") {
            attention = Some(parts.len());
        }
        let steps = Steps { stride, within: given.stride_in(), dilations: [before, dilation] };
        width = blocks(shapes, &name, width, steps, &mut parts)?;
        before = dilation;
        stages.push(parts.len());
    }
    let head = shapes.head(width)?;
    let outputs = shapes.shape::<2>(&format!("{head}.weight"))?[0];
    if let Some(at) = attention {
        parts.insert(at, ("attention".into(), branch(shapes, outputs)?));
        stages.iter_mut().filter(|end| **end > at).for_each(|end| *end += 1);
    }
    parts.push(("avgpool".into(), Part::GlobalAverage));
    Ok(Blueprint { channels, parts, head: shapes.linear(&head, [width, 1], false)?, stages })
}

/// Adds the parts before the blocks; returns the number of channels of the picture and of the blocks' input.
fn stem(shapes: &Shapes, parts: &mut Vec<(String, Part)>) -> Result<(usize, usize)> {
    if shapes.has("conv1.0.weight") {
        let channels = shapes.shape::<4>("conv1.0.weight")?[1];
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
    let [_, channels, kernel, _] = shapes.shape::<4>("conv1.weight")?;
    // Networks for small pictures start with a 3×3 convolution and keep the picture's size.
    let small = kernel <= 3;
    let layer = shapes.convolution("conv1", Some("bn1"), channels, if small { 1 } else { 2 }, true)?;
    let width = layer.shape[0];
    parts.push(("stem".into(), Part::Convolution(layer)));
    if !small {
        parts.push(("maxpool".into(), Part::MaxPool(Window::RESNET)));
    }
    Ok((channels, width))
}

/// Strides and dilations of a stage.
#[derive(Clone, Copy)]
struct Steps {
    /// The stride of the stage's first block.
    stride: usize,
    /// Which convolution of a bottleneck has the stride.
    within: StrideIn,
    /// The dilation of the first block's first spatial convolution, and that of all others.
    dilations: [usize; 2],
}

impl Steps {
    /// For blocks that keep the size.
    fn still(dilation: usize) -> Self {
        Self { stride: 1, within: StrideIn::default(), dilations: [dilation; 2] }
    }
}

/// Adds the blocks of a stage; returns the number of their channels.
fn blocks(
    shapes: &Shapes,
    stage: &str,
    mut width: usize,
    steps: Steps,
    parts: &mut Vec<(String, Part)>,
) -> Result<usize> {
    for index in 0.. {
        let name = format!("{stage}.{index}");
        if !shapes.has(&format!("{name}.conv1.weight")) {
            break;
        }
        let (block, outputs) =
            block(shapes, &name, width, if index == 0 { steps } else { Steps::still(steps.dilations[1]) })?;
        parts.push((name, block));
        width = outputs;
    }
    Ok(width)
}

fn block(shapes: &Shapes, name: &str, inputs: usize, steps: Steps) -> Result<(Part, usize)> {
    let Steps { stride, within, dilations } = steps;
    let layer = |part: usize, inputs: usize, stride: usize, rectified: bool| {
        let norm = format!("{name}.bn{part}");
        shapes.convolution(&format!("{name}.conv{part}"), Some(&norm), inputs, stride, rectified)
    };
    if stride > 1 && dilations[0] > 1 {
        return Err(Error::Options(say!(
            "stride-and-dilation",
            "{block} has a stride of {stride} and a dilation of {dilation}; a stage has one or the other",
            block = name,
            stride,
            dilation = dilations[0]
        )));
    }
    let layers = if shapes.has(&format!("{name}.conv3.weight")) {
        let [pointwise, spatial] = match within {
            StrideIn::Spatial => [1, stride],
            StrideIn::Pointwise => [stride, 1],
        };
        let first = layer(1, inputs, pointwise, true)?;
        let second = layer(2, first.shape[0], spatial, true)?.dilated(dilations[0]);
        let third = layer(3, second.shape[0], 1, false)?;
        vec![first, second, third]
    } else {
        let first = layer(1, inputs, stride, true)?.dilated(dilations[0]);
        let second = layer(2, first.shape[0], 1, false)?.dilated(dilations[1]);
        vec![first, second]
    };
    let outputs = layers.last().map_or(inputs, |layer| layer.shape[0]);
    let gate = gate(shapes, &format!("{name}.se"), outputs)?;
    let skip = skip(shapes, &format!("{name}.downsample"), [inputs, outputs], stride)?;
    if dilations[1] > 1 && shapes.rank(&format!("{name}.downsample.1.weight")) == Some(4) {
        return Err(Error::Options(say!(
            "average-and-dilation",
            "{block} has an average before its projection and a dilation of {dilation}, which moves the average by half a place; that is not supported",
            block = name,
            dilation = dilations[1]
        )));
    }
    Ok((Part::Residual { layers, gate, skip }, outputs))
}

fn gate(shapes: &Shapes, name: &str, channels: usize) -> Result<Option<GatePart>> {
    if shapes.has(&format!("{name}.conv.weight")) {
        let weight = format!("{name}.conv.weight");
        let kernel = shapes.shape::<3>(&weight)?[2];
        if channels > WIDEST {
            return Err(Error::Weights(say!(
                "gate-wide",
                "{name} has {channels} channels, each of which would be connected to every other one; at most {most} are supported",
                name = weight,
                channels,
                most = WIDEST
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
    // In timm's d, t and s networks, an average pool has the stride.
    let averaged = shapes.rank(&format!("{name}.1.weight")) == Some(4);
    if averaged || shapes.has(&format!("{name}.0.weight")) {
        let layer = if averaged { layer(1, 1)? } else { layer(0, stride)? };
        if layer.shape[0] != outputs {
            return Err(Error::Weights(say!(
                "projection-channels",
                "{layer}.weight gives {found} channels where the branch beside it gives {expected}",
                layer = layer.name,
                found = layer.shape[0],
                expected = outputs
            )));
        }
        return Ok(SkipPart::Projection { pool: (averaged && stride > 1).then_some(HALVED), layer });
    }
    if stride == 1 && inputs == outputs {
        return Ok(SkipPart::Identity);
    }
    // A skip without parameters is possible only if no block has a projection.
    let Some(zeros) = outputs.checked_sub(inputs).filter(|zeros| zeros.is_multiple_of(2)) else {
        return Err(Error::Weights(say!(
            "projection-missing",
            "{layer}.0.weight is missing: {inputs} channels become {outputs}",
            layer = name,
            inputs,
            outputs
        )));
    };
    if shapes.any(".downsample.") {
        return Err(Error::Weights(say!("tensors-missing", "missing: {names}", names = format!("{name}.0.weight"))));
    }
    Ok(SkipPart::Padded { stride, zeros: [zeros / 2; 2] })
}

/// The branch of an Attention Branch Network, on the output of the stage before the last.
fn branch(shapes: &Shapes, outputs: usize) -> Result<Part> {
    let input = shapes.shape::<4>("attention.blocks.0.conv1.weight")?[1];
    let mut named = Vec::new();
    let width = blocks(shapes, "attention.blocks", input, Steps::still(1), &mut named)?;
    let blocks = named.into_iter().map(|(_, block)| block).collect();
    let classes = shapes.convolution("attention.classes", Some("attention.classes_bn"), width, 1, true)?;
    let map = shapes.convolution("attention.map", Some("attention.map_bn"), outputs, 1, false)?;
    Ok(Part::Attention(AttentionPart { blocks, before: "attention.bn".into(), classes, map }))
}
