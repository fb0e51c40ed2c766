//! The nodes that a network is made of: layers, residual blocks, and an attention map.

use burn::tensor::{Int, Tensor};

use super::convolution::{relu_vjp, size};
use super::witness::{show_pool, show_pool_back};
use super::{Attention, Convolution, Residual, Window};
use crate::kernel;
use crate::witness::show_mean;

/// A node of a network, with BatchNorms merged into the convolutions.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum Node {
    /// A convolution, with or without a ReLU.
    Convolution {
        /// The convolution, with the BatchNorm after it merged in.
        layer: Convolution,
        /// Whether a ReLU follows.
        rectified: bool,
    },
    /// A linear layer, with or without a ReLU, as a convolution over its whole input.
    Linear {
        /// The convolution; its kernel is as large as its input.
        layer: Convolution,
        /// Whether a ReLU follows.
        rectified: bool,
    },
    /// The largest value of each window.
    MaxPool(Window),
    /// The mean over all places, giving `[N, C, 1, 1]`.
    GlobalAverage,
    /// A residual block: a branch and a skip, their sum, and a ReLU.
    Residual(Residual),
    /// A network's own attention map, which multiplies its values.
    Attention(Attention),
}

/// A node's input and output, kept for propagating back.
#[derive(Clone, Debug)]
pub struct Step {
    /// z of Equation 1, `[N, C, H, W]`.
    pub input: Tensor<4>,
    /// z′ of Equation 1, `[N, C′, H′, W′]`.
    pub output: Tensor<4>,
    /// For each output of a max-pool, the place of its maximum.
    maxima: Option<Tensor<4, Int>>,
    /// For a residual block: the input of each layer of its branch, and of its gate.
    pub hidden: Vec<Tensor<4>>,
}

impl Node {
    /// Runs the node forward, and keeps everything that its vector-Jacobian product needs.
    pub fn forward(&self, input: Tensor<4>) -> Step {
        let (mut maxima, mut hidden) = (None, Vec::new());
        let output = match self {
            Self::Convolution { layer, rectified } | Self::Linear { layer, rectified } => match rectified {
                true => layer.activate(input.clone()),
                false => layer.forward(input.clone()),
            },
            Self::MaxPool(window) => {
                let (output, places) = kernel::max_pool(input.clone(), window);
                show_pool(window, &input, &output);
                maxima = Some(places);
                output
            }
            Self::GlobalAverage => {
                let [batch, channels, height, width] = input.dims();
                let mean =
                    input.clone().reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels]);
                show_mean("global average", &input, &mean);
                mean.reshape([batch, channels, 1, 1])
            }
            Self::Residual(residual) => {
                let (output, inputs) = residual.forward(input.clone());
                hidden = inputs;
                output
            }
            Self::Attention(attention) => attention.attend(input.clone()),
        };
        Step { input, output, maxima, hidden }
    }

    /// Whether the node ends with a ReLU that [`Convolution::vjp_through_relu`] can go back through.
    pub fn is_rectified(&self) -> bool {
        matches!(self, Self::Convolution { rectified: true, .. } | Self::Linear { rectified: true, .. })
    }

    /// The vector-Jacobian product, `[N, C′, H′, W′]` → `[N, C, H, W]`. `way` says at which side of the ReLUs the cotangent
    /// starts and ends; `meet` is called for each convolution, with the cotangent of its outputs before the ReLU.
    fn back(
        &self,
        step: &Step,
        cotangent: Tensor<4>,
        way: Way,
        meet: &mut dyn FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        match self {
            Self::Convolution { layer, rectified } | Self::Linear { layer, rectified } => {
                let sums = match *rectified && !way.of_sums {
                    true => relu_vjp(&step.output, cotangent),
                    false => cotangent,
                };
                meet(layer, &sums);
                match way.to_sums {
                    true => layer.vjp_through_relu(&step.input, sums),
                    false => layer.vjp(size(&step.input), sums),
                }
            }
            Self::MaxPool(window) => step.unpool(window, cotangent),
            Self::GlobalAverage => spread(&step.input, cotangent),
            Self::Residual(residual) => {
                let sums = relu_vjp(&step.output, cotangent);
                residual.vjp_of_sum(&step.hidden, sums, None, meet)
            }
            Self::Attention(attention) => attention.vjp(step.input.clone(), cotangent),
        }
    }

    /// Height and width of the output for an input of `size`; none if the input is too small.
    pub fn output_size(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        match self {
            Self::Convolution { layer, .. } => layer.output_size(size),
            // Its weights fit only this size.
            Self::Linear { layer, .. } => layer.output_size(size).filter(|size| *size == [1, 1]),
            Self::MaxPool(window) => window.output(size),
            Self::GlobalAverage => Some([1, 1]),
            Self::Residual(residual) => residual.output_size(size),
            Self::Attention(_) => Some(size),
        }
    }

    /// Number of channels of the output; none for a node that keeps the number of its input's channels.
    pub fn channels(&self) -> Option<usize> {
        match self {
            Self::Convolution { layer, .. } | Self::Linear { layer, .. } => Some(layer.weight.tensor().dims()[0]),
            Self::Residual(residual) => residual.layers.last().map(|layer| layer.weight.tensor().dims()[0]),
            Self::MaxPool(_) | Self::GlobalAverage | Self::Attention(_) => None,
        }
    }

    /// Its convolutions in order, each with the size of its input, where `size` is the size of the node's input. The
    /// size for a gate's convolutions is 1×1.
    pub fn convolutions(&mut self, size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        match self {
            Self::Convolution { layer, .. } | Self::Linear { layer, .. } => vec![(layer, size)],
            Self::MaxPool(_) | Self::GlobalAverage => Vec::new(),
            Self::Residual(residual) => residual.convolutions(size),
            Self::Attention(attention) => attention.convolutions(size),
        }
    }
}

