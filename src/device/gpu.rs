//! The GPU: opened once, and watched for errors that nobody else would report.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::Device;
use burn_wgpu::graphics::AutoGraphicsApi;
use burn_wgpu::{RuntimeOptions, WgpuDevice, WgpuInitError, try_init_setup_async};

use crate::{Error, Result};

/// Burn's runtime can be initialised once in a process or page.
static OPENED: async_lock::Mutex<Option<Device>> = async_lock::Mutex::new(None);

/// The first error that the GPU reported by itself. Nothing later on it can be believed.
static FAULT: Mutex<Option<String>> = Mutex::new(None);

/// The GPU's device.
pub(super) async fn open() -> Result<Device> {
    let mut opened = OPENED.lock().await;
    if let Some(device) = &*opened {
        return Ok(device.clone());
    }
    let failed = |error: WgpuInitError| Error::Device(error.to_string());
    let selected = WgpuDevice::default();
    let options = RuntimeOptions::try_default().map_err(failed)?;
    let setup = try_init_setup_async::<AutoGraphicsApi>(&selected, options).await.map_err(failed)?;
    // Burn's own handler panics; a shader that doesn't compile would take the page with it.
    setup.device.on_uncaptured_error(Arc::new(|error| {
        log::error!("GPU: {error}");
        FAULT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.to_string());
    }));
    Ok(opened.insert(Device::from(selected)).clone())
}

/// Whether the GPU reported an error since it was opened.
pub(super) fn check() -> Result<()> {
    match &*FAULT.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(fault) => Err(Error::DeviceLost(format!("the GPU rejected a command: {fault}"))),
        None => Ok(()),
    }
}

/// What the GPU complained of, which is then forgotten: for work whose result is held against another
/// one, and may fail.
pub(super) fn take_fault() -> Option<String> {
    FAULT.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The adapter that Burn would take natively.
#[cfg(not(target_arch = "wasm32"))]
pub fn adapter() -> std::result::Result<super::Adapter, String> {
    use burn_wgpu::wgpu;
    static ADAPTER: std::sync::OnceLock<std::result::Result<super::Adapter, String>> = std::sync::OnceLock::new();
    ADAPTER
        .get_or_init(|| {
            let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
                backends: wgpu::Backends::PRIMARY,
                ..wgpu::InstanceDescriptor::new_without_display_handle()
            });
            let options = wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            };
            let adapter = pollster::block_on(instance.request_adapter(&options))
                .map_err(|error| format!("no GPU was found ({error})"))?;
            let info = adapter.get_info();
            let timers = adapter.features().contains(wgpu::Features::TIMESTAMP_QUERY);
            Ok(super::Adapter {
                description: format!("{} ({})", info.name, info.backend),
                software: info.device_type == wgpu::DeviceType::Cpu,
                largest_buffer: {
                    let limits = adapter.limits();
                    limits.max_buffer_size.min(limits.max_storage_buffer_binding_size)
                },
                unfit: (!timers).then(|| "it has no timestamp queries".into()),
            })
        })
        .clone()
}
