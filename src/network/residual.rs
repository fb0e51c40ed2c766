//! The residual block: a branch, a skip, their sum, and a ReLU. C3-LRP treats all of it as one layer.

use burn::tensor::activation::relu;
use burn::tensor::{Slice, Tensor};

use super::convolution::size;
use super::witness::show_average;
use super::{Convolution, Gate, Window};
use crate::kernel::{self, Direction};
use crate::witness::show_pointwise;

/// A basic block or a bottleneck with its BatchNorms merged in.
#[derive(Clone, Debug)]
pub struct Residual {
    /// The branch's layers; a ReLU follows each of them except the last.
    pub layers: Vec<Convolution>,
    /// What multiplies the branch's result, if the block has a gate.
    pub gate: Option<Gate>,
    /// What is added to the branch.
    pub skip: Skip,
}

/// How a block's input reaches its addition.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a network has some dozens of them")]
pub enum Skip {
    /// The input as it is.
    Identity,
    /// Through a convolution, after an average pool if there is one.
    Projection {
        /// The average pool before it.
        pool: Option<Window>,
        /// The 1×1 convolution.
        layer: Convolution,
    },
    /// Every second place of each channel, between channels of zeros; without parameters.
    Padded {
        /// Step from one kept place to the next.
        stride: usize,
        /// Number of channels of zeros before and after.
        zeros: [usize; 2],
    },
}

impl Residual {
    /// The block's output, and the input of each layer of the branch and of the gate.
    pub fn forward(&self, input: Tensor<4>) -> (Tensor<4>, Vec<Tensor<4>>) {
        let mut hidden = Vec::with_capacity(self.layers.len() + 1);
        let mut x = input.clone();
        for (at, layer) in self.layers.iter().enumerate() {
            hidden.push(x.clone());
            x = match (at + 1 == self.layers.len(), &self.gate) {
                (false, _) => layer.activate(x),
                (true, None) => return (layer.activate_with(x, &self.skip.forward(&input)), hidden),
                (true, Some(_)) => layer.forward(x),
            };
        }
        hidden.push(x.clone());
        let branch = self.gate.as_ref().map_or_else(|| x.clone(), |gate| gate.forward(x.clone()));
        let skip = self.skip.forward(&input);
        let sum = relu(branch.clone() + skip.clone());
        show_pointwise("addition", [&branch, &skip], &sum, |[branch, skip]| (branch + skip).max(0.0));
        (sum, hidden)
    }

    /// The branch's result, computed again from the inputs that [`Residual::forward`] returned.
    pub fn branch(&self, hidden: &[Tensor<4>]) -> Option<Tensor<4>> {
        match (&self.gate, hidden.last()?, self.layers.last()?) {
            (Some(gate), input, _) => Some(gate.forward(input.clone())),
            (None, input, layer) => Some(layer.forward(input.clone())),
        }
    }

    /// The vector-Jacobian product of the whole block, skip included, from the sum before its ReLU: `[N, C′, H′, W′]` to
    /// `[N, C, H, W]`, times `factor`, `[N, C, H, W]`, if given. `hidden` is what [`Residual::forward`] returned; `meet` is
    /// called for each convolution, with the cotangent of its outputs. A gate counts as a constant.
    pub fn vjp_of_sum(
        &self,
        hidden: &[Tensor<4>],
        sum: Tensor<4>,
        factor: Option<&Tensor<4>>,
        meet: &mut dyn FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        let mut cotangent = match (&self.gate, hidden.last()) {
            (Some(gate), Some(input)) => gate.pass(input, sum.clone()),
            _ => sum.clone(),
        };
        for (at, (layer, input)) in self.layers.iter().zip(hidden).enumerate().rev() {
            meet(layer, &cotangent);
            cotangent = match at {
                0 => {
                    let skip = self.skip.vjp(size(input), sum.clone(), meet);
                    layer.vjp_with(&skip, cotangent, factor)
                }
                _ => layer.vjp_through_relu(input, cotangent),
            };
        }
        cotangent
    }

