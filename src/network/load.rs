//! From a checkpoint to a network on a device, one tensor at a time.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Attention, Bottleneck, Convolution, ResNet, Stem, Witness};
use crate::kernel::Kernels;
use crate::weights::{BlockShape, Checkpoint, Source};
use crate::{Error, Result};

/// BatchNorm's ε in torchvision.
const EPSILON: f32 = 1e-5;

impl ResNet {
    /// Reads a network's tensors to a device, each BatchNorm merged into the convolution before it:
    /// w′ = w·γ/√(σ² + ε), b′ = β − μ·γ/√(σ² + ε). At no time is more than one layer held here.
    ///
    /// `progress` is told the parameters loaded so far and in all.
    ///
    /// # Errors
    /// [`Error::Weights`], naming the tensor.
    pub async fn load<S: Source>(
        checkpoint: &Checkpoint<S>,
        device: &Device,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Self> {
        let architecture = checkpoint.architecture();
        let total = architecture.parameters();
        let mut done = 0;
        let loader = Loader { checkpoint, device };
        let mut report = |weight: usize| {
            done += weight;
            progress(done.min(total), total);
        };

        let conv1 = loader.convolution("conv1", "bn1", [architecture.stem, 3, 7, 7], 2, 1).await?;
        report(conv1.weight.tensor().shape().num_elements());
        let mut blocks = Vec::new();
        for shape in architecture.blocks() {
            blocks.push(loader.bottleneck(&shape).await?);
            report(shape.parameters());
        }
        let attention = match architecture.attention_blocks() {
            branch if branch.is_empty() => None,
            branch => {
                let at = architecture.stages[..3].iter().map(|stage| stage.depth).sum();
                Some((loader.attention(&branch, architecture.classes).await?, at))
            }
        };
        let features = architecture.stages[3].out;
        let [weight, bias] = [checkpoint.read("fc.weight").await?, checkpoint.read("fc.bias").await?];
        let unscaled = vec![1.0; architecture.classes];
        let fc = loader.on_device("fc", weight, bias, unscaled, [architecture.classes, features, 1, 1], [1, 1])?;
        report(total);
        let depths = std::array::from_fn(|stage| architecture.stages[stage].depth);
        Ok(Self { stem: Stem { conv1 }, blocks, depths, attention, fc })
    }
}

struct Loader<'a, S> {
    checkpoint: &'a Checkpoint<S>,
    device: &'a Device,
}

/// What BatchNorm does to each channel: x ↦ scale·x + shift.
struct Affine {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl<S: Source> Loader<'_, S> {
    async fn bottleneck(&self, shape: &BlockShape) -> Result<Bottleneck> {
        let BlockShape { name, input, width, groups, out, stride, downsample } = shape;
        let part = |part: &str| format!("{name}.{part}");
        let conv1 = self.convolution(&part("conv1"), &part("bn1"), [*width, *input, 1, 1], 1, 1).await?;
        let middle = [*width, width / groups, 3, 3];
        let conv2 = self.convolution(&part("conv2"), &part("bn2"), middle, *stride, *groups).await?;
        let conv3 = self.convolution(&part("conv3"), &part("bn3"), [*out, *width, 1, 1], 1, 1).await?;
        let downsample = match downsample {
            true => {
                let shape = [*out, *input, 1, 1];
                Some(self.convolution(&part("downsample.0"), &part("downsample.1"), shape, *stride, 1).await?)
            }
            false => None,
        };
        Ok(Bottleneck { conv1, conv2, conv3, downsample })
    }

    /// The attention branch. The BatchNorm before its first 1×1 convolution is merged into that as
    /// well: w·(s·x + t) = (w·s)·x + w·t.
    async fn attention(&self, shapes: &[BlockShape], classes: usize) -> Result<Attention> {
        let mut blocks = Vec::new();
        for shape in shapes {
            blocks.push(self.bottleneck(shape).await?);
        }
        let before = self.norm("attention.bn").await?;
        let after = self.norm("attention.classes_bn").await?;
        let channels = before.scale.len();
        let mut weight = self.checkpoint.read("attention.classes.weight").await?;
        let mut bias = after.shift;
        for ((filter, bias), scale) in weight.chunks_exact_mut(channels).zip(&mut bias).zip(&after.scale) {
            for ((weight, s), t) in filter.iter_mut().zip(&before.scale).zip(&before.shift) {
                *bias += *weight * t * scale;
                *weight *= s * scale;
            }
        }
        let classes_shape = [classes, channels, 1, 1];
        Ok(Attention {
            blocks,
            classes: self.on_device("attention.classes", weight, bias, after.scale, classes_shape, [1, 1])?,
            map: self.convolution("attention.map", "attention.map_bn", [1, classes, 1, 1], 1, 1).await?,
        })
    }

    /// A convolution with the BatchNorm `norm` merged in.
    async fn convolution(
        &self,
        name: &str,
        norm: &str,
        shape: [usize; 4],
        stride: usize,
        groups: usize,
    ) -> Result<Convolution> {
        let mut weight = self.checkpoint.read(&format!("{name}.weight")).await?;
        let Affine { scale, shift } = self.norm(norm).await?;
        for (filter, scale) in weight.chunks_exact_mut(shape[1] * shape[2] * shape[3]).zip(&scale) {
            filter.iter_mut().for_each(|weight| *weight *= scale);
        }
        self.on_device(name, weight, shift, scale, shape, [stride, groups])
    }

    async fn norm(&self, name: &str) -> Result<Affine> {
        let gamma = self.checkpoint.read(&format!("{name}.weight")).await?;
        let beta = self.checkpoint.read(&format!("{name}.bias")).await?;
        let mean = self.checkpoint.read(&format!("{name}.running_mean")).await?;
        let variance = self.checkpoint.read(&format!("{name}.running_var")).await?;
        if let Some(channel) = variance.iter().position(|&variance| variance < 0.0) {
            return Err(Error::Weights(format!(
                "{name}.running_var is {} in channel {channel}; a variance can't be negative",
                variance[channel]
            )));
        }
        let scale: Vec<f32> = gamma.iter().zip(&variance).map(|(gamma, v)| gamma / (v + EPSILON).sqrt()).collect();
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
        [stride, groups]: [usize; 2],
    ) -> Result<Convolution> {
        // Each number of the file is finite, but a product of two need not be.
        if [&weight, &bias, &scale].into_iter().flatten().any(|value| !value.is_finite()) {
            return Err(Error::Weights(format!(
                "{name} is not finite once its BatchNorm is merged into it; one of them holds numbers that are too large"
            )));
        }
        let witness = Some(Arc::new(Witness::new(name, &weight, &bias, shape, groups)));
        let weight = Tensor::from_data(TensorData::new(weight, shape), self.device).into();
        let [bias, scale] =
            [bias, scale].map(|values| Tensor::from_data(TensorData::new(values, [shape[0]]), self.device));
        // The GPU's queue would hold the bytes of many layers before it passes them on.
        self.device.flush()?;
        Ok(Convolution { weight, bias, scale, stride, groups, kernels: Kernels::default(), witness })
    }
}
