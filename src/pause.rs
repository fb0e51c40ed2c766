//! Handing the thread back, so that a page can draw, take clicks, and call long work off.

use web_time::{Duration, Instant};

/// The thread is not handed back more often than this: a page draws sixty times a second at most.
const EVERY: Duration = Duration::from_millis(50);

/// Hands the thread back now and then during long work.
pub(crate) struct Pause {
    last: Instant,
}

impl Pause {
    pub(crate) fn new() -> Self {
        Self { last: Instant::now() }
    }

    /// Hands the thread back where it was held for long.
    pub(crate) async fn take(&mut self) {
        if self.last.elapsed() >= EVERY {
            hand_back().await;
            self.last = Instant::now();
        }
    }
}

/// Lets everything happen that waits for the thread. Natively nothing does.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) async fn hand_back() {}

/// Lets everything happen that waits for the thread. A promise alone is continued before any event, and
/// a timer is late by a second where the page is hidden; a message comes after what waits.
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
            // Without channels the work goes on at once.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
    // It is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(turn).await;
    // An open port would never be collected.
    let close = port.and_then(|port| {
        let close: Function = Reflect::get(&port, &"close".into())?.dyn_into()?;
        close.call0(&port)
    });
    drop(close);
}
