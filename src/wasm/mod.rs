//! The boundary to JavaScript: types in, types out, no numerics.

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

/// What is thrown is an `Error` of JavaScript.
type JsResult<T> = std::result::Result<T, JsValue>;

#[wasm_bindgen(typescript_custom_section)]
const INTERFACE: &str = concat!(include_str!("interface.d.ts"), include_str!("options.d.ts"));

/// The one place where an error becomes JavaScript's.
fn thrown(error: Error) -> JsValue {
    let js = JsError::new(&error.to_string());
    js.set_name(error.name());
    // Without them it is an error all the same.
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
            // What a listener throws is no reason to stop the work.
            let _ = function.apply(&JsValue::UNDEFINED, &Array::of3(&done.into(), &total.into(), &what.into()));
        }
    })
}

/// A call's options: all but what is a function or watches over the call. Undefined ones are absent.
///
/// # Errors
/// `OptionsError` where they are no object.
fn fields(options: &JsValue) -> JsResult<Map<String, Value>> {
    if options.is_undefined() {
        return Ok(Map::new());
    }
    let json = from_js(options).and_then(options::object).map_err(thrown)?;
    Ok(json.into_iter().filter(|(name, _)| name != "onProgress" && name != "signal").collect())
}

/// A value of JavaScript's by way of JSON's text: the browser refuses circles, and the parser what is nested
/// too deep, where a walk from object to object would run out of stack. What has no JSON, such as NaN or a
/// function, becomes a text that no option takes and messages show as it was.
///
/// # Errors
/// [`Error::Options`].
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

/// What JSON has, as it is; of anything else a text that says what it was.
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
