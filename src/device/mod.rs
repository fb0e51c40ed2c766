//! Where the network runs: WebGPU where the adapter is fit for it, else the CPU, with the reason.

mod adapter;
mod faults;
mod fit;
#[cfg_attr(not(feature = "gpu"), path = "no_gpu.rs")]
mod gpu;
mod memory;
mod self_test;

pub use adapter::Adapter;
pub(crate) use faults::Turn;
pub use fit::Preference;
pub(crate) use gpu::memory;
pub use memory::Memory;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use c3lrp_kernels::Processor;
use serde::Serialize;

pub use crate::kernel::{Candidate, KernelTimings, Kernels, Timing};
use crate::sentence::{Sentence, say};
use crate::words::words;
use crate::{Error, Result};

words! {
    /// The device that is asked for.
    #[derive(Default)]
    pub enum Choice {
        /// WebGPU on a real adapter, else the CPU.
        #[default]
        Auto = "auto",
        /// WebGPU, a software adapter included, or an error.
        WebGpu = "webgpu",
        /// The CPU.
        Cpu = "cpu",
    }
}

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Burn's wgpu backend with WGSL shaders.
    WebGpu,
    /// Burn's flex backend.
    Cpu,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
        })
    }
}

/// A device that is ready and has given the known answer.
#[derive(Clone, Debug)]
pub struct Device {
    burn: burn::tensor::Device,
    /// What computes.
    pub kind: Kind,
    /// The adapter's description, or what computes on the CPU.
    pub adapter: String,
    /// Why this device was taken.
    pub reason: Sentence,
    /// As the adapter's; none on the CPU.
    largest_buffer: Option<u64>,
    /// How many of the GPU's reports it has heard.
    heard: Arc<AtomicUsize>,
}

/// Pictures that run together at most: more are hardly faster, and hold what comes after them up.
const LARGEST_BATCH: u64 = 32;

impl Device {
    /// Opens the device that `choice` and `adapter` allow, and tests it against a stored answer.
    ///
    /// `adapter` is the one that the platform offers, or why there is none.
    ///
    /// # Errors
    /// [`Error::Device`] where WebGPU was asked for and can't be had or computes wrongly, or the CPU
    /// computes wrongly.
    pub async fn open(choice: Choice, adapter: std::result::Result<Adapter, Sentence>) -> Result<Self> {
        // It has a part in the GPU's work too: it judges it.
        Processor::chosen().map_err(|words| Error::Device(words.into()))?;
        let reason = match choose(choice, &adapter)? {
            (Kind::WebGpu, reason) => match Self::webgpu(&adapter, reason).await {
                Err(error) if choice == Choice::Auto => {
                    say!("reason-gpu-failed", "WebGPU failed ({what})", what = error.sentence())
                }
                opened => return opened,
            },
            (Kind::Cpu, reason) => reason,
        };
        let burn = burn::tensor::Device::flex();
        self_test::run(&burn, Candidate::Burn).await?;
        Ok(Self { burn, kind: Kind::Cpu, adapter: CPU.into(), reason, largest_buffer: None, heard: Arc::default() })
    }

    async fn webgpu(adapter: &std::result::Result<Adapter, Sentence>, reason: Sentence) -> Result<Self> {
        let burn = gpu::open().await?.device;
        // Reports on others before it are none of its business.
        let heard = Arc::new(AtomicUsize::new(gpu::FAULTS.told().0));
        let largest_buffer = Some(adapter.as_ref().map_or(0, |adapter| adapter.largest_buffer));
        let adapter = adapter.as_ref().map_or_else(Sentence::to_string, |adapter| adapter.description.clone());
        let device = Self { burn, kind: Kind::WebGpu, adapter, reason, largest_buffer, heard };
        let _turn = device.turn().await;
        let tested = self_test::run(&device.burn, Candidate::Burn).await;
        device.check()?;
        tested.map(|()| device.clone())
    }

    /// Burn's handle.
    pub fn burn(&self) -> &burn::tensor::Device {
        &self.burn
    }

    /// How many pictures run through the network together. `activation` is the largest activation of one picture, in
    /// bytes. On a GPU, a batch of them takes at most a quarter of the largest buffer, since a few are held at once.
    pub fn batch(&self, activation: u64) -> usize {
        match self.largest_buffer {
            Some(bytes) => (bytes / 4 / activation.max(1)).clamp(1, LARGEST_BATCH) as usize,
            // In the browser more are no faster, and hold the thread longer.
            None if cfg!(target_arch = "wasm32") => 1,
            None => 8,
        }
    }

    /// How many pictures may run through the network together, as [`Device::batch`] counts them; on the CPU, as
    /// many as whoever asks wants.
    pub(crate) fn most(&self, activation: u64) -> usize {
        match self.kind {
            Kind::WebGpu => self.batch(activation),
            Kind::Cpu => usize::MAX,
        }
    }

