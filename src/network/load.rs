//! Loads a network from a checkpoint to a device, one tensor at a time.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Attention, Convolution, Gate, Graph, Named, Node, Residual, Skip, Witness};
use crate::checkpoint::Checkpoint;
use crate::family::{AttentionPart, Blueprint, GatePart, LayerPart, Part, SkipPart};
use crate::kernel::{Kernels, Weight, WeightCache};
use crate::sentence::say;
use crate::weights::Source;
use crate::{Error, Result};

impl Graph {
    /// Reads a network's tensors to a device, with each BatchNorm merged into the convolution before it: w′ = w·γ/√(σ²
    /// + ε), b′ = β − μ·γ/√(σ² + ε). Never more than one layer is held in memory here.
    ///
    /// `progress` receives the number of parameters loaded so far and the number of all parameters.
    ///
    /// # Errors
    /// [`Error::Weights`], naming the tensor.
    pub async fn load<S: Source>(
        checkpoint: &Checkpoint<S>,
        device: &Device,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Self> {
        let Blueprint { channels, parts, head, stages } = checkpoint.blueprint();
        let total = checkpoint.blueprint().parameters();
        let mut loader = Loader { checkpoint, device, cache: WeightCache::for_parameters(total), done: 0 };
        let mut nodes = Vec::with_capacity(parts.len());
        for (name, part) in parts {
            nodes.push(Named { name: name.clone(), node: loader.node(part).await? });
            progress(loader.done.min(total), total);
        }
        let head = loader.layer(head).await?;
        progress(total, total);
        Ok(Self { nodes, head, stages: stages.clone(), channels: *channels })
    }
}

struct Loader<'a, S> {
    checkpoint: &'a Checkpoint<S>,
    device: &'a Device,
    cache: Option<WeightCache>,
    /// The number of weights loaded so far.
    done: usize,
}

/// What BatchNorm does to each channel: x ↦ scale·x + shift.
struct Affine {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl<S: Source> Loader<'_, S> {
    async fn node(&mut self, part: &Part) -> Result<Node> {
        Ok(match part {
            Part::Convolution(layer) => {
                Node::Convolution { layer: self.layer(layer).await?, rectified: layer.rectified }
            }
            Part::Linear(layer) => Node::Linear { layer: self.layer(layer).await?, rectified: layer.rectified },
            Part::MaxPool(window) => Node::MaxPool(*window),
            Part::GlobalAverage => Node::GlobalAverage,
            Part::Residual { layers, gate, skip } => Node::Residual(self.residual(layers, gate.as_ref(), skip).await?),
            Part::Attention(part) => Node::Attention(self.attention(part).await?),
        })
    }

    async fn residual(&mut self, parts: &[LayerPart], gate: Option<&GatePart>, skip: &SkipPart) -> Result<Residual> {
        let mut layers = Vec::with_capacity(parts.len());
        for part in parts {
            layers.push(self.layer(part).await?);
        }
        let gate = match gate {
            Some(gate) => Some(self.gate(gate).await?),
            None => None,
        };
        let skip = match skip {
            SkipPart::Identity => Skip::Identity,
            SkipPart::Projection { pool, layer } => Skip::Projection { pool: *pool, layer: self.layer(layer).await? },
            SkipPart::Padded { stride, zeros } => Skip::Padded { stride: *stride, zeros: *zeros },
        };
        Ok(Residual { layers, gate, skip })
    }

    async fn gate(&mut self, part: &GatePart) -> Result<Gate> {
        Ok(match part {
            GatePart::Channels { reduce, expand } => {
                Gate::Channels { reduce: self.layer(reduce).await?, expand: self.layer(expand).await? }
            }
            GatePart::AlongChannels { weight, kernel, channels } => {
                let taps = self.checkpoint.read(weight).await?;
                let mut band = vec![0.0; channels * channels];
                for (at, row) in band.chunks_exact_mut(*channels).enumerate() {
                    for (tap, weight) in taps.iter().enumerate() {
                        // The convolution keeps the number of channels: beyond the first and last channel are zeros.
                        let from = (at + tap).checked_sub(kernel / 2);
                        if let Some(value) = from.and_then(|from| row.get_mut(from)) {
                            *value = *weight;
                        }
                    }
                }
                let (zeros, ones) = (vec![0.0; *channels], vec![1.0; *channels]);
                Gate::AlongChannels {
                    band: self.on_device(weight, band, zeros, ones, [*channels, *channels, 1, 1], [1, 0, 1, 1])?,
                }
            }
        })
    }

