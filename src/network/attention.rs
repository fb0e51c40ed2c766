//! The attention branch of an Attention Branch Network.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

use super::{Bottleneck, Convolution};

/// The branch of an ABN (Fukui, Hirakawa, Yamashita, Fujiyoshi, CVPR 2019), on the output f of stage
/// 3: the map M = σ(map(relu(classes(blocks(f))))), and stage 4 sees f·(1 + M). The BatchNorms before
/// and after `classes` and after `map` are merged in.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Bottlenecks of stride 1.
    pub blocks: Vec<Bottleneck>,
    /// 1×1, to a channel for each class.
    pub classes: Convolution,
    /// 1×1, to one channel.
    pub map: Convolution,
}

impl Attention {
    /// The attention map [N, 1, h, w], in (0, 1), of stage 3's output [N, C, h, w].
    pub fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        let attended = self.blocks.iter().fold(features, |x, block| block.forward(x).output);
        sigmoid(self.map.forward(relu(self.classes.forward(attended))))
    }
}
