//! Calls that take time: each is a promise, can be cancelled by its signal, and is rejected if the engine panics.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;

use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{JsResult, thrown};
use crate::Error;

thread_local! {
    /// The engine's panic, if there was one. It ends all calls in progress, and nothing can be trusted afterwards.
    static BROKEN: RefCell<Option<Error>> = const { RefCell::new(None) };
    /// How the calls in progress are rejected.
    static PENDING: RefCell<HashMap<u32, Function>> = RefCell::new(HashMap::new());
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// From now on, turns panics into errors: calls in progress are rejected, and so are all later ones. A panic doesn't
/// unwind here; otherwise it would be a trap without a message, and its promise would never settle.
pub fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let error = Error::panicked(panic.payload_as_str().unwrap_or("nothing"));
        // If these are borrowed when it panics, they are lost.
        let _ = BROKEN.try_with(|broken| broken.try_borrow_mut().map(|mut broken| *broken = Some(error.clone())));
        let pending =
            PENDING.try_with(|pending| pending.try_borrow_mut().map(|mut pending| std::mem::take(&mut *pending)));
        if let Ok(Ok(pending)) = pending {
            for reject in pending.values() {
                let _ = reject.call1(&JsValue::UNDEFINED, &thrown(error.clone()));
            }
        }
        // A synchronous call gets the error; otherwise the page's or worker's own error handler does.
        wasm_bindgen::throw_val(thrown(error));
    }));
}

/// # Errors
/// `EngineError` after a panic.
pub fn usable() -> JsResult<()> {
    BROKEN.with_borrow(|broken| match broken {
        None => Ok(()),
        Some(error) => Err(thrown(error.clone())),
    })
}

/// A promise of the work's result.
pub fn promise<T: JsCast>(work: impl Future<Output = JsResult<JsValue>> + 'static) -> T {
    let mut work = Some(work);
    let promise = Promise::new(&mut |resolve, reject| {
        let Some(work) = work.take() else { return };
        if let Err(error) = usable() {
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
            return;
        }
        let number = NEXT.replace(NEXT.get().wrapping_add(1));
        PENDING.with_borrow_mut(|pending| pending.insert(number, reject.clone()));
        spawn_local(async move {
            let done = work.await;
            PENDING.with_borrow_mut(|pending| pending.remove(&number));
            let (settle, value) = match done {
                Ok(value) => (resolve, value),
                Err(error) => (reject, error),
            };
            let _ = settle.call1(&JsValue::UNDEFINED, &value);
        });
    });
    promise.unchecked_into()
}
