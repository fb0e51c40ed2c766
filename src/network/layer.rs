//! What a network is made of: layers one after another, residuals, and an attention map.

use burn::tensor::{Int, Tensor};

use super::convolution::{relu_vjp, size};
use super::witness::{show_pool, show_pool_back};
use super::{Attention, Convolution, Residual, Window};
use crate::kernel;
use crate::witness::show_mean;

/// A node of a network, with the BatchNorms merged in.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum Node {
    /// A convolution, and a ReLU where it has one.
    Convolution {
        /// With the BatchNorm after it.
        layer: Convolution,
        /// Whether a ReLU follows.
        rectified: bool,
    },
    /// A linear layer, and a ReLU where it has one: a convolution over all that it is given.
    Linear {
        /// Its kernel is as large as its input.
        layer: Convolution,
        /// Whether a ReLU follows.
        rectified: bool,
    },
    /// The largest value of each window.
    MaxPool(Window),
    /// The mean over all places, `[N, C, 1, 1]`.
    GlobalAverage,
    /// A branch and a skip, their sum, and a ReLU.
    Residual(Residual),
    /// A network's own attention map, by which it multiplies its values.
    Attention(Attention),
}

/// What a node was given and gave, kept for the way back.
#[derive(Clone, Debug)]
pub struct Step {
    /// z of Equation 1, `[N, C, H, W]`.
    pub input: Tensor<4>,
    /// z′ of Equation 1, `[N, C′, H′, W′]`.
    pub output: Tensor<4>,
    /// The places of a max-pool's maxima.
    maxima: Option<Tensor<4, Int>>,
    /// What each layer of a residual's branch was given, and its gate.
    pub hidden: Vec<Tensor<4>>,
}

impl Node {
    /// A node's output, with everything that its vector-Jacobian product needs.
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

    /// Whether its output went through a ReLU that [`Convolution::vjp_through_relu`] can take back.
    pub fn is_rectified(&self) -> bool {
        matches!(self, Self::Convolution { rectified: true, .. } | Self::Linear { rectified: true, .. })
    }

    /// The vector-Jacobian product, `[N, C′, H′, W′]` → `[N, C, H, W]`. `way` says where the cotangent comes from and
    /// goes to; `meet` is shown each convolution with the cotangent of its sums.
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

    /// Height and width of what it gives out where it is given `size`.
    pub fn output_size(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        match self {
            Self::Convolution { layer, .. } => layer.output_size(size),
            // Its weights are for that size alone.
            Self::Linear { layer, .. } => layer.output_size(size).filter(|size| *size == [1, 1]),
            Self::MaxPool(window) => window.output(size),
            Self::GlobalAverage => Some([1, 1]),
            Self::Residual(residual) => residual.output_size(size),
            Self::Attention(_) => Some(size),
        }
    }

    /// Channels of what it gives out, where it decides them.
    pub fn channels(&self) -> Option<usize> {
        match self {
            Self::Convolution { layer, .. } | Self::Linear { layer, .. } => Some(layer.weight.tensor().dims()[0]),
            Self::Residual(residual) => residual.layers.last().map(|layer| layer.weight.tensor().dims()[0]),
            Self::MaxPool(_) | Self::GlobalAverage | Self::Attention(_) => None,
        }
    }

    /// Its convolutions in order, each with the size of what it is given where the node is given `size`; those of a
    /// gate's mean have one place.
    pub fn convolutions(&mut self, size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        match self {
            Self::Convolution { layer, .. } | Self::Linear { layer, .. } => vec![(layer, size)],
            Self::MaxPool(_) | Self::GlobalAverage => Vec::new(),
            Self::Residual(residual) => residual.convolutions(size),
            Self::Attention(attention) => attention.convolutions(size),
        }
    }
}

/// Where a cotangent is on its way back through a node.
#[derive(Clone, Copy)]
struct Way {
    /// It is one of the sums before the node's ReLU, and not of what came out of it.
    of_sums: bool,
    /// It is to be one of the sums before the ReLU of the node before.
    to_sums: bool,
}

impl Step {
    /// The max-pool's vector-Jacobian product: each cotangent goes to the place of its maximum.
    pub fn unpool(&self, window: &Window, cotangent: Tensor<4>) -> Tensor<4> {
        let Some(places) = &self.maxima else { return self.input.zeros_like() };
        let result = kernel::max_pool_vjp(self.input.clone(), places.clone(), cotangent.clone(), window);
        show_pool_back(window, &self.input, &cotangent, &result);
        result
    }
}

/// Runs nodes one after another, with everything kept.
pub(super) fn run<'a>(nodes: impl IntoIterator<Item = &'a Node>, mut x: Tensor<4>) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in nodes {
        let step = node.forward(x);
        x = step.output.clone();
        steps.push(step);
    }
    steps
}

/// The vector-Jacobian product of nodes one after another: the cotangent of the last one's output to that of the
/// first one's input. A convolution takes it through the ReLU that made its input at once.
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
