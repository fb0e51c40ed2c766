//! A loaded network that explains pictures.

mod attribute;
mod explain;
mod explained;
mod info;
mod load;
mod logits;
mod passes;

pub use explained::Explained;
pub use info::Info;
pub use load::Loading;

use std::sync::{Arc, Mutex, PoisonError};

use web_time::Instant;

use self::passes::{Passes, Picture};
use crate::Result;
use crate::device::{self, Device, Memory};
use crate::fence::Fence;
use crate::forward::Forward;
use crate::network::Graph;
use crate::options::{MethodInfo, methods};
use crate::output::Against;
use crate::picture::Preparation;

/// A network on its device. A clone is another handle for the same network; overlapping calls wait for each other.
#[derive(Clone, Debug)]
pub struct Explainer {
    engine: Arc<Engine>,
}

#[derive(Debug)]
struct Engine {
    device: Device,
    network: Graph,
    preparation: Preparation,
    info: Info,
    /// Locked while work uses the network.
    turn: async_lock::Mutex<()>,
    passes: Mutex<Passes>,
    fence: Fence,
}

impl Explainer {
    /// What is loaded, and the device that it runs on.
    pub fn info(&self) -> &Info {
        &self.engine.info
    }

    /// What the GPU's memory pools hold, once no work is in progress; none on the CPU.
    pub async fn memory(&self) -> Option<Memory> {
        let _network = self.engine.turn.lock().await;
        device::memory(self.engine.network.head.weight.tensor())
    }

    /// The available methods, the default one first.
    pub fn methods() -> Vec<MethodInfo> {
        methods()
    }

    /// How pictures are prepared for the network.
    pub fn preparation(&self) -> Preparation {
        self.engine.preparation
    }

    /// The network that is explained.
    pub fn network(&self) -> &Graph {
        &self.engine.network
    }

    /// From now on, keeps the activations of up to `most` pictures instead of one, each as long as its [`Explained`]
    /// exists.
    pub fn keep_passes(&self, most: usize) {
        self.passes(|passes| passes.keep(most));
    }

    /// Size in bytes of the largest activation for a picture of `[height, width]`.
    ///
    /// # Errors
    /// [`Error::Picture`](crate::Error::Picture) if the picture is too small for the network.
    fn activation(&self, size: [usize; 2]) -> Result<u64> {
        Ok(4 * self.engine.network.largest_activation(size)? as u64)
    }

    /// Checks that the network has the classes that are asked for.
    ///
    /// # Errors
    /// As [`Output::check`](crate::Output::check).
    fn check(&self, target: Option<usize>, against: Option<Against>) -> Result<()> {
        let Info { output, classes, .. } = self.engine.info;
        output.check(target, against, classes)
    }

    /// How many pictures of a size run through the network at once, when there are many.
    fn batch(&self, size: [usize; 2]) -> Result<usize> {
        Ok(self.engine.device.batch(self.activation(size)?))
    }

    fn passes<T>(&self, act: impl FnOnce(&mut Passes) -> T) -> T {
        act(&mut self.engine.passes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The forward pass of a picture, kept or new, and how long it took in milliseconds.
    async fn pass(&self, picture: &Arc<Picture>) -> Result<(Arc<Forward>, f64)> {
        let Engine { device, network, .. } = &*self.engine;
        let start = Instant::now();
        if let Some(pass) = self.passes(|passes| passes.find(picture)) {
            return Ok((pass, 0.0));
        }
        if self.passes(|passes| passes.make_room(picture.size)) {
            // Buffers are kept for pictures of one size only.
            device.burn().memory_cleanup();
        }
        let forward = Forward::run(network, picture.input.clone(), picture.size, device.burn()).await;
        // If the device rejected a command, that is the cause of any other error.
        device.check()?;
        let forward = forward?;
        // Kept from here on, even if the backward pass fails.
        let forward = Arc::new(forward);
        self.passes(|passes| passes.insert(picture, forward.clone()));
        Ok((forward, lasted(start)))
    }
}

fn lasted(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
