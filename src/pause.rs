//! Handing the thread back, so that a page can draw, take clicks, and call long work off.

use web_time::{Duration, Instant};

/// Browsers put 4 ms between timers, so the thread is not handed back more often than this.
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

/// Lets everything happen that waits for the thread: a promise alone is continued before any event, a
/// timer after those that wait.
#[cfg(target_arch = "wasm32")]
pub(crate) async fn hand_back() {
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    let turn = Promise::new(&mut |resolve, _| {
        let timer = Reflect::get(&js_sys::global(), &"setTimeout".into()).and_then(JsValue::dyn_into::<Function>);
        if timer.and_then(|timer| timer.call2(&JsValue::UNDEFINED, &resolve, &0.into())).is_err() {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
    // It is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(turn).await;
}
