//! Calling work off.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{JsResult, property, thrown};
use crate::sentence::say;
use crate::{Error, Result};

/// The `AbortSignal` among a call's options, where there is one.
pub struct Abort(Option<JsValue>);

impl Abort {
    pub fn of(options: &JsValue) -> JsResult<Self> {
        match property(options, "signal") {
            absent if absent.is_undefined() || absent.is_null() => Ok(Self(None)),
            signal if property(&signal, "addEventListener").is_function() => Ok(Self(Some(signal))),
            _ => Err(thrown(Error::Options(say!("signal", "signal must be an AbortSignal")))),
        }
    }

    /// What comes of the work; the signal's reason is thrown as soon as it aborts, and the work dropped.
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
        let outcome = poll_fn(|context| {
            if property(signal, "aborted").is_truthy() || aborted.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(property(signal, "reason")));
            }
            work.as_mut().poll(context).map(|done| done.map_err(thrown))
        })
        .await;
        listen("removeEventListener")?;
        outcome
    }
}
