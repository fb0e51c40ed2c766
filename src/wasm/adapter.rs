//! The browser's GPU adapter.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::property;
use crate::device::Adapter;
use crate::sentence::{Sentence, say};

/// The adapter that the browser offers, checked before Burn uses it: Burn panics if timestamp queries are missing.
pub async fn adapter() -> std::result::Result<Adapter, Sentence> {
    let gpu = property(&property(&js_sys::global(), "navigator"), "gpu");
    if !gpu.is_object() {
        return Err(say!("no-webgpu", "this browser has no WebGPU"));
    }
    let none = || say!("no-adapter", "the browser has WebGPU, but no GPU adapter for it");
    let options = Object::new();
    let set = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let request = property(&gpu, "requestAdapter")
        .dyn_into::<Function>()
        .and_then(|request| set.and_then(|_| request.call1(&gpu, &options)));
    let promise = request.and_then(|promise| promise.dyn_into::<Promise>()).map_err(|_| none())?;
    let adapter = JsFuture::from(promise).await.map_err(|_| none())?;
    if !adapter.is_object() {
        return Err(none());
    }
    let info = property(&adapter, "info");
    let words: Vec<String> = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|name| property(&info, name).as_string().filter(|word| !word.is_empty()))
        .collect();
    let description = if words.is_empty() { "unnamed".into() } else { words.join(" ") };
    let software =
        property(&info, "isFallbackAdapter").is_truthy() || property(&adapter, "isFallbackAdapter").is_truthy();
    let limits = property(&adapter, "limits");
    let limit = |name: &str| property(&limits, name).as_f64().unwrap_or(0.0);
    let largest_buffer = limit("maxBufferSize").min(limit("maxStorageBufferBindingSize")) as u64;
    Ok(Adapter { description, software, largest_buffer, unfit: unfit(&adapter, limit) })
}

/// Why an adapter can't be used, if it lacks something that Burn's kernels need.
fn unfit(adapter: &JsValue, limit: impl Fn(&str) -> f64) -> Option<Sentence> {
    let features = property(adapter, "features");
    let has = property(&features, "has")
        .dyn_into::<Function>()
        .ok()
        .and_then(|has| has.call1(&features, &"timestamp-query".into()).ok());
    if !has.is_some_and(|has| has.is_truthy()) {
        return Some(say!("gpu-timers", "it has no timestamp queries, which the runtime needs"));
    }
    let needed = [
        ("maxComputeInvocationsPerWorkgroup", 256.0),
        ("maxStorageBuffersPerShaderStage", 8.0),
        ("maxStorageBufferBindingSize", 134_217_728.0),
        ("maxBufferSize", 134_217_728.0),
    ];
    needed.into_iter().find_map(|(name, least)| {
        let value = limit(name);
        (value < least)
            .then(|| say!("gpu-limit", "its {limit} is {value}, and {least} is needed", limit = name, value, least))
    })
}
