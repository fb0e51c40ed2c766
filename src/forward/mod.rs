//! A forward pass, and what the methods make of it.

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

/// The least that relevance starts with: a probability that f32 rounds to zero, or that is so small that what
/// comes of it would be, gives the map of this one. Maps are of relevance a millionth of the start and less.
const LEAST: f32 = 1e-12;

/// A forward pass whose activations are kept, so that another class needs only the way back.
#[derive(Debug)]
pub(crate) struct Forward {
    /// [channels, height, width].
    pub(crate) input: Arc<Vec<f32>>,
    /// [height, width].
    pub(crate) size: [usize; 2],
    trace: Trace,
    /// [classes], finite.
    pub(crate) logits: Vec<f32>,
}

impl Forward {
    /// Runs a network on one input [channels, height, width].
    ///
    /// # Errors
    /// [`Error::Weights`] where a logit is not finite, and [`Error::DeviceWrong`].
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

    /// The explained class, which may be set against others.
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

/// Relevance that a class starts with, whose sum has to be at the first boundary; a contrast's is the device's.
fn known(target: &Target, amount: f32) -> Option<f32> {
    matches!(target, Target::Class { .. }).then_some(amount)
}