/// On which side of the ReLUs a cotangent starts and ends when it goes back through a node.
#[derive(Clone, Copy)]
struct Way {
    /// It starts before the node's own ReLU, and not after it.
    of_sums: bool,
    /// It ends before the ReLU of the node before.
    to_sums: bool,
}

impl Step {
    /// The max-pool's vector-Jacobian product: each output's cotangent goes to the place of its maximum.
    pub fn unpool(&self, window: &Window, cotangent: Tensor<4>) -> Tensor<4> {
        let Some(places) = &self.maxima else { return self.input.zeros_like() };
        let result = kernel::max_pool_vjp(self.input.clone(), places.clone(), cotangent.clone(), window);
        show_pool_back(window, &self.input, &cotangent, &result);
        result
    }
}

/// Runs nodes one after another, and keeps every step.
pub(super) fn run<'a>(nodes: impl IntoIterator<Item = &'a Node>, mut x: Tensor<4>) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in nodes {
        let step = node.forward(x);
        x = step.output.clone();
        steps.push(step);
    }
    steps
}

/// The vector-Jacobian product of nodes one after another: from the cotangent of the last one's output to that of the
/// first one's input. A convolution takes it back through the ReLU before it in the same pass.
pub(super) fn back(
    nodes: &[&Node],
    steps: &[Step],
    mut cotangent: Tensor<4>,
    meet: &mut dyn FnMut(&Convolution, &Tensor<4>),
) -> Tensor<4> {
    let mut of_sums = false;
    for (at, (node, step)) in nodes.iter().zip(steps).enumerate().rev() {
        let rectified_before = at.checked_sub(1).and_then(|at| nodes.get(at)).is_some_and(|node| node.is_rectified());
        let to_sums = rectified_before && matches!(node, Node::Convolution { .. } | Node::Linear { .. });
        cotangent = node.back(step, cotangent, Way { of_sums, to_sums }, meet);
        of_sums = to_sums;
    }
    cotangent
}

/// The global average's vector-Jacobian product: `[N, C, 1, 1]` to the shape of `x`.
pub fn spread(x: &Tensor<4>, cotangent: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    (cotangent / (height * width) as f32).expand(x.dims())
}
