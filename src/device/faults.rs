//! Faults that a GPU reports asynchronously, and who receives them.
//!
//! A command that is rejected takes those beside it along, so that a report belongs to everybody who had work
//! on the GPU. Trying kernels is an exception: it is expected to fail at times. A trial is therefore alone on
//! the GPU, and what is reported meanwhile is its own. All else is told to everybody, once: each device counts
//! how many reports it has heard, and none is ever cleared.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Where reports still come after so many, they don't end.
const TRIPS: usize = 8;

/// The reports on one GPU.
#[derive(Debug)]
pub(super) struct Faults {
    turns: RwLock<()>,
    heard: Mutex<Heard>,
}

#[derive(Debug)]
struct Heard {
    /// Told to everybody.
    count: usize,
    last: String,
    /// The faults reported during a trial, while there is one.
    trial: Option<Vec<String>>,
}

/// Work on a GPU, beside others' but beside no trial.
#[derive(Debug)]
pub(crate) struct Turn {
    _alone: RwLockReadGuard<'static, ()>,
}

/// Work on a GPU that may fail, beside no other.
#[derive(Debug)]
pub(super) struct Trial {
    faults: &'static Faults,
    _alone: RwLockWriteGuard<'static, ()>,
}

impl Faults {
    pub(super) const fn new() -> Self {
        Self { turns: RwLock::new(()), heard: Mutex::new(Heard { count: 0, last: String::new(), trial: None }) }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down a report.
    #[cfg_attr(not(feature = "gpu"), allow(dead_code, reason = "it is the GPU that reports"))]
    pub(super) fn report(&self, what: String) {
        let heard = &mut *self.heard();
        match &mut heard.trial {
            Some(trial) => trial.push(what),
            None => {
                heard.count += 1;
                heard.last = what;
            }
        }
    }

    /// How many reports there were for everybody, and the last one.
    pub(super) fn told(&self) -> (usize, String) {
        let heard = self.heard();
        (heard.count, heard.last.clone())
    }

    /// Waits for the end of a trial. Whoever has a turn must not ask for another.
    pub(super) async fn turn(&'static self) -> Turn {
        Turn { _alone: self.turns.read().await }
    }

    /// Waits until all turns have ended. Word of what they did may come late; each `trip` to the GPU and back
    /// brings what there is.
    pub(super) async fn trial<E>(&'static self, trip: impl AsyncFn() -> Result<(), E>) -> Result<Trial, E> {
        let alone = self.turns.write().await;
        for _ in 0..TRIPS {
            let (before, _) = self.told();
            trip().await?;
            if self.told().0 == before {
                break;
            }
        }
        self.heard().trial = Some(Vec::new());
        Ok(Trial { faults: self, _alone: alone })
    }
}

impl Trial {
    /// The faults reported since the trial began or since the last call.
    pub(super) fn take(&self) -> Option<String> {
        self.faults.heard().trial.as_mut().and_then(|trial| std::mem::take(trial).into_iter().next())
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        self.faults.heard().trial = None;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use pollster::block_on;

    use super::*;

    fn faults() -> &'static Faults {
        Box::leak(Box::new(Faults::new()))
    }

    fn trial(faults: &'static Faults) -> impl Future<Output = Result<Trial, Infallible>> {
        faults.trial(async || Ok(()))
    }

    /// Whether it is done without waiting.
    fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        block_on(poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => Poll::Ready(None),
        }))
    }

    #[test]
    fn a_trials_faults_are_its_own() {
        let faults = faults();
        let Ok(first) = block_on(trial(faults));
        faults.report("its kernel does not compile".into());
        assert!(at_once(faults.turn()).is_none(), "a trial is alone");
        assert_eq!(first.take().as_deref(), Some("its kernel does not compile"));
        assert_eq!(first.take(), None);
        faults.report("of its last kernel".into());
        drop(first);
        assert_eq!(faults.told().0, 0, "nobody else is told");
        let Ok(second) = block_on(trial(faults));
        assert_eq!(second.take(), None);
    }

    #[test]
    fn others_faults_are_not_a_trials() {
        let faults = faults();
        let turn = block_on(faults.turn());
        assert!(at_once(faults.turn()).is_some(), "turns may be taken side by side");
        faults.report("a command was rejected".into());
        assert!(at_once(trial(faults)).is_none(), "a trial waits");
        drop(turn);
        // Word of the last turn comes late.
        let trips = Cell::new(0);
        let late = async || {
            trips.set(trips.get() + 1);
            if trips.get() < 3 {
                faults.report("another one".into());
            }
            Ok::<_, Infallible>(())
        };
        let Ok(trial) = block_on(faults.trial(late));
        assert_eq!(trial.take(), None);
        assert_eq!(faults.told(), (3, "another one".into()));
    }
}
