//! What the fuzz targets share: bounds for memory and time, and what every error has to be.

#[path = "../../tests/engine/allocation.rs"]
#[allow(dead_code, reason = "the tests measure with it")]
mod allocation;

use std::path::PathBuf;

use c3lrp::Result;

/// More than the bound is a crash, which is a finding.
#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;

/// Does the work with no more memory than `input` bytes justify, and in no more than seconds.
pub fn bounded<T>(input: usize, work: impl FnOnce() -> T) -> T {
    let start = processor_seconds();
    let done = allocation::bounded(input, work);
    let seconds = processor_seconds() - start;
    assert!(seconds < 5, "{seconds} seconds for {input} bytes");
    done
}

/// What this thread has taken of the processor: a machine that is busy with something else doesn't count.
fn processor_seconds() -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to `time` alone.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec
}

/// What came of parsing. An error is a sentence of a length that a person reads.
pub fn told<T>(result: Result<T>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() > 10 && message.len() < 1500, "{message}");
            None
        }
    }
}

/// A folder of this process alone, in memory where there is such a place.
pub fn folder(name: &str) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    base.join(format!("c3lrp-fuzz-{name}-{}", std::process::id()))
}
