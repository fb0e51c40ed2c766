//! The sizes of bottleneck ResNets, for weights made by a formula.

/// A tensor's name and shape.
pub type TensorShape = (String, Vec<usize>);

/// The sizes of one of the four stages: `depth` bottlenecks of the same width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Number of bottlenecks.
    pub depth: usize,
    /// Channels between a block's 1×1 convolutions.
    pub width: usize,
    /// Channels in each group of the 3×3 convolution; `width` unless the network is a ResNeXt.
    pub group: usize,
    /// Number of channels of a block's output.
    pub out: usize,
}

impl Stage {
    /// The blocks of a stage whose input has `input` channels; the first one has the stride.
    fn blocks(&self, name: &str, input: usize, stride: usize) -> Vec<BlockShape> {
        let block = |index: usize| {
            let (input, stride) = if index == 0 { (input, stride) } else { (self.out, 1) };
            BlockShape {
                name: format!("{name}.{index}"),
                input,
                width: self.width,
                groups: self.width / self.group,
                out: self.out,
                stride,
                downsample: stride != 1 || input != self.out,
            }
        };
        (0..self.depth).map(block).collect()
    }
}

/// The sizes of a bottleneck ResNet in torchvision's layout ("v1.5": the 3×3 convolution has the stride).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Architecture {
    /// Number of channels of the 7×7 stem.
    pub stem: usize,
    /// The stages, `layer1` to `layer4`.
    pub stages: [Stage; 4],
    /// For an Attention Branch Network, the attention branch: bottlenecks with stride 1 on stage 3's output.
    pub attention: Option<Stage>,
    /// Number of classes.
    pub classes: usize,
}

/// The sizes of one bottleneck, and the prefix of its tensors' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// The prefix in torchvision's names, such as `layer3.0`.
    pub name: String,
    /// Number of channels of the input.
    pub input: usize,
    /// Number of channels between the 1×1 convolutions.
    pub width: usize,
    /// Number of groups of the 3×3 convolution.
    pub groups: usize,
    /// Number of channels of the output.
    pub out: usize,
    /// Stride of the 3×3 convolution and of the projection.
    pub stride: usize,
    /// Whether the skip has a 1×1 convolution.
    pub downsample: bool,
}

impl Architecture {
    /// ResNet-50, -101, … from the depths of its stages, the width of its stem (64 in the published ones) and its
    /// number of classes.
    pub fn resnet(depths: [usize; 4], stem: usize, classes: usize) -> Self {
        let mut width = stem;
        let stages = depths.map(|depth| {
            let stage = Stage { depth, width, group: width, out: 4 * width };
            width *= 2;
            stage
        });
        Self { stem, stages, attention: None, classes }
    }

    /// The blocks in order, with their names.
    pub fn blocks(&self) -> Vec<BlockShape> {
        let inputs = [self.stem, self.stages[0].out, self.stages[1].out, self.stages[2].out];
        let stages = self.stages.iter().zip(inputs).enumerate();
        stages
            .flat_map(|(index, (stage, input))| {
                stage.blocks(&format!("layer{}", index + 1), input, if index == 0 { 1 } else { 2 })
            })
            .collect()
    }

    /// The attention branch's blocks; empty if there is no branch.
    pub fn attention_blocks(&self) -> Vec<BlockShape> {
        self.attention.iter().flat_map(|stage| stage.blocks("attention.blocks", self.stages[2].out, 1)).collect()
    }

    /// Every tensor of the network with its shape, by torchvision's names.
    pub fn tensors(&self) -> Vec<TensorShape> {
        fn norm(tensors: &mut Vec<TensorShape>, name: &str, channels: usize) {
            let parts = ["weight", "bias", "running_mean", "running_var"];
            tensors.extend(parts.map(|part| (format!("{name}.{part}"), vec![channels])));
        }
        let mut tensors = Vec::new();
        let mut convolution = |convolution: String, name: String, shape: [usize; 4]| {
            tensors.push((format!("{convolution}.weight"), shape.to_vec()));
            norm(&mut tensors, &name, shape[0]);
        };
        convolution("conv1".into(), "bn1".into(), [self.stem, 3, 7, 7]);
        for block in self.blocks().into_iter().chain(self.attention_blocks()) {
            let BlockShape { name, input, width, groups, out, .. } = &block;
            convolution(format!("{name}.conv1"), format!("{name}.bn1"), [*width, *input, 1, 1]);
            convolution(format!("{name}.conv2"), format!("{name}.bn2"), [*width, width / groups, 3, 3]);
            convolution(format!("{name}.conv3"), format!("{name}.bn3"), [*out, *width, 1, 1]);
            if block.downsample {
                convolution(format!("{name}.downsample.0"), format!("{name}.downsample.1"), [*out, *input, 1, 1]);
            }
        }
        if let Some(Stage { out, .. }) = self.attention {
            convolution("attention.classes".into(), "attention.classes_bn".into(), [self.classes, out, 1, 1]);
            convolution("attention.map".into(), "attention.map_bn".into(), [1, self.classes, 1, 1]);
            norm(&mut tensors, "attention.bn", out);
            // The branch's own logits are needed to train it, not to run the network.
            tensors.push(("attention.logits.weight".into(), vec![self.classes, self.classes, 1, 1]));
            tensors.push(("attention.logits.bias".into(), vec![self.classes]));
        }
        tensors.push(("fc.weight".into(), vec![self.classes, self.stages[3].out]));
        tensors.push(("fc.bias".into(), vec![self.classes]));
        tensors
    }

    /// Number of parameters as PyTorch counts them, without BatchNorm's running statistics.
    pub fn parameters(&self) -> usize {
        let counted = self.tensors().into_iter().filter(|(name, _)| !name.contains("running_"));
        counted.map(|(_, shape)| shape.iter().product::<usize>()).sum()
    }
}
