//! From a checkpoint to a network on a device, one tensor at a time.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Bottleneck, Convolution, ResNet, Stem};
use crate::weights::{Checkpoint, Source};
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
        let mut loader = Loader { checkpoint, device };
        let mut report = |weight: usize| {
            done += weight;
            progress(done.min(total), total);
        };

        let conv1 = loader.convolution("conv1", "bn1", [architecture.stem, 3, 7, 7], 2).await?;
        report(conv1.weight.shape().num_elements());
        let mut blocks = Vec::new();
        for shape in architecture.blocks() {
            let name = &shape.name;
            let (input, width, out) = (shape.input, shape.width, shape.out);
            let conv1 =
                loader.convolution(&format!("{name}.conv1"), &format!("{name}.bn1"), [width, input, 1, 1], 1).await?;
            report(width * input);
            let mut conv2 = loader
                .convolution(
                    &format!("{name}.conv2"),
                    &format!("{name}.bn2"),
                    [width, width / shape.groups, 3, 3],
                    shape.stride,
                )
                .await?;
            conv2.groups = shape.groups;
            report(conv2.weight.shape().num_elements());
            let conv3 =
                loader.convolution(&format!("{name}.conv3"), &format!("{name}.bn3"), [out, width, 1, 1], 1).await?;
            report(out * width);
            let downsample = if shape.downsample {
                let norm = format!("{name}.downsample.1");
                let projection = loader
                    .convolution(&format!("{name}.downsample.0"), &norm, [out, input, 1, 1], shape.stride)
                    .await?;
                report(out * input);
                Some(projection)
            } else {
                None
            };
            blocks.push(Bottleneck { conv1, conv2, conv3, downsample });
        }
        let features = architecture.stages[3].out;
        let weight = Tensor::from_data(
            TensorData::new(checkpoint.read("fc.weight").await?, [architecture.classes, features]),
            device,
        );
        let bias =
            Tensor::from_data(TensorData::new(checkpoint.read("fc.bias").await?, [1, architecture.classes]), device);
        report(total);
        Ok(Self { stem: Stem { conv1 }, blocks, weight, bias })
    }
}

struct Loader<'a, S> {
    checkpoint: &'a Checkpoint<S>,
    device: &'a Device,
}

impl<S: Source> Loader<'_, S> {
    /// A convolution with the BatchNorm `norm` merged in.
    async fn convolution(&mut self, name: &str, norm: &str, shape: [usize; 4], stride: usize) -> Result<Convolution> {
        let mut weight = self.checkpoint.read(&format!("{name}.weight")).await?;
        let gamma = self.checkpoint.read(&format!("{norm}.weight")).await?;
        let beta = self.checkpoint.read(&format!("{norm}.bias")).await?;
        let mean = self.checkpoint.read(&format!("{norm}.running_mean")).await?;
        let variance = self.checkpoint.read(&format!("{norm}.running_var")).await?;
        if let Some(channel) = variance.iter().position(|&variance| variance < 0.0) {
            return Err(Error::Weights(format!(
                "{norm}.running_var is {} in channel {channel}; a variance can't be negative",
                variance[channel]
            )));
        }
        let mut bias = Vec::with_capacity(shape[0]);
        for (channel, filter) in weight.chunks_exact_mut(shape[1] * shape[2] * shape[3]).enumerate() {
            let scale = gamma[channel] / (variance[channel] + EPSILON).sqrt();
            filter.iter_mut().for_each(|weight| *weight *= scale);
            bias.push(beta[channel] - mean[channel] * scale);
        }
        let weight = Tensor::from_data(TensorData::new(weight, shape), self.device);
        let bias = Tensor::from_data(TensorData::new(bias, [shape[0]]), self.device);
        // The GPU's queue would hold the bytes of many layers before it passes them on.
        self.device.flush()?;
        Ok(Convolution { weight, bias, stride, groups: 1 })
    }
}
