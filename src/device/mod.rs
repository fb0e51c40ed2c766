//! The device that runs the network: a GPU through WebGPU if the adapter is suitable, otherwise the CPU, with the
//! reason.

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

pub use crate::kernel::{Candidate, KernelTimings, Kernels, Timing, Totals};
use crate::sentence::{Sentence, say};
use crate::words::words;
use crate::{Error, Result};

words! {
    /// Which device to use.
    #[derive(Default)]
    pub enum Choice {
        /// WebGPU on a real adapter, otherwise the CPU.
        #[default]
        Auto = "auto",
        /// WebGPU, even on a software adapter; an error if there is none.
        WebGpu = "webgpu",
        /// The CPU.
        Cpu = "cpu",
    }
}

/// A kind of device.
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

/// A device that is ready, and has passed the self-test.
#[derive(Clone, Debug)]
pub struct Device {
    burn: burn::tensor::Device,
    /// The kind of device.
    pub kind: Kind,
    /// The adapter's description; on the CPU, a description of how the CPU is used.
    pub adapter: String,
    /// Why this device was chosen.
    pub reason: Sentence,
    /// The adapter's largest buffer in bytes; none on the CPU.
    largest_buffer: Option<u64>,
    /// How many of the GPU's faults this device has already seen.
    heard: Arc<AtomicUsize>,
}

/// The largest number of pictures that run together. Larger batches are hardly faster, and delay what comes after them.
const LARGEST_BATCH: u64 = 32;

impl Device {
    /// Opens the device that `choice` and `adapter` allow, and tests it with a small network whose answer is stored.
    ///
    /// `adapter` is what the platform offers, or the reason why there is none.
    ///
    /// # Errors
    /// [`Error::Device`] if WebGPU was chosen but is missing or computes wrongly, or if the CPU computes wrongly.
    pub async fn open(choice: Choice, adapter: std::result::Result<Adapter, Sentence>) -> Result<Self> {
        // The CPU is needed for the GPU's work as well: it checks it.
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
        // Faults from before this device don't concern it.
        let heard = Arc::new(AtomicUsize::new(gpu::FAULTS.told().0));
        let largest_buffer = Some(adapter.as_ref().map_or(0, |adapter| adapter.largest_buffer));
        let adapter = adapter.as_ref().map_or_else(Sentence::to_string, |adapter| adapter.description.clone());
        let device = Self { burn, kind: Kind::WebGpu, adapter, reason, largest_buffer, heard };
        let _turn = device.turn().await;
        let tested = self_test::run(&device.burn, Candidate::Burn).await;
        device.check()?;
        tested.map(|()| device.clone())
    }

    /// Burn's handle of the device.
    #[doc(hidden)]
    pub fn burn(&self) -> &burn::tensor::Device {
        &self.burn
    }

    /// How many pictures run through the network at once. `activation` is the size of one picture's largest activation,
    /// in bytes. On a GPU, that activation for the whole batch takes at most a quarter of the largest buffer, since a
    /// few are held at a time.
    pub fn batch(&self, activation: u64) -> usize {
        match self.largest_buffer {
            Some(bytes) => (bytes / 4 / activation.max(1)).clamp(1, LARGEST_BATCH) as usize,
            // In the browser, larger batches are no faster, and block the thread for longer.
            None if cfg!(target_arch = "wasm32") => 1,
            None => 8,
        }
    }

    /// How many pictures may run through the network at once, in the sense of [`Device::batch`]; on the CPU there is no
    /// limit.
    pub(crate) fn most(&self, activation: u64) -> usize {
        match self.kind {
            Kind::WebGpu => self.batch(activation),
            Kind::Cpu => usize::MAX,
        }
    }

    /// Permission to work on the device for as long as the result is held; call [`Device::check`] before it is dropped.
    /// It waits while kernels are tried. The same work must not ask for it twice.
    pub(crate) async fn turn(&self) -> Option<Turn> {
        match self.kind {
            Kind::WebGpu => Some(gpu::FAULTS.turn().await),
            Kind::Cpu => None,
        }
    }

    /// Checks that the GPU accepted everything that was submitted since the last call. A rejected command takes down
    /// those submitted with it, so every device on this GPU sees the same fault.
    ///
    /// # Errors
    /// [`Error::DeviceLost`] with the GPU's own words: it skips a rejected shader or command silently, which would
    /// leave old numbers in the results.
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

/// This machine's adapter, natively.
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
        // The largest activation of ResNet-50 has 64·112²·4 bytes.
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
