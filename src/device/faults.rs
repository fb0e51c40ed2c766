//! Faults that a GPU reports asynchronously, and who they concern.
//!
//! A rejected command takes down the commands submitted with it, so a report concerns everybody who had work on the
//! GPU. Trying kernels is the exception: it is expected to fail at times. A trial therefore has the GPU to itself, and
//! faults reported meanwhile belong to it. All other faults are counted, and the count never goes back; each device
//! remembers how many it has seen.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_lock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// If faults still arrive after this many trips to the GPU and back, they won't end.
const TRIPS: usize = 8;

/// The faults of one GPU.
#[derive(Debug)]
pub(super) struct Faults {
    turns: RwLock<()>,
    heard: Mutex<Heard>,
}

#[derive(Debug)]
struct Heard {
    /// The number of faults that concern everybody.
    count: usize,
    last: String,
    /// The faults reported during a trial, while there is one.
    trial: Option<Vec<String>>,
}

/// The right to work on a GPU together with others, while no trial runs.
#[derive(Debug)]
pub(crate) struct Turn {
    _alone: RwLockReadGuard<'static, ()>,
}

/// The right to do work on a GPU that may fail, with nobody else on it.
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

    /// Records a fault.
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

    /// The number of faults that concern everybody, and the last one.
    pub(super) fn told(&self) -> (usize, String) {
        let heard = self.heard();
        (heard.count, heard.last.clone())
    }

    /// Waits for the end of a trial. Work that already has a turn must not ask for another one.
    pub(super) async fn turn(&'static self) -> Turn {
        Turn { _alone: self.turns.read().await }
    }

    /// Waits until all turns have ended. Faults from their work may arrive late; each `trip` to the GPU and back
    /// collects those that have arrived.
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
    /// The first fault reported since the trial began or since the last call, if there was one.
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

    /// The result of work that is done without waiting; none if it waits.
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
        // A fault from the last turn arrives late.
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
