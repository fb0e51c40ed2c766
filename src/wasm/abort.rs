//! Cancels work with an `AbortSignal`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{JsResult, property, thrown};
use crate::sentence::say;
use crate::{Error, Result, witness};

/// The `AbortSignal` in a call's options, if there is one.
pub struct Abort(Option<JsValue>);

impl Abort {
    pub fn of(options: &JsValue) -> JsResult<Self> {
        match property(options, "signal") {
            absent if absent.is_undefined() || absent.is_null() => Ok(Self(None)),
            signal if property(&signal, "addEventListener").is_function() => Ok(Self(Some(signal))),
            _ => Err(thrown(Error::Options(say!("signal", "signal must be an AbortSignal")))),
        }
    }

    /// Runs the work. Once the signal aborts, its reason is thrown and the work is dropped, as soon as no result is
    /// being read from a device.
    pub async fn unless<T>(&self, work: impl Future<Output = Result<T>>) -> JsResult<T> {
        let Some(signal) = &self.0 else { return work.await.map_err(thrown) };
        let mut resolve = None;
        let aborted = Promise::new(&mut |resolved, _| resolve = Some(resolved));
        let listen = |method: &str| {
            let called = property(signal, method).dyn_into::<Function>();
            called.and_then(|method| method.call2(signal, &"abort".into(), &resolve.clone().into()))
        };
        listen("addEventListener")?;
        let mut aborted = pin!(JsFuture::from(aborted));
        let mut work = pin!(work);
        let mut called_off = false;
        let outcome = poll_fn(|context| {
            called_off = called_off || property(signal, "aborted").is_truthy();
            called_off = called_off || aborted.as_mut().poll(context).is_ready();
            if called_off && !witness::arriving() {
                return Poll::Ready(Err(property(signal, "reason")));
            }
            let done = work.as_mut().poll(context).map(|done| done.map_err(thrown));
            if called_off && (done.is_ready() || !witness::arriving()) {
                return Poll::Ready(Err(property(signal, "reason")));
            }
            done
        })
        .await;
        listen("removeEventListener")?;
        outcome
    }
}
