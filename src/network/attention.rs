//! The attention branch of an Attention Branch Network.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::convolution::{relu_vjp, size};
use super::{Convolution, Residual};
use crate::witness::show_pointwise;

/// The branch of an ABN (Fukui, Hirakawa, Yamashita, Fujiyoshi, CVPR 2019), on the output f of stage 3: the map M =
/// σ(map(relu(classes(blocks(f))))). Stage 4 sees f·(1 + M). The BatchNorms before and after `classes` and after `map`
/// are merged into them.
#[derive(Clone, Debug)]
pub struct Attention {
    /// Residual blocks with stride 1.
    pub blocks: Vec<Residual>,
    /// A 1×1 convolution to a channel for each class.
    pub classes: Convolution,
    /// A 1×1 convolution to one channel.
    pub map: Convolution,
}

impl Attention {
    /// The attention map `[N, 1, h, w]`, with values in (0, 1), for stage 3's output `[N, C, h, w]`.
    pub fn forward(&self, features: Tensor<4>) -> Tensor<4> {
        let attended = self.blocks.iter().fold(features, |x, block| block.forward(x).0);
        self.weigh(self.classes.activate(attended))
    }

    /// The map from the classes' activations, `[N, classes, h, w]`.
    fn weigh(&self, hidden: Tensor<4>) -> Tensor<4> {
        let evidence = self.map.forward(hidden);
        let map = sigmoid(evidence.clone());
        show_pointwise("attention map", [&evidence], &map, |[evidence]| 1.0 / (1.0 + (-evidence).exp()));
        map
    }

    /// What stage 4 sees: f·(1 + M), `[N, C, h, w]`.
    pub fn attend(&self, features: Tensor<4>) -> Tensor<4> {
        let map = self.forward(features.clone());
        let attended = features.clone() * (map.clone() + 1.0);
        show_pointwise("product with the attention map", [&features, &map], &attended, |[f, map]| f * (1.0 + map));
        attended
    }

    /// The vector-Jacobian product of [`Attention::attend`], branch included; the branch's activations are computed
    /// again.
    pub fn vjp(&self, features: Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        let (mut kept, mut attended) = (Vec::new(), features.clone());
        for block in &self.blocks {
            let (output, hidden) = block.forward(attended);
            attended = output.clone();
            kept.push((output, hidden));
        }
        let hidden = self.classes.activate(attended);
        let map = self.weigh(hidden.clone());
        let slope = map.clone() * (map.clone().neg() + 1.0);
        let of_map = (cotangent.clone() * features.clone()).sum_dim(1) * slope;
        let of_hidden = relu_vjp(&hidden, self.map.vjp(size(&features), of_map));
        let of_blocks = self.classes.vjp(size(&features), of_hidden);
        let branch = self.blocks.iter().zip(&kept).rev().fold(of_blocks, |cotangent, (block, (output, hidden))| {
            block.vjp_of_sum(hidden, relu_vjp(output, cotangent), None, &mut |_, _| {})
        });
        cotangent * (map + 1.0) + branch
    }

    /// Its convolutions, each with the size of its input, where `size` is the size of the branch's input.
    pub(super) fn convolutions(&mut self, size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        let mut layers: Vec<_> = self.blocks.iter_mut().flat_map(|block| block.convolutions(size)).collect();
        layers.extend([(&mut self.classes, size), (&mut self.map, size)]);
        layers
    }
}
