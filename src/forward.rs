//! A forward pass, and what the methods make of it.

use burn::tensor::{Device, Tensor, TensorData, Transaction};

use crate::attribution::{self, Method, Start};
use crate::explanation::{Boundary, Progress};
use crate::network::{ResNet, Trace};
use crate::resample::resize;
use crate::{Error, Result};

/// A forward pass whose activations are kept, so that another class needs only the way back.
#[derive(Debug)]
pub(crate) struct Forward {
    /// [3, height, width].
    pub(crate) input: Vec<f32>,
    /// [height, width].
    pub(crate) size: [usize; 2],
    trace: Trace,
    /// [classes], finite.
    pub(crate) logits: Vec<f32>,
}

impl Forward {
    /// Runs a network on one input [3, height, width].
    pub(crate) async fn run(
        network: &ResNet,
        input: Vec<f32>,
        [height, width]: [usize; 2],
        device: &Device,
    ) -> Result<Self> {
        let trace = network.forward(Tensor::from_data(TensorData::new(input.clone(), [1, 3, height, width]), device));
        let logits = read(trace.logits.clone()).await?;
        if logits.iter().any(|logit| !logit.is_finite()) {
            return Err(Error::Weights(
                "the network's output is not finite on this picture; its weights overflow".into(),
            ));
        }
        Ok(Self { input, size: [height, width], trace, logits })
    }

    /// The class `target` by a method. Where it needs more forward passes, `batch` run together.
    ///
    /// # Errors
    /// [`Error::Options`] where the method needs another network, or its result is not finite.
    pub(crate) async fn attribute(
        &self,
        network: &ResNet,
        target: usize,
        method: &Method,
        batch: usize,
        progress: Progress<'_>,
    ) -> Result<Attribution> {
        let trace = &self.trace;
        let attribution = match method {
            Method::Lrp(composite) => {
                let start = match composite.start {
                    Start::Probability => softmax(&self.logits)[target],
                    Start::Logit => self.logits[target],
                };
                Attribution::read(attribution::attribute(network, trace, target, start, composite)).await?
            }
            Method::InputXGradient => {
                let values = read(attribution::input_x_gradient(network, trace, target)).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::GradCam { stage } => self.coarse(attribution::grad_cam(network, trace, target, *stage)).await?,
            Method::Rise(rise) => {
                // The backward step, in parts.
                let report = |done, total| progress(1.0 + done as f64 / total as f64, 3.0, "masks");
                let values = rise.map(network, &self.input, self.size, target, batch, report).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::AttentionMap => match &network.attention {
                Some((attention, at)) => self.coarse(attention.forward(trace.blocks[at - 1].output.clone())).await?,
                None => {
                    return Err(Error::Options(
                        "the method abn shows a network's own attention map, and this network has no attention branch; load an Attention Branch Network, or take another method".into(),
                    ));
                }
            },
        };
        if attribution.values.iter().any(|value| !value.is_finite()) {
            return Err(Error::Options("the relevance is not finite with this stabilizer and epsilon, so there is no map; try the signed stabilizer or a larger epsilon".into()));
        }
        Ok(attribution)
    }

    /// A map [1, 1, h, w] at the picture's size, by bilinear interpolation between the pixels' centres.
    async fn coarse(&self, map: Tensor<4>) -> Result<Attribution> {
        let [_, _, rows, columns] = map.dims();
        let [height, width] = self.size;
        let values = resize(&read(map).await?, [columns, rows], [width, height])?;
        Ok(Attribution { values, boundaries: Vec::new() })
    }
}

/// What a method found.
pub(crate) struct Attribution {
    /// [3, H, W], or a map [1, H, W].
    pub(crate) values: Vec<f32>,
    pub(crate) boundaries: Vec<Boundary>,
}

impl Attribution {
    /// All of it in one trip: each costs the browser milliseconds.
    async fn read(relevance: attribution::Relevance) -> Result<Self> {
        let attribution::Relevance { input, boundaries } = relevance;
        let sizes: Vec<_> = boundaries.iter().map(|(_, map)| map.dims()).collect();
        let mut transaction = Transaction::default().register(input);
        let mut names = Vec::with_capacity(boundaries.len());
        for (name, map) in boundaries {
            transaction = transaction.register(map);
            names.push(name);
        }
        let mut read = Vec::with_capacity(names.len() + 1);
        for data in transaction.execute_async().await? {
            read.push(values(data)?);
        }
        let maps = read.split_off(1);
        let boundary = |((name, map), [_, _, height, width]): ((String, Vec<f32>), [usize; 4])| {
            let sum = map.iter().map(|&value| f64::from(value)).sum();
            Boundary { name, sum, map, width, height }
        };
        let boundaries = names.into_iter().zip(maps).zip(sizes).map(boundary).collect();
        Ok(Self { values: read.swap_remove(0), boundaries })
    }
}

/// Each class's probability.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| (exponential / sum) as f32).collect()
}

/// The most probable class, the first of equals.
pub fn most_probable(logits: &[f32]) -> usize {
    (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default()
}

pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    values(tensor.into_data_async().await?)
}

fn values(data: TensorData) -> Result<Vec<f32>> {
    data.try_into_vec().map_err(|error| Error::DeviceLost(format!("its result can't be read: {error:?}")))
}