    async fn attention(&mut self, part: &AttentionPart) -> Result<Attention> {
        let AttentionPart { blocks: parts, before, classes, map } = part;
        let mut blocks = Vec::with_capacity(parts.len());
        for part in parts {
            if let Part::Residual { layers, gate, skip } = part {
                blocks.push(self.residual(layers, gate.as_ref(), skip).await?);
            }
        }
        let classes = self.attended(before, classes).await?;
        Ok(Attention { blocks, classes, map: self.layer(map).await? })
    }

    /// The attention branch's 1×1 convolution to the classes. The BatchNorm before it is merged into it as well: w·(s·x
    /// + t) = (w·s)·x + w·t.
    async fn attended(&mut self, before: &str, part: &LayerPart) -> Result<Convolution> {
        let before = self.norm(before).await?;
        let after = self.norm(part.norm.as_deref().unwrap_or_default()).await?;
        let mut weight = self.checkpoint.read(&format!("{}.weight", part.name)).await?;
        let mut bias = after.shift;
        for ((filter, bias), scale) in weight.chunks_exact_mut(before.scale.len()).zip(&mut bias).zip(&after.scale) {
            for ((weight, s), t) in filter.iter_mut().zip(&before.scale).zip(&before.shift) {
                *bias += *weight * t * scale;
                *weight *= s * scale;
            }
        }
        self.done += part.weights();
        self.on_device(&part.name, weight, bias, after.scale, part.shape, [1, 0, 1, 1])
    }

    /// A layer with its BatchNorm merged in.
    async fn layer(&mut self, part: &LayerPart) -> Result<Convolution> {
        let LayerPart { name, norm, bias, shape, stride, padding, dilation, groups, .. } = part;
        let mut weight = self.checkpoint.read(&format!("{name}.weight")).await?;
        let own = match bias {
            true => Some(self.checkpoint.read(&format!("{name}.bias")).await?),
            false => None,
        };
        let Affine { scale, mut shift } = match norm {
            Some(norm) => self.norm(norm).await?,
            None => Affine { scale: vec![1.0; shape[0]], shift: vec![0.0; shape[0]] },
        };
        for (filter, scale) in weight.chunks_exact_mut(shape[1] * shape[2] * shape[3]).zip(&scale) {
            filter.iter_mut().for_each(|weight| *weight *= scale);
        }
        for ((shift, bias), scale) in shift.iter_mut().zip(own.iter().flatten()).zip(&scale) {
            *shift += bias * scale;
        }
        self.done += part.weights();
        self.on_device(name, weight, shift, scale, *shape, [*stride, *padding, *dilation, *groups])
    }

    async fn norm(&self, name: &str) -> Result<Affine> {
        let gamma = self.checkpoint.read(&format!("{name}.weight")).await?;
        let beta = self.checkpoint.read(&format!("{name}.bias")).await?;
        let mean = self.checkpoint.read(&format!("{name}.running_mean")).await?;
        let variance = self.checkpoint.read(&format!("{name}.running_var")).await?;
        if let Some(channel) = variance.iter().position(|&variance| variance < 0.0) {
            return Err(Error::Weights(say!(
                "variance-negative",
                "{norm}.running_var is {value} in channel {channel}; a variance can't be negative",
                norm = name,
                value = variance[channel],
                channel
            )));
        }
        let epsilon = self.checkpoint.given().norm_epsilon();
        let scale: Vec<f32> = gamma.iter().zip(&variance).map(|(gamma, v)| gamma / (v + epsilon).sqrt()).collect();
        let shift = beta.iter().zip(&mean).zip(&scale).map(|((beta, mean), scale)| beta - mean * scale).collect();
        Ok(Affine { scale, shift })
    }

    fn on_device(
        &self,
        name: &str,
        weight: Vec<f32>,
        bias: Vec<f32>,
        scale: Vec<f32>,
        shape: [usize; 4],
        [stride, padding, dilation, groups]: [usize; 4],
    ) -> Result<Convolution> {
        // Each number in the file is finite, but a product of two may not be.
        if [&weight, &bias, &scale].into_iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::Weights(say!(
                "merged-infinite",
                "{layer} is not finite once its BatchNorm is merged into it; one of them holds numbers that are too large",
                layer = name
            )));
        }
        let witness = Some(Arc::new(Witness::new(name, &weight, &bias, shape, groups)));
        let weight = Weight::with_cache(Tensor::from_data(TensorData::new(weight, shape), self.device), self.cache);
        let [bias, scale] =
            [bias, scale].map(|values| Tensor::from_data(TensorData::new(values, [shape[0]]), self.device));
        // Without this, the GPU's queue would hold the bytes of many layers before it passes them on.
        self.device.flush()?;
        Ok(Convolution { weight, bias, scale, stride, padding, dilation, groups, kernels: Kernels::default(), witness })
    }
}
