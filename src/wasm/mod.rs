//! The boundary to JavaScript: types in, types out, no numerics.

mod abort;
mod adapter;
mod birds;
mod explainer;
mod faithfulness;
mod heatmap;
mod labels;
mod weights;

use std::sync::Once;

use js_sys::{Array, Error as JsError, Function, JSON, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::Error;

/// What is thrown is an `Error` of JavaScript.
type JsResult<T> = std::result::Result<T, JsValue>;

#[wasm_bindgen(typescript_custom_section)]
const INTERFACE: &str = include_str!("interface.d.ts");

unsafe extern "C" {
    /// The linker's: it runs what registers itself before `main`, Burn's compiler passes among it.
    fn __wasm_call_ctors();
}

/// Panics and Burn's log go to the console: on the GPU they are all that a failed shader leaves.
#[wasm_bindgen(start)]
pub fn start() {
    static ONCE: Once = Once::new();
    // SAFETY: it is called once, before anything that is registered is used. Where nobody calls it, the
    // linker runs all of it again at every call from JavaScript, milliseconds each.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
    console_error_panic_hook::set_once();
    // A second start of the same module keeps the first logger.
    let _ = console_log::init_with_level(log::Level::Warn);
}

/// The one place where an error becomes JavaScript's.
fn thrown(error: Error) -> JsValue {
    let js = JsError::new(&error.to_string());
    js.set_name(error.name());
    js.into()
}

fn to_js(value: &impl Serialize) -> JsResult<JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

fn object_of<const N: usize>(fields: [(&str, JsValue); N]) -> JsResult<JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn progress(options: &JsValue) -> JsResult<impl FnMut(f64, f64, &str) + use<>> {
    let function = match property(options, "onProgress") {
        absent if absent.is_undefined() || absent.is_null() => None,
        function => Some(
            function
                .dyn_into::<Function>()
                .map_err(|_| thrown(Error::Options("onProgress must be a function".into())))?,
        ),
    };
    Ok(move |done: f64, total: f64, what: &str| {
        if let Some(function) = &function {
            // What a listener throws is no reason to stop the work.
            let _ = function.apply(&JsValue::UNDEFINED, &Array::of3(&done.into(), &total.into(), &what.into()));
        }
    })
}

/// The plain values among a call's options: all but what is a function or watches over the call.
fn plain<T: DeserializeOwned>(options: &JsValue) -> JsResult<T> {
    let plain = Object::new();
    if let Some(options) = options.dyn_ref::<Object>() {
        Object::assign(&plain, options);
        for functional in ["onProgress", "signal"] {
            Reflect::delete_property(&plain, &functional.into())?;
        }
    }
    from_js(&plain).map_err(|error| thrown(Error::Options(error)))
}

/// A value of JavaScript's by way of JSON's text: the browser refuses circles, and the parser what is nested
/// too deep, where a walk from object to object would run out of stack.
fn from_js<T: DeserializeOwned>(value: &JsValue) -> std::result::Result<T, String> {
    let text = JSON::stringify(value).map_err(|error| {
        let why = error.dyn_ref::<JsError>().map_or_else(String::new, |error| format!(": {}", error.message()));
        format!("it can't be written as JSON{why}")
    })?;
    // What has no JSON, such as a function, is no text but undefined.
    let text = text.as_string().unwrap_or_else(|| "null".into());
    let json: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    serde_json::from_value(json).map_err(|error| error.to_string())
}
