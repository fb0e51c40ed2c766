//! A few filters of each convolution that stay on the CPU, and what they say of a forward pass on a GPU.

use std::ops::Range;

use burn::tensor::Tensor;

use super::{Convolution, ResNet, Trace};
use crate::weights::formula::mix;
use crate::{Error, Result};

/// Filters of a layer that are kept: one alone may be silenced by its ReLU, which hides an error.
const KEPT: usize = 4;

/// Largest difference that rounding explains, as a share of the sum of all products' magnitudes: up to
/// 4,608 of them are summed in any order, at 6e-8 each.
const TOLERANCE: f64 = 3e-4;

/// Some filters of a convolution with their biases, as they were read from the weights file.
#[derive(Debug)]
pub struct Witness {
    channels: Vec<usize>,
    filters: Vec<Vec<f32>>,
    biases: Vec<f32>,
    outputs: usize,
}

/// What an output should be before its ReLU, and the magnitudes of what was summed to it.
#[derive(Clone, Copy, Debug, Default)]
struct Expected {
    value: f64,
    magnitude: f64,
}

impl Witness {
    /// Of a weight [C′, …] with its bias.
    pub(super) fn new(weight: &[f32], bias: &[f32]) -> Self {
        let outputs = bias.len();
        let filter = weight.len() / outputs;
        let kept = KEPT.min(outputs);
        let channels: Vec<usize> = (0..kept).map(|at| (2 * at + 1) * outputs / (2 * kept)).collect();
        let filters = channels.iter().map(|channel| weight[channel * filter..][..filter].to_vec()).collect();
        let biases = channels.iter().map(|&channel| bias[channel]).collect();
        Self { channels, filters, biases, outputs }
    }

    /// The outputs at the centre of a window [C, k, k] of the input.
    fn expected(&self, groups: usize, window: &[f32]) -> Vec<Expected> {
        let each = self.channels.iter().zip(&self.filters).zip(&self.biases);
        each.map(|((channel, filter), &bias)| {
            let seen = &window[channel * groups / self.outputs * filter.len()..][..filter.len()];
            let bias = f64::from(bias);
            let mut expected = Expected { value: bias, magnitude: bias.abs() };
            for (x, weight) in seen.iter().zip(filter) {
                let product = f64::from(*x) * f64::from(*weight);
                expected.value += product;
                expected.magnitude += product.abs();
            }
            expected
        })
        .collect()
    }
}

/// A square window of a tensor [1, C, H, W], with zeros beyond its edges.
#[derive(Debug)]
struct Window {
    channels: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    /// Of the inner part's first pixel in the window.
    first: [usize; 2],
    side: usize,
}

impl Window {
    fn new([channels, height, width]: [usize; 3], [y, x]: [usize; 2], reach: usize) -> Self {
        let inner = |at: usize, length: usize| at.saturating_sub(reach)..(at + reach + 1).min(length);
        Self {
            channels,
            rows: inner(y, height),
            columns: inner(x, width),
            first: [reach.saturating_sub(y), reach.saturating_sub(x)],
            side: 2 * reach + 1,
        }
    }

    fn of(&self, tensor: &Tensor<4>) -> Tensor<4> {
        tensor.clone().slice([0..1, 0..self.channels, self.rows.clone(), self.columns.clone()])
    }

    /// [C, side, side] of the inner part's values.
    fn filled(&self, inner: &[f32]) -> Vec<f32> {
        let [rows, columns] = [self.rows.len(), self.columns.len()];
        let mut window = vec![0.0; self.channels * self.side * self.side];
        for (at, &value) in inner.iter().enumerate() {
            let (channel, y, x) = (at / (rows * columns), at / columns % rows, at % columns);
            window[(channel * self.side + self.first[0] + y) * self.side + self.first[1] + x] = value;
        }
        window
    }

    /// The pixel in its middle, [C], of a filled one.
    fn centre(&self, filled: &[f32]) -> Vec<f32> {
        filled.chunks_exact(self.side * self.side).map(|channel| channel[channel.len() / 2]).collect()
    }
}

/// What has to be read of a forward pass to hold it against the CPU: one place of the last block's output,
/// followed up to the picture.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// Of each block from the last one up: its output, its two hidden layers and its input; then of the
    /// max-pool and the stem.
    windows: Vec<Window>,
    /// Of the picture, whose values the CPU has.
    picture: Window,
    /// A channel of the last block's output.
    channel: usize,
    /// What the windows show, that channel, and all features.
    pub(crate) tensors: Vec<Tensor<1>>,
}

