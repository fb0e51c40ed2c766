//! Loads a network to a device.

use std::sync::{Arc, Mutex};

use super::info::labels;
use super::passes::Passes;
use super::{Engine, Explainer, Info};
use crate::checkpoint::{Checkpoint, Reading};
use crate::device::{Adapter, Choice, Device, Preference};
use crate::explanation::{Progress, step};
use crate::fence::Fence;
use crate::network::Graph;
use crate::output::Output;
use crate::sentence::{Sentence, say};
use crate::weights::Source;
use crate::{Error, Result};

/// Options for loading a network.
#[derive(Clone, Debug, Default)]
pub struct Loading {
    /// Which device to use.
    pub device: Choice,
    /// Which kernels to use on a GPU.
    pub kernels: Preference,
    /// Options for reading the file, and facts about the network.
    pub reading: Reading,
}

impl Explainer {
    /// Reads weights, opens a device and loads the network to it. `adapter` is what the platform offers, or the reason
    /// why there is none. Progress counts bytes.
    ///
    /// # Errors
    /// [`Error::Weights`], [`Error::Device`] and [`Error::Options`], for what can't be used.
    pub async fn create<S: Source>(
        weights: S,
        loading: Loading,
        adapter: std::result::Result<Adapter, Sentence>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let fence = Fence::default();
        let engine = fence.within(Self::load(weights, loading, adapter, progress)).await?;
        Ok(Self { engine: Arc::new(Engine { fence, ..engine }) })
    }

    async fn load<S: Source>(
        weights: S,
        loading: Loading,
        adapter: std::result::Result<Adapter, Sentence>,
        progress: Progress<'_>,
    ) -> Result<Engine> {
        let size = weights.size() as f64;
        progress(0.0, size, step::HEADER);
        let checkpoint = Checkpoint::open_as(weights, loading.reading).await?;
        let blueprint = checkpoint.blueprint();
        if ![1, 3].contains(&blueprint.channels) {
            return Err(Error::Weights(say!(
                "picture-channels",
                "the network takes pictures of {channels} channels; three (red, green, blue) or one (grey) were expected",
                channels = blueprint.channels
            )));
        }
        let preparation = checkpoint.preparation()?;
        let outputs = blueprint.outputs();
        let output = Output::new(checkpoint.given().output(), outputs)?;
        let facts = checkpoint.given().facts(blueprint, &preparation, output)?;
        progress(0.0, size, step::DEVICE);
        let device = Device::open(loading.device, adapter).await?;
        let turn = device.turn().await;
        let mut network = Graph::load(&checkpoint, device.burn(), |done, total| {
            progress((size * done as f64 / total as f64).round(), size, step::WEIGHTS)
        })
        .await?;
        device.check()?;
        // Frees what an earlier network left.
        device.burn().memory_cleanup();
        drop(turn);
        let kernels = device.fit(&mut network, preparation.side, loading.kernels, progress).await?;
        let info = Info {
            device: device.kind,
            adapter: device.adapter.clone(),
            reason: device.reason.to_string(),
            why: device.reason.clone(),
            architecture: checkpoint.architecture(),
            channels: preparation.channels,
            side: preparation.side,
            facts,
            classes: output.classes(outputs),
            output,
            parameters: blueprint.parameters(),
            depths: blueprint.depths(),
            unused: checkpoint.unused().to_vec(),
            attention: blueprint.attends(),
            labels: labels(checkpoint.labels(), output),
            kernels,
        };
        let (turn, fence) = Default::default();
        let passes = Mutex::new(Passes::new(preparation.side));
        Ok(Engine { device, network, preparation, info, turn, passes, fence })
    }

    /// An explainer for another network with the same classes, such as a [`randomised`](crate::metric::randomised) one,
    /// on the same device.
    pub fn with_network(&self, network: Graph) -> Self {
        let Engine { device, preparation, info, .. } = &*self.engine;
        let (device, info) = (device.clone(), info.clone());
        let (turn, fence) = Default::default();
        let preparation = *preparation;
        let passes = Mutex::new(Passes::new(preparation.side));
        let engine = Engine { device, network, preparation, info, turn, passes, fence };
        Self { engine: Arc::new(engine) }
    }
}
