//! A network before it has weights: its parts in order, each with the names and shapes of its tensors.

use crate::weights::TensorShape;
use crate::window::Window;

/// What a family found in a file: a network of a picture's channels in and logits out.
#[derive(Clone, Debug, PartialEq)]
pub struct Blueprint {
    /// Channels of the picture.
    pub channels: usize,
    /// From the picture to the features, by the names of what they give out.
    pub parts: Vec<(String, Part)>,
    /// The linear layer of the logits.
    pub head: LayerPart,
    /// How many of the parts, counted from the first, each stage ends after.
    pub stages: Vec<usize>,
}

/// A part of a network.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A convolution with its BatchNorm, and a ReLU where it has one.
    Convolution(LayerPart),
    /// A linear layer, and a ReLU where it has one.
    Linear(LayerPart),
    /// The largest value of each window.
    MaxPool(Window),
    /// The mean over all places.
    GlobalAverage,
    /// A branch of parts and a skip, their sum, and a ReLU.
    Residual {
        /// The branch: a ReLU follows each but the last.
        layers: Vec<LayerPart>,
        /// What the branch's result is multiplied by.
        gate: Option<GatePart>,
        /// What is added to that.
        skip: SkipPart,
    },
    /// A network's own attention map, by which it multiplies its values.
    Attention(AttentionPart),
}

/// How a block's input comes to its addition.
#[derive(Clone, Debug, PartialEq)]
pub enum SkipPart {
    /// As it is.
    Identity,
    /// By a convolution with its BatchNorm, of what an average leaves where there is one.
    Projection {
        /// The average before it.
        pool: Option<Window>,
        /// The convolution.
        layer: LayerPart,
    },
    /// Every second place of each channel, between channels of zeros: a skip without parameters.
    Padded {
        /// From one place to the next.
        stride: usize,
        /// Channels of zeros before and after.
        zeros: [usize; 2],
    },
}

/// A gate.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum GatePart {
    /// A factor for each channel: σ(expand(ReLU(reduce(mean)))) (squeeze and excitation: Hu, Shen, Sun, CVPR 2018).
    Channels {
        /// 1×1 convolution to a few channels.
        reduce: LayerPart,
        /// 1×1 convolution back to all of them.
        expand: LayerPart,
    },
    /// A factor for each channel: σ of a convolution along the channels of the mean (ECA: Wang et al., CVPR 2020).
    AlongChannels {
        /// The convolution's tensor, [1, 1, k].
        weight: String,
        /// k.
        kernel: usize,
        /// Channels of what is multiplied.
        channels: usize,
    },
}

/// The branch of an Attention Branch Network.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionPart {
    /// Blocks of stride 1.
    pub blocks: Vec<Part>,
    /// The BatchNorm before `classes`.
    pub before: String,
    /// 1×1, to a channel for each class.
    pub classes: LayerPart,
    /// 1×1, to one channel.
    pub map: LayerPart,
}

/// A convolution's tensors and sizes; a linear layer is one whose kernel is as large as what it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerPart {
    /// Its tensors are `NAME.weight`, and `NAME.bias` where it has one.
    pub name: String,
    /// The BatchNorm after it.
    pub norm: Option<String>,
    /// Whether it has a bias of its own.
    pub bias: bool,
    /// `[C′, C / groups, k, k]`.
    pub shape: [usize; 4],
    /// The weight's shape in the file, where it is another of as many values.
    pub stored: Vec<usize>,
    /// Stride in both directions.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// From one place of the kernel to the next, in the input's places.
    pub dilation: usize,
    /// Groups of channels.
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

    /// The convolution with a dilation, padded so that the size stays the same.
    pub fn dilated(self, dilation: usize) -> Self {
        match self.shape[2] {
            1 => self,
            kernel => Self { dilation, padding: kernel / 2 * dilation, ..self },
        }
    }

    /// Values of its weight.
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
    /// Every tensor that is needed.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let mut tensors = Vec::new();
        self.parts.iter().for_each(|(_, part)| part.tensors(&mut tensors));
        self.head.tensors(&mut tensors);
        tensors
    }

    /// Logits.
    pub fn outputs(&self) -> usize {
        self.head.shape[0]
    }

    /// Whether a network multiplies places by an attention map of its own.
    pub fn attends(&self) -> bool {
        self.parts.iter().any(|(_, part)| matches!(part, Part::Attention(_)))
    }

    /// Blocks or layers of each stage.
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

    /// Whether it was made for small pictures, such as CIFAR's 32×32: nothing makes them smaller before the blocks.
    pub fn is_small(&self) -> bool {
        matches!(&self.parts[..], [(_, Part::Convolution(stem)), (_, Part::Residual { .. }), ..] if stem.stride == 1)
    }

    /// What the network is called where its blocks are a known one's, such as ResNet-50 or VGG-16.
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
