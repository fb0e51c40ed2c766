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

/// A network on its device. A clone is another handle of the same; calls that overlap wait for each other.
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
    /// Who holds it uses this network.
    turn: async_lock::Mutex<()>,
    passes: Mutex<Passes>,
    fence: Fence,
}

impl Explainer {
    /// What is loaded, and where it runs.
    pub fn info(&self) -> &Info {
        &self.engine.info
    }

    /// What the GPU's memory pools hold, once nothing is under way; none on the CPU.
    pub async fn memory(&self) -> Option<Memory> {
        let _network = self.engine.turn.lock().await;
        device::memory(self.engine.network.head.weight.tensor())
    }

    /// The methods that an explanation can ask for, the default one first.
    pub fn methods() -> Vec<MethodInfo> {
        methods()
    }

    /// How its pictures are prepared.
    pub fn preparation(&self) -> Preparation {
        self.engine.preparation
    }

    /// The network that is explained.
    pub fn network(&self) -> &Graph {
        &self.engine.network
    }

    /// Keeps the activations of so many pictures that were explained, instead of one, as long as their
    /// [`Explained`] is there.
    pub fn keep_passes(&self, most: usize) {
        self.passes(|passes| passes.keep(most));
    }

    /// Bytes of the largest activation of a picture of [height, width].
    ///
    /// # Errors
    /// [`Error::Picture`](crate::Error::Picture) where the picture is too small for the network.
    fn activation(&self, size: [usize; 2]) -> Result<u64> {
        Ok(4 * self.engine.network.largest_activation(size)? as u64)
    }

    /// Whether the network has the classes that are asked about.
    ///
    /// # Errors
    /// As [`Output::check`](crate::Output::check).
    fn check(&self, target: Option<usize>, against: Option<Against>) -> Result<()> {
        let Info { output, classes, .. } = self.engine.info;
        output.check(target, against, classes)
    }

    /// How many pictures of a size run through the network together where there are many of them.
    fn batch(&self, size: [usize; 2]) -> Result<usize> {
        Ok(self.engine.device.batch(self.activation(size)?))
    }

    fn passes<T>(&self, act: impl FnOnce(&mut Passes) -> T) -> T {
        act(&mut self.engine.passes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A picture's own forward pass: the one that is kept, or a new one.
    async fn pass(&self, picture: &Arc<Picture>) -> Result<(Arc<Forward>, f64)> {
        let Engine { device, network, .. } = &*self.engine;
        let start = Instant::now();
        if let Some(pass) = self.passes(|passes| passes.find(picture)) {
            return Ok((pass, 0.0));
        }
        if self.passes(|passes| passes.make_room(picture.size)) {
            // Buffers are kept for pictures of one size.
            device.burn().memory_cleanup();
        }
        let forward = Forward::run(network, picture.input.clone(), picture.size, device.burn()).await;
        // A command that was rejected is the cause of what is wrong.
        device.check()?;
        let forward = forward?;
        // Kept from here on, whatever comes of the way back.
        let forward = Arc::new(forward);
        self.passes(|passes| passes.insert(picture, forward.clone()));
        Ok((forward, lasted(start)))
    }
}

fn lasted(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
