//! The network's answers for pictures, without explanations.

use burn::tensor::{Tensor, TensorData};

use super::{Engine, Explainer};
use crate::network::answer;
use crate::picture::SIDES;
use crate::sentence::say;
use crate::{Error, Result};

impl Explainer {
    /// The logits `[N, outputs]` of normalised pictures `[N, channels, H, W]`, which run through the network in one
    /// batch. No activations are kept.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Weights`] if a logit is not finite, [`Error::DeviceLost`], and [`Error::Engine`].
    pub async fn logits(&self, nchw: Vec<f32>, width: usize, height: usize) -> Result<Vec<f32>> {
        let pictures = self.checked(&nchw, width, height)?;
        let Engine { device, network, turn, fence, .. } = &*self.engine;
        let work = async {
            let _network = turn.lock().await;
            let _turn = device.turn().await;
            let mut logits = Vec::new();
            let most = device.most(self.activation([height, width])?).min(pictures);
            let channels = network.channels;
            let picture = channels * height * width;
            for some in nchw.chunks(most * picture) {
                let input = TensorData::new(some.to_vec(), [some.len() / picture, channels, height, width]);
                let found = answer(network, Tensor::from_data(input, device.burn())).await;
                // If the device rejected a command, that is the cause of any other error.
                device.check()?;
                logits.append(&mut found?);
            }
            Ok(logits)
        };
        let logits = fence.within(work).await?;
        match logits.iter().all(|logit| logit.is_finite()) {
            true => Ok(logits),
            false => Err(Error::Weights(say!(
                "output-infinite-batch",
                "the network's output is not finite on these pictures"
            ))),
        }
    }

    /// The probability of the class `target` for each of N pictures, in the form that [`Explainer::logits`] takes:
    /// `[N]`.
    ///
    /// # Errors
    /// As [`Explainer::logits`], and [`Error::Options`] if there is no such class.
    pub async fn probabilities(&self, nchw: Vec<f32>, width: usize, height: usize, target: usize) -> Result<Vec<f32>> {
        self.check(Some(target), None)?;
        let logits = self.logits(nchw, width, height).await?;
        let [outputs, ..] = self.engine.network.head.weight.tensor().dims();
        let probability = |logits: &[f32]| self.engine.info.output.probabilities(logits)[target];
        Ok(logits.chunks_exact(outputs).map(probability).collect())
    }

    /// The number of pictures `[channels, height, width]` in a tensor. An error if it isn't a whole number.
    pub(super) fn checked(&self, values: &[f32], width: usize, height: usize) -> Result<usize> {
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(Error::Picture(say!(
                "tensor-size",
                "the tensor is {width} wide and {height} high; {least} to {most} was expected",
                width,
                height,
                least = *SIDES.start(),
                most = *SIDES.end()
            )));
        }
        let channels = self.engine.network.channels;
        let picture = channels * height * width;
        if values.is_empty() || !values.len().is_multiple_of(picture) {
            return Err(Error::Picture(say!(
                "tensor-values",
                "the tensor has {found} values; {channels}·{height}·{width} = {expected} for each picture were expected",
                found = values.len(),
                channels,
                height,
                width,
                expected = picture
            )));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Picture(say!(
                "tensor-infinite",
                "the tensor holds {value}; every value must be finite",
                value
            )));
        }
        Ok(values.len() / picture)
    }
}
