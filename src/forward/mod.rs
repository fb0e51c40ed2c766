//! A forward pass, and what the methods compute from it.

mod attribution;
mod concepts;
mod methods;
#[cfg(test)]
mod tests;

pub(crate) use attribution::{Attribution, summed};

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use crate::attribution::Start;
use crate::network::{Graph, Trace};
use crate::output::{Against, Output, Target};
use crate::sentence::say;
use crate::{Error, Result, witness};

/// The smallest amount of relevance to start with. A probability that f32 rounds to zero, or one so small that its
/// relevance would be rounded to zero, starts with this. Maps contain relevance of a millionth of the start and less.
const LEAST: f32 = 1e-12;

/// A forward pass whose activations are kept, so that explaining another class only needs a backward pass.
#[derive(Debug)]
pub(crate) struct Forward {
    /// The input `[channels, height, width]`.
    pub(crate) input: Arc<Vec<f32>>,
    /// [height, width].
    pub(crate) size: [usize; 2],
    trace: Trace,
    /// The logits `[outputs]`, all finite.
    pub(crate) logits: Vec<f32>,
}

impl Forward {
    /// Runs a network on one input [channels, height, width].
    ///
    /// # Errors
    /// [`Error::Weights`] if a logit is not finite, and [`Error::DeviceWrong`].
    pub(crate) async fn run(
        network: &Graph,
        input: impl Into<Arc<Vec<f32>>>,
        [height, width]: [usize; 2],
        device: &Device,
    ) -> Result<Self> {
        let input = input.into();
        let picture = Tensor::from_data(TensorData::new(input.to_vec(), [1, network.channels, height, width]), device);
        let (trace, read) = witness::read_kept(device, || {
            let trace = network.forward(picture);
            let logits = trace.logits.clone().flatten(0, 3);
            (trace, vec![logits])
        })
        .await?;
        let logits: Vec<f32> = read.into_iter().flatten().collect();
        if logits.iter().any(|logit| !logit.is_finite()) {
            return Err(Error::Weights(say!(
                "output-infinite",
                "the network's output is not finite on this picture; its weights overflow"
            )));
        }
        Ok(Self { input, size: [height, width], trace, logits })
    }

    /// The target: a class, alone or set against others.
    ///
    /// # Errors
    /// As [`Output::contrast`].
    pub(crate) fn target(&self, output: Output, class: usize, against: Option<Against>) -> Result<Target> {
        against.map_or_else(|| Ok(output.target(class)), |against| output.contrast(class, against, &self.logits))
    }

    /// How much relevance a class starts with.
    pub(crate) fn amount(&self, output: Output, class: usize, target: &Target, start: Start) -> f32 {
        let amount = match start {
            Start::Probability => output.probabilities(&self.logits)[class],
            Start::Logit => target.logit(&self.logits).abs(),
        };
        amount.max(LEAST)
    }
}

/// The sum that relevance must have at the first boundary, if it is known here: that of a contrast is computed on the
/// device.
fn known_start(target: &Target, amount: f32) -> Option<f32> {
    matches!(target, Target::Class { .. }).then_some(amount)
}
