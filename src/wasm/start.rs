//! What is done once, before anything else is.

use std::sync::Once;

use wasm_bindgen::prelude::*;

use super::call;

unsafe extern "C" {
    /// The linker's: it runs what registers itself before `main`, Burn's compiler passes among it.
    fn __wasm_call_ctors();
}

/// Burn's log goes to the console: on the GPU it is all that a failed shader leaves.
#[wasm_bindgen(start)]
pub fn start() {
    static ONCE: Once = Once::new();
    // SAFETY: it is called once, before anything that is registered is used. Where nobody calls it, the
    // linker runs all of it again at every call from JavaScript, milliseconds each.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
    call::watch();
    // A second start of the same module keeps the first logger.
    let _ = console_log::init_with_level(log::Level::Warn);
}
