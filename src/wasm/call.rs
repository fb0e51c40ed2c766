//! Calls that take time: each is a promise, called off by its signal, and rejected where the engine panics.

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
    /// What the engine failed with. A panic ends all that was under way, and leaves nothing to be believed.
    static BROKEN: RefCell<Option<Error>> = const { RefCell::new(None) };
    /// How the calls that are under way are rejected.
    static PENDING: RefCell<HashMap<u32, Function>> = RefCell::new(HashMap::new());
    static NEXT: Cell<u32> = const { Cell::new(0) };
}

/// Turns panics into errors from now on: what is under way is rejected, and all later calls are. A panic unwinds
/// nothing here, so that it would otherwise be a trap without a word, and its promise would never settle.
pub fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        let error = Error::panicked(panic.payload_as_str().unwrap_or("nothing"));
        // Whoever holds these when it panics has lost them.
        let _ = BROKEN.try_with(|broken| broken.try_borrow_mut().map(|mut broken| *broken = Some(error.clone())));
        let pending =
            PENDING.try_with(|pending| pending.try_borrow_mut().map(|mut pending| std::mem::take(&mut *pending)));
        if let Ok(Ok(pending)) = pending {
            for reject in pending.values() {
                let _ = reject.call1(&JsValue::UNDEFINED, &thrown(error.clone()));
            }
        }
        // To the caller of what is not asynchronous; else to the page's or worker's own handler of errors.
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
