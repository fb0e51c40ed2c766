//! A blueprint: a network without its weights, as a list of parts, each with the names and shapes of its tensors.

use crate::weights::TensorShape;
use crate::window::Window;

/// The network that a family recognised in a file, from the picture's channels to the logits.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    /// Number of channels of the picture.
    pub channels: usize,
    /// The parts from the picture to the features, by the names of their outputs.
    pub parts: Vec<(String, Part)>,
    /// The linear layer of the logits.
    pub head: LayerPart,
    /// For each stage, the number of parts from the start of the network to the stage's end.
    pub stages: Vec<usize>,
}

/// A part of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A convolution with its BatchNorm, with or without a ReLU.
    Convolution(LayerPart),
    /// A linear layer, with or without a ReLU.
    Linear(LayerPart),
    /// The largest value of each window.
    MaxPool(Window),
    /// The mean over all places.
    GlobalAverage,
    /// A residual block: a branch and a skip, their sum, and a ReLU.
    Residual {
        /// The branch's layers; a ReLU follows each of them except the last.
        layers: Vec<LayerPart>,
        /// The gate that multiplies the branch's result, if there is one.
        gate: Option<GatePart>,
        /// What is added to the branch.
        skip: SkipPart,
    },
    /// A network's own attention map, which multiplies its values.
    Attention(AttentionPart),
}

/// How a block's input reaches its addition.
#[derive(Clone, Debug, PartialEq)]
pub enum SkipPart {
    /// The input as it is.
    Identity,
    /// Through a convolution with its BatchNorm, after an average pool if there is one.
    Projection {
        /// The average pool before it.
        pool: Option<Window>,
        /// The convolution.
        layer: LayerPart,
    },
    /// Every second place of each channel, between channels of zeros; without parameters.
    Padded {
        /// Step from one kept place to the next.
        stride: usize,
        /// Number of channels of zeros before and after.
        zeros: [usize; 2],
    },
}

/// A channel gate.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum GatePart {
    /// A factor for each channel: σ(expand(ReLU(reduce(mean)))) (squeeze and excitation: Hu, Shen, Sun, CVPR 2018).
    Channels {
        /// The 1×1 convolution to a few channels.
        reduce: LayerPart,
        /// The 1×1 convolution back to all channels.
        expand: LayerPart,
    },
    /// A factor for each channel: σ of a convolution along the means of the channels (ECA: Wang et al., CVPR 2020).
    AlongChannels {
        /// The convolution's tensor, [1, 1, k].
        weight: String,
        /// The convolution's kernel size, k.
        kernel: usize,
        /// Number of channels that are multiplied.
        channels: usize,
    },
}

/// The branch of an Attention Branch Network.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionPart {
    /// Residual blocks with stride 1.
    pub blocks: Vec<Part>,
    /// The BatchNorm before `classes`.
    pub before: String,
    /// The 1×1 convolution to a channel for each class.
    pub classes: LayerPart,
    /// The 1×1 convolution to one channel.
    pub map: LayerPart,
}

/// The tensors and sizes of a convolution; a linear layer is a convolution whose kernel is as large as its input.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerPart {
    /// The layer's name. Its tensors are `NAME.weight`, and `NAME.bias` if it has one.
    pub name: String,
    /// The name of the BatchNorm after it, if there is one.
    pub norm: Option<String>,
    /// Whether it has a bias of its own.
    pub bias: bool,
    /// The weight's shape, `[C′, C / groups, k, k]`.
    pub shape: [usize; 4],
    /// The weight's shape in the file, if it differs from `shape` with the same number of values.
    pub stored: Vec<usize>,
    /// Stride in both directions.
    pub stride: usize,
    /// Rows and columns of zeros on every side of the input.
    pub padding: usize,
    /// Distance between the kernel's taps, in the input's places.
    pub dilation: usize,
    /// Number of groups of channels.
    pub groups: usize,
    /// Whether a ReLU follows.
    pub rectified: bool,
}

impl LayerPart {
    fn tensors(&self, into: &mut Vec<TensorShape>) {
        let outputs = self.shape[0];
        into.push((format!("{}.weight", self.name), self.stored.clone()));
        if self.bias {
            into.push((format!("{}.bias", self.name), vec![outputs]));
        }
        if let Some(norm) = &self.norm {
            norm_tensors(norm, outputs, into);
        }
    }

    /// The convolution with a dilation, padded so that it keeps the size.
    pub fn dilated(self, dilation: usize) -> Self {
        match self.shape[2] {
            1 => self,
            kernel => Self { dilation, padding: kernel / 2 * dilation, ..self },
        }
    }

    /// Number of values of its weight.
    pub fn weights(&self) -> usize {
        self.shape.iter().product()
    }
}

fn norm_tensors(name: &str, channels: usize, into: &mut Vec<TensorShape>) {
    into.extend(
        ["weight", "bias", "running_mean", "running_var"].map(|part| (format!("{name}.{part}"), vec![channels])),
    );
}

