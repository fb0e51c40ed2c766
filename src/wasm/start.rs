//! Work that is done once, before anything else.

use std::sync::Once;

use wasm_bindgen::prelude::*;

use super::call;

unsafe extern "C" {
    /// From the linker: runs what registers itself before `main`, such as Burn's compiler passes.
    fn __wasm_call_ctors();
}

/// Sends Burn's log to the console: for a shader that fails on the GPU, nothing else tells.
#[wasm_bindgen(start)]
pub fn start() {
    static ONCE: Once = Once::new();
    // SAFETY: it is called once, before anything that is registered is used. If nobody called it, the linker would run
    // all of it again at every call from JavaScript, which takes milliseconds each time.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
    call::watch();
    // If the same module is started again, it keeps the first logger.
    let _ = console_log::init_with_level(log::Level::Warn);
}
