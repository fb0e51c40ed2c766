//! A fence around the engine: a panic inside becomes an error, and nothing runs inside afterwards.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::Poll;

use crate::{Error, Result};

/// After a panic, whatever is inside is of no use any more. In the browser a panic ends the whole WebAssembly module,
/// so the boundary to JavaScript takes the fence's place there.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    /// The panic, if there was one.
    broken: Mutex<Option<Error>>,
}

impl Fence {
    /// Runs work inside the fence.
    ///
    /// # Errors
    /// The work's own error; [`Error::Engine`] if it panics, or if anything inside has panicked before.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let broken = || self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Some(error) = &*broken() {
                return Poll::Ready(Err(error.clone()));
            }
            // What a panic leaves half done is never used again.
            catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))).unwrap_or_else(|panic| {
                let error = error_of(&*panic);
                *broken() = Some(error.clone());
                Poll::Ready(Err(error))
            })
        })
        .await
    }
}

/// A panic as an error.
fn error_of(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Error::panicked(text.unwrap_or("nothing"))
}

#[cfg(test)]
#[allow(clippy::panic, reason = "the fence is for panics")]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_the_end() {
        let fence = Fence::default();
        assert_eq!(pollster::block_on(fence.within(async { Ok(3) })), Ok(3));
        let own = Error::Options("wrong".into());
        assert_eq!(pollster::block_on(fence.within::<()>(async { Err(own.clone()) })), Err(own));
        let number = 7;
        let error = pollster::block_on(fence.within::<()>(async { panic!("a matrix is too small: {number}") }));
        let Err(error @ Error::Engine(_)) = error else { unreachable!("{error:?}") };
        assert!(error.to_string().contains("load the network again"), "{error}");
        assert!(error.to_string().contains("a matrix is too small: 7"), "{error}");
        assert_eq!(pollster::block_on(fence.within(async { Ok(3) })), Err(error));
    }
}
