//! The whole network.

use burn::tensor::Tensor;

use super::{Attention, Bottleneck, BottleneckTrace, Convolution, MaxPool, Stem, StemTrace};
use crate::witness::show_mean;

/// A bottleneck ResNet on its device.
#[derive(Clone, Debug)]
pub struct ResNet {
    /// `conv1` and `bn1`.
    pub stem: Stem,
    /// `layer1` to `layer4`, in order.
    pub blocks: Vec<Bottleneck>,
    /// Blocks in each stage.
    pub depths: [usize; 4],
    /// The attention branch, and the index of the block whose input it weighs: `layer4`'s first.
    pub attention: Option<(Attention, usize)>,
    /// The linear layer, on the features as a picture of one pixel.
    pub fc: Convolution,
}

/// The activations of one forward pass, kept for the way back.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Picture and stem.
    pub stem: StemTrace,
    /// The max-pool after the stem.
    pub pool: MaxPool,
    /// Each block's input and output.
    pub blocks: Vec<BottleneckTrace>,
    /// The global average, [N, features].
    pub features: Tensor<2>,
    /// [N, classes].
    pub logits: Tensor<2>,
}

impl ResNet {
    /// Pictures [N, 3, H, W], normalised, to their logits [N, classes], with no activation kept.
    pub fn logits(&self, input: Tensor<4>) -> Tensor<2> {
        let mut x = MaxPool::forward(self.stem.forward(input).output).output;
        for (index, block) in self.blocks.iter().enumerate() {
            x = block.forward(self.attended(index, x)).output;
        }
        self.classify(x).1
    }

    /// What the block `index` is given: stage 4's first one sees what is attended to, where there is a
    /// branch for it.
    fn attended(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
        match &self.attention {
            Some((attention, at)) if *at == index => attention.attend(x),
            _ => x,
        }
    }

    /// Features and logits of the last block's output.
    fn classify(&self, x: Tensor<4>) -> (Tensor<2>, Tensor<2>) {
        let [batch, channels, height, width] = x.dims();
        let features = x.clone().reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels]);
        show_mean("global average", &x, &features);
        let logits = self.fc.forward(features.clone().reshape([batch, channels, 1, 1])).flatten(1, 3);
        (features, logits)
    }

    /// A picture [N, 3, H, W], normalised, to its logits, with every activation kept.
    pub fn forward(&self, input: Tensor<4>) -> Trace {
        let stem = self.stem.forward(input);
        let pool = MaxPool::forward(stem.output.clone());
        let mut x = pool.output.clone();
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for (index, block) in self.blocks.iter().enumerate() {
            let trace = block.forward(self.attended(index, x));
            x = trace.output.clone();
            blocks.push(trace);
        }
        let (features, logits) = self.classify(x);
        Trace { stem, pool, blocks, features, logits }
    }

    /// Every convolution, with the size of what it is given where pictures are of `size`.
    pub fn convolutions(&mut self, size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        // Padding keeps sizes, so that strides alone shrink them.
        let shrink = |size: [usize; 2], stride: usize| size.map(|side| side.div_ceil(stride));
        let mut layers = vec![(&mut self.stem.conv1, size)];
        let mut size = shrink(size, 4);
        let mut attention = self.attention.as_mut();
        for (index, block) in self.blocks.iter_mut().enumerate() {
            if let Some((branch, _)) = attention.take_if(|(_, at)| *at == index) {
                layers.extend(branch.blocks.iter_mut().flat_map(|block| block.convolutions(size)));
                layers.extend([(&mut branch.classes, size), (&mut branch.map, size)]);
            }
            let stride = block.conv2.stride;
            layers.extend(block.convolutions(size));
            size = shrink(size, stride);
        }
        layers.push((&mut self.fc, [1, 1]));
        layers
    }

    /// The blocks' names, in order: `layer1.0`, ….
    pub fn block_names(&self) -> Vec<String> {
        let stages = self.depths.iter().enumerate();
        stages.flat_map(|(stage, &depth)| (0..depth).map(move |block| format!("layer{}.{block}", stage + 1))).collect()
    }
}
