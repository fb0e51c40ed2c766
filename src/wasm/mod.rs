//! The boundary to JavaScript: converts types, and computes nothing.

mod abort;
mod adapter;
mod asked;
mod birds;
mod call;
mod explained;
mod explainer;
mod heatmap;
mod labels;
mod start;
mod weights;

use js_sys::{Array, Error as JsError, Function, JSON, Object, Reflect};
use serde::Serialize;
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use crate::sentence::say;
use crate::words::NO_JSON;
use crate::{Error, Result, options};

/// A result whose error is a JavaScript `Error`.
type JsResult<T> = std::result::Result<T, JsValue>;

#[wasm_bindgen(typescript_custom_section)]
const INTERFACE: &str = concat!(include_str!("interface.d.ts"), include_str!("options.d.ts"));

/// Turns an error into a JavaScript one; the only place that does.
fn thrown(error: Error) -> JsValue {
    let js = JsError::new(&error.to_string());
    js.set_name(error.name());
    // Without these fields, it is still an error.
    if let Ok(sentence) = to_js(error.sentence()) {
        for field in ["code", "params"] {
            let _ = Reflect::set(&js, &field.into(), &property(&sentence, field));
        }
    }
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
                .map_err(|_| thrown(Error::Options(say!("on-progress", "onProgress must be a function"))))?,
        ),
    };
    Ok(move |done: f64, total: f64, what: &str| {
        if let Some(function) = &function {
            // A listener that throws is no reason to stop the work.
            let _ = function.apply(&JsValue::UNDEFINED, &Array::of3(&done.into(), &total.into(), &what.into()));
        }
    })
}

/// A call's options: every field that is neither a function nor the signal. `undefined` counts as absent.
///
/// # Errors
/// `OptionsError` if they are not an object.
fn fields(options: &JsValue) -> JsResult<Map<String, Value>> {
    if options.is_undefined() {
        return Ok(Map::new());
    }
    let json = from_js(options).and_then(options::object).map_err(thrown)?;
    Ok(json.into_iter().filter(|(name, _)| name != "onProgress" && name != "signal").collect())
}

/// A JavaScript value, by way of JSON text: the browser refuses circular values, and the parser too deep nesting,
/// whereas a walk from object to object would run out of stack. A value that JSON can't express, such as NaN or a
/// function, becomes a text that no option accepts and messages show as it was.
///
/// # Errors
/// [`Error::Options`] if it is circular or nested too deeply.
fn from_js(value: &JsValue) -> Result<Value> {
    let replace = Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(|_, value| written(value));
    let replacer = replace.as_ref().unchecked_ref();
    let text = JSON::stringify_with_replacer(value, replacer).map_err(|error| {
        let words = error.dyn_ref::<JsError>().map_or_else(String::new, |error| error.message().into());
        Error::Options(say!("no-json", "it can't be written as JSON: {words}", words))
    })?;
    let text = text.as_string().unwrap_or_else(|| "null".into());
    serde_json::from_str(&text).map_err(|error| {
        Error::Options(say!("no-json", "it can't be written as JSON: {words}", words = error.to_string()))
    })
}

/// A value that JSON can express, as it is; for anything else, a text that says what it was.
fn written(value: JsValue) -> JsValue {
    let strange = match value.as_f64() {
        Some(number) if number.is_finite() => return value,
        Some(number) if number.is_nan() => "NaN".to_owned(),
        Some(number) => if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        None if value.is_function() || value.is_symbol() || value.is_bigint() => {
            format!("a {}", value.js_typeof().as_string().unwrap_or_default())
        }
        None => return value,
    };
    format!("{NO_JSON}{strange}").into()
}
