//! The self-test again, beside the work.

use web_time::{Duration, Instant};

use super::{Device, Kind, self_test};
use crate::kernel::Candidate;
use crate::network::ResNet;
use crate::picture;
use crate::{Error, Result};

/// It is computed again beside the next explanation when so long has passed: the other checks are of every
/// explanation, and this is for what fools both sides of them, such as an activation function gone wrong.
const EVERY: Duration = Duration::from_secs(20);

/// Computes the known small network again from time to time, with the kernels that are in use.
#[derive(Debug)]
pub struct Canary {
    candidates: Vec<Candidate>,
    last: Instant,
}

impl Canary {
    /// For a network whose kernels were chosen, and tested just now.
    pub fn new(network: &mut ResNet) -> Self {
        let layers = network.convolutions([picture::SIDE; 2]);
        let used = |candidate: &Candidate| {
            layers.iter().any(|(layer, _)| [layer.kernels.forward, layer.kernels.vjp].contains(candidate))
        };
        Self { candidates: Candidate::ALL.into_iter().filter(used).collect(), last: Instant::now() }
    }

    /// Before a map is handed out.
    ///
    /// # Errors
    /// [`Error::DeviceWrong`] where the answer is another than the known one.
    pub async fn sing(&mut self, device: &Device) -> Result<()> {
        if device.kind == Kind::Cpu || self.last.elapsed() < EVERY {
            return Ok(());
        }
        for candidate in &self.candidates {
            self_test::run(&device.burn, *candidate).await.map_err(|error| match error {
                Error::Device(what) => Error::DeviceWrong(what),
                other => other,
            })?;
        }
        self.last = Instant::now();
        Ok(())
    }
}
