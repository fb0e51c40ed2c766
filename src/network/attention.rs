//! The attention branch of an Attention Branch Network.

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;

use super::stem::relu_vjp;
use super::{Bottleneck, Convolution};
use crate::witness::show_pointwise;

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
        self.weigh(self.classes.activate(attended))
    }

    /// The map of the classes' activations.
    fn weigh(&self, hidden: Tensor<4>) -> Tensor<4> {
        let evidence = self.map.forward(hidden);
        let map = sigmoid(evidence.clone());
        show_pointwise("attention map", [&evidence], &map, |[evidence]| 1.0 / (1.0 + (-evidence).exp()));
        map
    }

    /// What stage 4 sees: f·(1 + M), [N, C, h, w].
    pub fn attend(&self, features: Tensor<4>) -> Tensor<4> {
        let map = self.forward(features.clone());
        let attended = features.clone() * (map.clone() + 1.0);
        show_pointwise("product with the attention map", [&features, &map], &attended, |[f, map]| f * (1.0 + map));
        attended
    }

    /// The vector-Jacobian product of [`Attention::attend`], the branch included; its activations are
    /// made again.
    pub fn vjp(&self, features: Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = features.dims();
        let size = [height, width];
        let mut x = features.clone();
        let traces: Vec<_> = self
            .blocks
            .iter()
            .map(|block| {
                let trace = block.forward(x.clone());
                x = trace.output.clone();
                trace
            })
            .collect();
        let hidden = self.classes.activate(x);
        let map = self.weigh(hidden.clone());
        let slope = map.clone() * (map.clone().neg() + 1.0);
        let of_map = (cotangent.clone() * features).sum_dim(1) * slope;
        let of_hidden = relu_vjp(&hidden, self.map.vjp(size, of_map));
        let branch = self.blocks.iter().zip(&traces).rev();
        let branch = branch.fold(self.classes.vjp(size, of_hidden), |back, (block, trace)| block.vjp(trace, back));
        cotangent * (map + 1.0) + branch
    }
}