impl Evidence {
    /// At a place that `draw` picks.
    pub(crate) fn of(network: &ResNet, trace: &Trace, draw: u32) -> Option<Self> {
        let last = trace.blocks.last()?;
        let [_, channels, height, width] = last.output.dims();
        let mut place = [mix(draw) as usize % height, mix(draw ^ 1) as usize % width];
        let (mut windows, mut tensors) = (Vec::new(), Vec::new());
        let mut look = |tensor: &Tensor<4>, place: [usize; 2], reach: usize| {
            let [_, channels, height, width] = tensor.dims();
            let window = Window::new([channels, height, width], place, reach);
            tensors.push(window.of(tensor).flatten(0, 3));
            windows.push(window);
        };
        for (block, trace) in network.blocks.iter().zip(&trace.blocks).rev() {
            look(&trace.output, place, 0);
            look(&trace.hidden2, place, 0);
            place = place.map(|at| at * block.conv2.stride);
            look(&trace.hidden1, place, 1);
            look(&trace.input, place, 0);
        }
        look(&trace.pool.output, place, 0);
        let place = place.map(|at| 2 * at);
        look(&trace.stem.output, place, 1);
        let channel = mix(draw ^ 2) as usize % channels;
        tensors.push(last.output.clone().narrow(1, channel, 1).flatten(0, 3));
        tensors.push(trace.features.clone().flatten(0, 1));
        let [_, _, height, width] = trace.stem.input.dims();
        let picture = Window::new([3, height, width], place.map(|at| 2 * at), 3);
        Some(Self { windows, picture, channel, tensors })
    }
}

impl ResNet {
    /// Holds a forward pass of a picture [3, `height`, `width`] against the CPU: every layer's kept filters are
    /// applied to what the device had for the layer's input, `read` from the tensors of the evidence.
    ///
    /// # Errors
    /// [`Error::DeviceWrong`], naming the layer.
    pub(crate) fn judge(
        &self,
        evidence: &Evidence,
        read: &[Vec<f32>],
        picture: &[f32],
        [height, width]: [usize; 2],
        logits: &[f32],
    ) -> Result<()> {
        let Evidence { windows, picture: window, channel, .. } = evidence;
        let seen: Vec<Vec<f32>> = windows.iter().zip(read).map(|(window, inner)| window.filled(inner)).collect();
        let (Some([pool, stem]), Some(stem_window), Some([of_mean, features])) =
            (seen.last_chunk(), windows.last(), read.last_chunk())
        else {
            return Ok(());
        };

        let inner: Vec<f32> = picture
            .chunks_exact(height * width)
            .flat_map(|plane| {
                window.rows.clone().flat_map(move |y| plane[y * width..].iter().copied().enumerate().take(width))
            })
            .filter_map(|(x, value)| window.columns.contains(&x).then_some(value))
            .collect();
        agree("conv1", &self.stem.conv1, &window.filled(&inner), None, true, &stem_window.centre(stem))?;
        let largest = |window: &[f32]| window.iter().copied().fold(0.0, f32::max);
        if stem.chunks_exact(9).map(largest).ne(pool.iter().copied()) {
            return Err(Error::DeviceWrong("its max-pool did not give the largest values".into()));
        }

        let names = self.block_names();
        let blocks = names.iter().zip(&self.blocks).rev();
        for (((name, block), seen), windows) in blocks.zip(seen.chunks_exact(4)).zip(windows.chunks_exact(4)) {
            let ([output, hidden2, hidden1, input], [.., middle, _]) = (seen, windows) else { continue };
            let layer = |part: &str| format!("{name}.{part}");
            let skip = match &block.downsample {
                Some(projection) => {
                    projection.witness.as_ref().map(|witness| witness.expected(projection.groups, input))
                }
                None => block.conv3.witness.as_ref().map(|witness| {
                    let value = |&channel: &usize| f64::from(input[channel]);
                    let channels = witness.channels.iter().map(value);
                    channels.map(|value| Expected { value, magnitude: value.abs() }).collect()
                }),
            };
            agree(&layer("conv1"), &block.conv1, input, None, true, &middle.centre(hidden1))?;
            agree(&layer("conv2"), &block.conv2, hidden1, None, true, hidden2)?;
            agree(&layer("conv3"), &block.conv3, hidden2, skip.as_deref(), true, output)?;
        }

        let mean = of_mean.iter().map(|&value| f64::from(value)).sum::<f64>() / of_mean.len() as f64;
        if !close(f64::from(features[*channel]), Expected { value: mean, magnitude: mean }) {
            return Err(Error::DeviceWrong("its global average is not the mean".into()));
        }
        agree("fc", &self.fc, features, None, false, logits)
    }
}

/// Whether a layer's outputs [C′] at one place are those of its kept filters.
fn agree(
    name: &str,
    layer: &Convolution,
    window: &[f32],
    addend: Option<&[Expected]>,
    rectified: bool,
    found: &[f32],
) -> Result<()> {
    let Some(witness) = &layer.witness else { return Ok(()) };
    for (at, (&channel, mut expected)) in
        witness.channels.iter().zip(witness.expected(layer.groups, window)).enumerate()
    {
        if let Some(addend) = addend.and_then(|addend| addend.get(at)) {
            expected.value += addend.value;
            expected.magnitude += addend.magnitude;
        }
        if rectified {
            expected.value = expected.value.max(0.0);
        }
        if !close(f64::from(found[channel]), expected) {
            return Err(Error::DeviceWrong(format!(
                "its layer {name} gave {:e} where the CPU finds {:e}",
                found[channel], expected.value
            )));
        }
    }
    Ok(())
}

/// Not where either is no number.
fn close(found: f64, Expected { value, magnitude }: Expected) -> bool {
    (found - value).abs() <= TOLERANCE * magnitude
}