impl Part {
    fn tensors(&self, into: &mut Vec<TensorShape>) {
        match self {
            Self::Convolution(layer) | Self::Linear(layer) => layer.tensors(into),
            Self::MaxPool(_) | Self::GlobalAverage => {}
            Self::Residual { layers, gate, skip } => {
                layers.iter().for_each(|layer| layer.tensors(into));
                gate.iter().for_each(|gate| gate.tensors(into));
                if let SkipPart::Projection { layer, .. } = skip {
                    layer.tensors(into);
                }
            }
            Self::Attention(AttentionPart { blocks, before, classes, map }) => {
                blocks.iter().for_each(|part| part.tensors(into));
                norm_tensors(before, classes.shape[1], into);
                classes.tensors(into);
                map.tensors(into);
            }
        }
    }
}

impl GatePart {
    fn tensors(&self, into: &mut Vec<TensorShape>) {
        match self {
            Self::Channels { reduce, expand } => {
                reduce.tensors(into);
                expand.tensors(into);
            }
            Self::AlongChannels { weight, kernel, .. } => into.push((weight.clone(), vec![1, 1, *kernel])),
        }
    }
}

impl Blueprint {
    /// Every tensor that the network needs.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let mut tensors = Vec::new();
        self.parts.iter().for_each(|(_, part)| part.tensors(&mut tensors));
        self.head.tensors(&mut tensors);
        tensors
    }

    /// Number of logits.
    pub fn outputs(&self) -> usize {
        self.head.shape[0]
    }

    /// Whether the network has an attention map of its own.
    pub fn attends(&self) -> bool {
        self.parts.iter().any(|(_, part)| matches!(part, Part::Attention(_)))
    }

    /// Number of blocks of each stage, or of layers if it has no blocks.
    pub fn depths(&self) -> Vec<usize> {
        let counted = |part: &&(String, Part)| !matches!(part.1, Part::MaxPool(_) | Part::Attention(_));
        let first = self.parts.iter().position(|(_, part)| matches!(part, Part::Residual { .. })).unwrap_or_default();
        let begins = std::iter::once(first).chain(self.stages.iter().copied());
        begins.zip(&self.stages).map(|(from, &to)| self.parts[from..to].iter().filter(counted).count()).collect()
    }

    /// Whether it has blocks with a skip.
    pub fn has_residuals(&self) -> bool {
        self.parts.iter().any(|(_, part)| matches!(part, Part::Residual { .. }))
    }

    /// Whether it has blocks of three convolutions.
    pub fn has_bottlenecks(&self) -> bool {
        self.parts.iter().any(|(_, part)| matches!(part, Part::Residual { layers, .. } if layers.len() == 3))
    }

    /// Whether it has BatchNorms.
    pub fn has_norms(&self) -> bool {
        self.tensors().iter().any(|(name, _)| name.ends_with(".running_var"))
    }

    /// Whether the network is for small pictures, such as CIFAR's 32×32: nothing reduces their size before the blocks.
    pub fn is_small(&self) -> bool {
        matches!(&self.parts[..], [(_, Part::Convolution(stem)), (_, Part::Residual { .. }), ..] if stem.stride == 1)
    }

    /// The network's name if it is a known one, such as ResNet-50 or VGG-16; otherwise a description.
    pub fn title(&self) -> String {
        let depths = self.depths();
        if !self.has_residuals() {
            let counted = |part: &&(String, Part)| matches!(part.1, Part::Convolution(_) | Part::Linear(_));
            let norms = if self.has_norms() { " with BatchNorm" } else { "" };
            return format!("VGG-{}{norms}", self.parts.iter().filter(counted).count() + 1);
        }
        let mut blocks = self.parts.iter().filter_map(|(_, part)| match part {
            Part::Residual { layers, gate, .. } => Some((layers, gate)),
            _ => None,
        });
        let (groups, gate) =
            blocks.next().map_or((1, &None), |(layers, gate)| (layers.get(1).map_or(1, |layer| layer.groups), gate));
        let layers = if self.has_bottlenecks() { 3 } else { 2 };
        let family = match (gate, groups) {
            (None, 1) => "ResNet",
            (None, _) => "ResNeXt",
            (Some(GatePart::Channels { .. }), 1) => "SE-ResNet",
            (Some(GatePart::Channels { .. }), _) => "SE-ResNeXt",
            (Some(GatePart::AlongChannels { .. }), _) => "ECA-ResNet",
        };
        let branch = if self.attends() { " with an attention branch" } else { "" };
        format!("{family}-{}{branch}", depths.iter().sum::<usize>() * layers + 2)
    }

    /// Number of weights, without BatchNorm's running statistics, as PyTorch counts parameters.
    pub fn parameters(&self) -> usize {
        let counted = self.tensors().into_iter().filter(|(name, _)| !name.contains("running_"));
        counted.map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }
}
