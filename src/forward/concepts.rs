//! The channels of a layer to which a class owes its relevance, and the network's answer without some of them.

use burn::tensor::{Tensor, TensorData};

use super::attribution::{Attribution, summed};
use super::{Forward, known_start};
use crate::attribution::{self, Composite, Staged};
use crate::concept::{self, Concept, Concepts};
use crate::explanation::{Boundary, Progress, step};
use crate::network::Graph;
use crate::output::Target;
use crate::pause::Pause;
use crate::sentence::say;
use crate::{Error, Result, witness};

impl Forward {
    /// The `top` channels with the most relevance at the output of the node `at`, each with its map. `progress`
    /// receives the number of maps done and of all maps.
    ///
    /// # Errors
    /// As [`Forward::attribute`].
    pub(crate) async fn concepts(
        &self,
        network: &Graph,
        (target, amount): (&Target, f32),
        composite: &Staged<Composite>,
        (at, top): (usize, usize),
        progress: Progress<'_>,
    ) -> Result<Concepts> {
        let (trace, device) = (&self.trace, self.trace.logits.device());
        let work = || attribution::attribute_to(network, trace, target, amount, composite, at);
        let reached = Attribution::read(&device, known_start(target, amount), work).await?;
        let Some(Boundary { name, width, height, .. }) = reached.boundaries.last() else {
            return Err(Error::DeviceLost(say!("result-short", "its result is shorter than it should be")));
        };
        let area = width * height;
        let channels = concept::channels(&reached.values, area);
        let order = concept::most_relevant(&channels, top);
        let magnitude: f64 = channels.iter().map(|relevance| relevance.abs()).sum();
        let (mut concepts, mut pause) = (Vec::with_capacity(order.len()), Pause::new());
        for &channel in &order {
            progress(concepts.len() as f64, order.len() as f64, step::CONCEPTS);
            let own = channel * area..(channel + 1) * area;
            let mut alone = vec![0f32; reached.values.len()];
            alone[own.clone()].copy_from_slice(&reached.values[own]);
            let alone = Tensor::from_data(TensorData::new(alone, [1, channels.len(), *height, *width]), &device);
            let work = || attribution::attribute_from(network, trace, composite, at, alone);
            let Attribution { values, .. } = Attribution::read(&device, None, work).await?.finite()?;
            let relevance = channels[channel];
            let share = if magnitude > 0.0 { relevance / magnitude } else { 0.0 };
            let map = summed(&values, self.size[0] * self.size[1]);
            concepts.push(Concept { channel, relevance, share, map });
            pause.take().await;
        }
        let [height, width] = self.size;
        Ok(Concepts { layer: name.clone(), channels, concepts, width, height })
    }

    /// The logits `[outputs]` when the outputs of the node `at` are set to 0 in some channels, and everything after it
    /// runs again.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such channel, [`Error::DeviceWrong`] and [`Error::DeviceLost`].
    pub(crate) async fn without(&self, network: &Graph, at: usize, channels: &[usize]) -> Result<Vec<f32>> {
        let (output, name) = (&self.trace.steps[at].output, &network.nodes[at].name);
        let count = output.dims()[1];
        let mut kept = vec![1f32; count];
        for &channel in channels {
            *kept.get_mut(channel).ok_or_else(|| {
                Error::Options(say!(
                    "no-channel",
                    "there is no channel {channel} in {layer}; its channels are 0 to {last}",
                    channel,
                    layer = name.as_str(),
                    last = count.saturating_sub(1)
                ))
            })? = 0.0;
        }
        let device = output.device();
        let kept = Tensor::from_data(TensorData::new(kept, [1, count, 1, 1]), &device);
        let work = || ((), vec![network.logits_from(at + 1, output.clone() * kept).flatten(0, 1)]);
        let ((), read) = witness::read(&device, work).await?;
        Ok(read.into_iter().flatten().collect())
    }
}