    /// Work on the device, for as long as it is held; [`Device::check`] it before that ends. It waits while
    /// somebody tries kernels, and must not be asked for twice by the same work.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        match self.kind {
            Kind::WebGpu => Some(gpu::FAULTS.turn().await),
            Kind::Cpu => None,
        }
    }

    /// Whether everything that was submitted since it was asked last was accepted by the GPU. Whoever else is on
    /// the GPU is told as well: a command that is rejected takes those beside it along.
    ///
    /// # Errors
    /// [`Error::DeviceLost`] with the GPU's own words: a shader or a command that it rejected is
    /// skipped in silence, and would leave old numbers in the results.
    pub fn check(&self) -> Result<()> {
        if self.kind == Kind::Cpu {
            return Ok(());
        }
        let (told, last) = gpu::FAULTS.told();
        match self.heard.swap(told, Ordering::Relaxed) == told {
            true => Ok(()),
            false => Err(Error::DeviceLost(say!("gpu-rejected", "the GPU rejected a command: {words}", words = last))),
        }
    }
}

#[cfg(target_arch = "wasm32")]
const CPU: &str = "WebAssembly SIMD, one thread";
#[cfg(not(target_arch = "wasm32"))]
const CPU: &str = "native, all cores";

/// The adapter of this machine, natively.
#[cfg(not(target_arch = "wasm32"))]
pub use gpu::adapter;

fn choose(choice: Choice, adapter: &std::result::Result<Adapter, Sentence>) -> Result<(Kind, Sentence)> {
    let usable = adapter.as_ref().map_err(Sentence::clone).and_then(|adapter| match &adapter.unfit {
        Some(why) => {
            Err(say!("gpu-unfit", "the GPU adapter {adapter} can't be used: {why}", adapter = adapter.description, why))
        }
        None => Ok(adapter),
    });
    match (choice, usable) {
        (Choice::Cpu, _) => Ok((Kind::Cpu, say!("reason-cpu-asked", "The CPU was asked for."))),
        (Choice::WebGpu, Ok(_)) => Ok((Kind::WebGpu, say!("reason-gpu-asked", "WebGPU was asked for."))),
        (Choice::WebGpu, Err(why)) => {
            Err(Error::Device(say!("gpu-asked", "WebGPU was asked for, but {why}. Choose the CPU.", why)))
        }
        (Choice::Auto, Ok(adapter)) if adapter.software => Ok((
            Kind::Cpu,
            say!("reason-gpu-software", "Only a software GPU adapter is here, which is slower than the CPU."),
        )),
        (Choice::Auto, Ok(_)) if !gpu::BUILT => Ok((
            Kind::Cpu,
            say!("reason-gpu-later", "A GPU is here; the CPU computes until the engine's part for it is fetched."),
        )),
        (Choice::Auto, Ok(_)) => Ok((Kind::WebGpu, say!("reason-gpu", "A GPU is here."))),
        (Choice::Auto, Err(why)) => Ok((Kind::Cpu, say!("reason-no-gpu", "{why}", why).alone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(software: bool, unfit: Option<&str>) -> std::result::Result<Adapter, Sentence> {
        Ok(Adapter { description: "A".into(), software, largest_buffer: 128 << 20, unfit: unfit.map(Sentence::from) })
    }

    #[test]
    fn auto_takes_a_real_gpu_only() {
        let kind = |adapter| choose(Choice::Auto, &adapter).unwrap().0;
        assert_eq!(kind(adapter(false, None)), Kind::WebGpu);
        assert_eq!(kind(adapter(true, None)), Kind::Cpu);
        assert_eq!(kind(adapter(false, Some("it has no timers"))), Kind::Cpu);
        assert_eq!(kind(Err("this browser has no WebGPU".into())), Kind::Cpu);
    }

    #[test]
    fn reasons_are_sentences() {
        assert_eq!(
            choose(Choice::Auto, &Err("this browser has no WebGPU".into())).unwrap().1.text(),
            "This browser has no WebGPU."
        );
        let error = choose(Choice::WebGpu, &adapter(false, Some("it has no timers"))).unwrap_err();
        assert_eq!(
            error.to_string(),
            "This device can't be used: WebGPU was asked for, but the GPU adapter A can't be used: it has no timers. Choose the CPU."
        );
    }

    #[test]
    fn batches_fill_a_quarter_of_the_largest_buffer() {
        let batch = |largest_buffer, activation| {
            let (adapter, reason) = ("A".into(), "B".into());
            let burn = burn::tensor::Device::flex();
            let heard = Arc::default();
            Device { burn, kind: Kind::WebGpu, adapter, reason, largest_buffer, heard }.batch(activation)
        };
        // ResNet-50's is 64·112²·4 bytes.
        assert_eq!(batch(Some(128 << 20), 3_211_264), 10);
        assert_eq!(batch(Some(4 << 30), 3_211_264), 32);
        assert_eq!(batch(Some(1 << 20), 3_211_264), 1);
        assert_eq!(batch(None, 3_211_264), 8);
    }

    #[test]
    fn software_serves_who_asks_for_it() {
        assert_eq!(choose(Choice::WebGpu, &adapter(true, None)).unwrap().0, Kind::WebGpu);
        assert_eq!(choose(Choice::Cpu, &adapter(false, None)).unwrap().0, Kind::Cpu);
    }
}
