//! Loads a network to a device.

use std::sync::{Arc, Mutex};

use super::info::labels;
use super::passes::Passes;
use super::{Engine, Explainer, Info};
use crate::checkpoint::{Checkpoint, Reading};
use crate::device::{Adapter, Choice, Device, KernelTimings, Preference, Totals};
use crate::explanation::{Progress, step};
use crate::fence::Fence;
use crate::network::Graph;
use crate::output::Output;
use crate::sentence::{Sentence, say};
use crate::weights::Source;
use crate::{Error, Result};

/// How a network is loaded: on which device, with which kernels, and how its file is read.
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
        let side = preparation.side;
        let (mut device, mut network) = placed((&checkpoint, size), loading.device, adapter, progress).await?;
        let kernels = device.fit(&mut network, side, loading.kernels, progress).await?;
        if let (Choice::Auto, Some(why)) = (loading.device, slower(&mut network, side, kernels.as_ref())) {
            drop(network);
            device.burn().memory_cleanup();
            (device, network) = placed((&checkpoint, size), Choice::Auto, Err(why), progress).await?;
        }
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

/// The device that `choice` and `adapter` allow, and the network of `size` bytes on it.
async fn placed<S: Source>(
    (checkpoint, size): (&Checkpoint<S>, f64),
    choice: Choice,
    adapter: std::result::Result<Adapter, Sentence>,
    progress: Progress<'_>,
) -> Result<(Device, Graph)> {
    progress(0.0, size, step::DEVICE);
    let device = Device::open(choice, adapter).await?;
    let _turn = device.turn().await;
    let network = Graph::load(checkpoint, device.burn(), |done, total| {
        progress((size * done as f64 / total as f64).round(), size, step::WEIGHTS)
    })
    .await?;
    device.check()?;
    // Frees what an earlier network left.
    device.burn().memory_cleanup();
    Ok((device, network))
}

/// Why a GPU is not worth using for a network, if it is not: the CPU computes the network's convolutions sooner. They take nearly
/// all the time of an explanation.
fn slower(network: &mut Graph, side: usize, measured: Option<&KernelTimings>) -> Option<Sentence> {
    let layers: Vec<_> =
        network.convolutions([side; 2]).into_iter().map(|(layer, size)| layer.geometry(1, size)).collect();
    let Totals { gpu, cpu } = measured?.totals(&layers);
    (gpu > cpu).then(|| {
        say!(
            "gpu-slower",
            "the GPU here is slower than the CPU: the network's convolutions take {gpu} ms on it, and {cpu} ms on the CPU",
            gpu = gpu.round(),
            cpu = cpu.round()
        )
    })
}
