//! The GPU: opened once, and watched for errors that would otherwise go unnoticed.

use std::sync::Arc;

use burn::tensor::Tensor;
use burn_cubecl::cubecl::MemoryScope;
use burn_wgpu::graphics::AutoGraphicsApi;
use burn_wgpu::{RuntimeOptions, Wgpu, WgpuDevice, WgpuInitError, try_init_setup_async};

#[cfg(not(target_arch = "wasm32"))]
use super::adapter::Adapter;
use super::faults::Faults;
use super::memory::Memory;
#[cfg(not(target_arch = "wasm32"))]
use crate::sentence::say;
use crate::{Error, Result};

/// Whether this build contains the code for the GPU.
pub(super) const BUILT: bool = true;

/// The GPU once it is open. Burn's runtime can be initialised only once in a process or page.
static OPENED: async_lock::Mutex<Option<Gpu>> = async_lock::Mutex::new(None);

/// The faults of the one GPU.
pub(super) static FAULTS: Faults = Faults::new();

/// The GPU that the runtime has opened.
#[derive(Clone)]
pub(super) struct Gpu {
    pub(super) device: burn::tensor::Device,
    /// The adapter's description by the runtime. In the browser, the browser's own description says more.
    #[cfg(not(target_arch = "wasm32"))]
    adapter: Adapter,
}

/// Opens the GPU that the runtime chooses. Natively it obeys `CUBECL_WGPU_DEFAULT_DEVICE`.
pub(super) async fn open() -> Result<Gpu> {
    let mut opened = OPENED.lock().await;
    if let Some(gpu) = &*opened {
        return Ok(gpu.clone());
    }
    let failed = |error: WgpuInitError| Error::Device(error.to_string().into());
    let selected = WgpuDevice::default();
    let options = RuntimeOptions::try_default().map_err(failed)?;
    let setup = try_init_setup_async::<AutoGraphicsApi>(&selected, options).await.map_err(failed)?;
    // Burn's own handler panics; a shader that doesn't compile would then end the page's engine.
    setup.device.on_uncaptured_error(Arc::new(|error| {
        log::error!("GPU: {error}");
        FAULTS.report(error.to_string());
    }));
    #[cfg(target_arch = "wasm32")]
    crate::witness::deliver_through(setup.queue.clone());
    let gpu = Gpu {
        device: burn::tensor::Device::from(selected),
        #[cfg(not(target_arch = "wasm32"))]
        adapter: described(&setup),
    };
    Ok(opened.insert(gpu).clone())
}

/// How much memory the pools of a tensor's GPU hold; none if the tensor is on the CPU.
pub(crate) fn memory<const D: usize>(tensor: &Tensor<D>) -> Option<Memory> {
    let tensor = tensor.clone().try_into_primitive::<Wgpu>().ok()?;
    let usage = tensor.client.memory_report(MemoryScope::Device).usage();
    Some(Memory { used: usage.bytes_in_use, reserved: usage.bytes_reserved })
}

#[cfg(not(target_arch = "wasm32"))]
fn described(setup: &burn_wgpu::WgpuSetup) -> Adapter {
    use burn_wgpu::wgpu::{DeviceType, Features};
    let info = setup.adapter.get_info();
    let limits = setup.device.limits();
    let timers = setup.adapter.features().contains(Features::TIMESTAMP_QUERY);
    Adapter {
        description: format!("{} ({})", info.name, info.backend),
        software: info.device_type == DeviceType::Cpu,
        largest_buffer: limits.max_buffer_size.min(limits.max_storage_buffer_binding_size),
        unfit: (!timers).then(|| say!("gpu-timers-native", "it has no timestamp queries")),
    }
}

/// The adapter that the runtime chooses natively. It is opened to find out.
#[cfg(not(target_arch = "wasm32"))]
pub fn adapter() -> std::result::Result<Adapter, crate::Sentence> {
    match pollster::block_on(open()) {
        Ok(gpu) => Ok(gpu.adapter),
        Err(Error::Device(why)) => Err(say!("no-gpu", "no GPU was found ({why})", why)),
        Err(error) => Err(error.sentence().clone()),
    }
}