    /// Height and width of the output for an input of `size`; none if a layer's kernel is larger than its input.
    pub fn output_size(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        self.layers.iter().try_fold(size, |size, layer| layer.output_size(size))
    }

    /// Its convolutions, each with the size of its input, where `size` is the size of the block's input.
    pub(super) fn convolutions(&mut self, size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        let (mut layers, mut within) = (Vec::new(), size);
        for layer in &mut self.layers {
            let next = layer.output_size(within).unwrap_or(within);
            layers.push((layer, within));
            within = next;
        }
        layers.extend(self.gate.iter_mut().flat_map(Gate::convolutions).map(|layer| (layer, [1, 1])));
        if let Skip::Projection { pool, layer } = &mut self.skip {
            layers.push((layer, pool.and_then(|pool| pool.output(size)).unwrap_or(size)));
        }
        layers
    }
}

impl Skip {
    /// Whether it has a convolution.
    pub fn is_projected(&self) -> bool {
        matches!(self, Self::Projection { .. })
    }

    /// What the skip adds, `[N, C′, H′, W′]`.
    pub fn forward(&self, input: &Tensor<4>) -> Tensor<4> {
        match self {
            Self::Identity => input.clone(),
            Self::Projection { layer, .. } => layer.forward(self.averaged(input)),
            Self::Padded { stride, zeros: [before, after] } => {
                let [batch, channels, height, width] = input.dims();
                let every = |side: usize, step: usize| Slice::new(0, Some(side as isize), step as isize);
                let slices = [every(batch, 1), every(channels, 1), every(height, *stride), every(width, *stride)];
                let some = input.clone().slice(slices);
                let [_, _, rows, columns] = some.dims();
                let zeros = |count: usize| Tensor::zeros([batch, count, rows, columns], &input.device());
                match before + after {
                    0 => some,
                    _ => Tensor::cat(vec![zeros(*before), some, zeros(*after)], 1),
                }
            }
        }
    }

    /// The projection's input: the average if there is one, otherwise the block's input.
    pub fn averaged(&self, input: &Tensor<4>) -> Tensor<4> {
        match self {
            Self::Projection { pool: Some(window), .. } => {
                let average = kernel::average_pool(input.clone(), window);
                show_average(Direction::Forward, window, input, &average);
                average
            }
            Self::Projection { pool: None, .. } | Self::Identity | Self::Padded { .. } => input.clone(),
        }
    }

    /// The vector-Jacobian product for an input of `size`: `[N, C′, H′, W′]` → `[N, C, H, W]`. `meet` is called for the
    /// projection, with its outputs' cotangent.
    pub fn vjp(
        &self,
        size: [usize; 2],
        cotangent: Tensor<4>,
        meet: &mut dyn FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        match self {
            Self::Identity => cotangent,
            Self::Projection { pool, layer } => {
                meet(layer, &cotangent);
                match pool {
                    None => layer.vjp(size, cotangent),
                    Some(window) => {
                        let average = layer.vjp(window.output(size).unwrap_or(size), cotangent);
                        let back = kernel::average_pool_vjp(size, average.clone(), window);
                        show_average(Direction::Vjp, window, &back, &average);
                        back
                    }
                }
            }
            Self::Padded { stride, zeros: [before, after] } => {
                let [batch, outputs, rows, columns] = cotangent.dims();
                let channels = outputs - before - after;
                let places = cotangent.narrow(1, *before, channels).reshape([batch * channels, rows, 1, columns, 1]);
                // Zeros go between the places; what lies over the edge is cut off.
                let beside = |x: Tensor<5>, axis: usize| match stride {
                    1 => x,
                    _ => Tensor::cat(vec![x.clone(), x.zeros_like().repeat_dim(axis, stride - 1)], axis),
                };
                let spread = beside(beside(places, 2), 4).reshape([batch, channels, rows * stride, columns * stride]);
                spread.slice([0..batch, 0..channels, 0..size[0], 0..size[1]])
            }
        }
    }
}
