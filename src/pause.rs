//! Hands the thread back during long work, so that a page can draw, handle clicks and cancel the work.

use web_time::{Duration, Instant};

/// The shortest time between two pauses. A page draws at most sixty times a second, and each pause costs time.
const EVERY: Duration = Duration::from_millis(50);

/// Hands the thread back now and then during long work.
pub(crate) struct Pause {
    last: Instant,
}

impl Pause {
    pub(crate) fn new() -> Self {
        Self { last: Instant::now() }
    }

    /// Hands the thread back if it was held for longer than [`EVERY`].
    pub(crate) async fn take(&mut self) {
        if self.last.elapsed() >= EVERY {
            hand_back().await;
            self.last = Instant::now();
        }
    }
}

/// Lets pending events run. Natively there are none.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn hand_back() {}

/// Lets pending events run. A promise alone would continue before any event, and a timer waits for a second while the
/// page is hidden; a message arrives right after the events that are already waiting.
#[cfg(target_arch = "wasm32")]
pub(crate) async fn hand_back() {
    use js_sys::{Array, Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    let post = |resolve: &Function| -> Result<JsValue, JsValue> {
        let constructor: Function = Reflect::get(&js_sys::global(), &"MessageChannel".into())?.dyn_into()?;
        let channel = Reflect::construct(&constructor, &Array::new())?;
        let [near, far] = [Reflect::get(&channel, &"port1".into())?, Reflect::get(&channel, &"port2".into())?];
        Reflect::set(&near, &"onmessage".into(), resolve)?;
        let post: Function = Reflect::get(&far, &"postMessage".into())?.dyn_into()?;
        post.call1(&far, &JsValue::NULL)?;
        Ok(near)
    };
    let mut port = Err(JsValue::UNDEFINED);
    let turn = Promise::new(&mut |resolve, _| {
        port = post(&resolve);
        if port.is_err() {
            // Without message channels, the work goes on at once.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
    // The promise is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(turn).await;
    // An open port would never be garbage-collected.
    let close = port.and_then(|port| {
        let close: Function = Reflect::get(&port, &"close".into())?.dyn_into()?;
        close.call0(&port)
    });
    drop(close);
}
