//! Work shared among threads; in the browser there is only one.

use std::array::from_fn;

/// A result that units of work write to, each in its own places.
pub struct Shared<T>(*mut T);

// SAFETY: it is only written to, by each unit where no other one does.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(first: *mut T) -> Self {
        Self(first)
    }

    /// # Safety
    /// The place must lie within the result.
    pub unsafe fn at(&self, start: usize) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.0.add(start) }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub fn for_each(units: usize, work: impl Fn(usize) + Send + Sync) {
    use rayon::prelude::*;
    (0..units).into_par_iter().for_each(work);
}

/// The sums of what the units of work return, always added in the same order.
pub fn sum<const S: usize>(units: usize, work: impl Fn(usize) -> [f64; S] + Send + Sync) -> [f64; S] {
    #[cfg(not(target_arch = "wasm32"))]
    let parts = {
        use rayon::prelude::*;
        (0..units).into_par_iter().map(work).collect::<Vec<_>>().into_iter()
    };
    #[cfg(target_arch = "wasm32")]
    let parts = (0..units).map(work);
    parts.fold([0.0; S], |sums, part| from_fn(|at| sums[at] + part[at]))
}

#[cfg(target_arch = "wasm32")]
pub fn for_each(units: usize, work: impl Fn(usize)) {
    (0..units).for_each(work);
}

/// Runs work on one of the pool's threads, so that calls from there need not wake a thread each time.
pub fn among<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::scope(|_| work());
    #[cfg(target_arch = "wasm32")]
    work()
}

/// The number of threads that share the work.
pub fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    1
}
