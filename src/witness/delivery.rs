//! Makes browsers deliver what is read from a GPU at once.

use std::pin::pin;
use std::task::Poll;

#[cfg(all(feature = "gpu", target_arch = "wasm32"))]
static QUEUE: std::sync::OnceLock<burn_wgpu::wgpu::Queue> = std::sync::OnceLock::new();

/// Names the queue of the GPU that results are read from.
#[cfg(all(feature = "gpu", target_arch = "wasm32"))]
pub(crate) fn deliver_through(queue: burn_wgpu::wgpu::Queue) {
    // There is one GPU in a page.
    let _ = QUEUE.set(queue);
}

/// Waits for a reading. Firefox looks only every 100 ms whether a buffer was mapped (Mozilla bug 1870699), unless something is
/// submitted after the request; an empty submission is enough.
pub(super) async fn delivered<T>(reading: impl Future<Output = T>) -> T {
    let mut reading = pin!(reading);
    // The first poll makes the request.
    let begun = std::future::poll_fn(|context| Poll::Ready(reading.as_mut().poll(context))).await;
    if let Poll::Ready(read) = begun {
        return read;
    }
    #[cfg(all(feature = "gpu", target_arch = "wasm32"))]
    if let Some(queue) = QUEUE.get() {
        queue.submit([]);
    }
    reading.await
}
