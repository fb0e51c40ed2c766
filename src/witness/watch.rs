//! Records what layers show while work is watched, with the checks of it.

use std::cell::RefCell;

use super::draw::Draw;
use super::notes::{Notes, Place};
use super::part::Part;
use crate::Result;

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// What was shown while work was watched.
pub(super) struct Watch {
    draw: Draw,
    notes: Notes,
    pending: Vec<PendingCheck>,
}

/// A check whose tensors are among the notes.
pub(super) struct PendingCheck {
    pub(super) places: Vec<Place>,
    pub(super) check: Check,
}

/// Checks the values that were read, which it receives in order.
pub(super) type Check = Box<dyn FnOnce(&[Vec<f32>]) -> Result<()> + Send>;

/// What a layer shows of its work, and the check of it.
pub(crate) struct Sample {
    /// The values that were noted before the work.
    pub(crate) noted: Vec<Place>,
    /// The values to read after the work; they follow `noted`.
    pub(crate) seen: Vec<Part>,
    /// Receives all of these values, in order.
    pub(crate) check: Check,
}

/// Runs `work`, and returns its result, the notes and the checks of what was shown meanwhile.
///
/// A thread that waits for others may do another piece of work meanwhile, nested in the one that it watches, and that
/// one may panic. In any case, the thread then continues to watch the outer one.
pub(super) fn watched<T>(seed: u32, work: impl FnOnce() -> T) -> (T, Notes, Vec<PendingCheck>) {
    struct Before(Option<Watch>);
    impl Drop for Before {
        fn drop(&mut self) {
            WATCH.set(self.0.take());
        }
    }
    let watch = Watch { draw: Draw(seed), notes: Notes::default(), pending: Vec::new() };
    let before = Before(WATCH.replace(Some(watch)));
    let given = work();
    let (notes, pending) = WATCH.take().map_or_else(Default::default, |watch| (watch.notes, watch.pending));
    drop(before);
    (given, notes, pending)
}

/// Gives `note` the current watch, if work is watched.
pub(super) fn watching<T>(note: impl FnOnce(&mut Watch) -> T) -> Option<T> {
    // The watch is taken out, since this thread may come to do other work before it is put back.
    let mut watch = WATCH.take()?;
    let noted = note(&mut watch);
    WATCH.set(Some(watch));
    Some(noted)
}

/// Shows something to the witness, if work is watched.
pub(crate) fn show(sample: impl FnOnce(&mut Draw) -> Sample) {
    watching(|watch| {
        let sample = sample(&mut watch.draw);
        watch.keep(sample);
    });
}

impl Watch {
    /// Keeps a sample's values and its check.
    fn keep(&mut self, Sample { noted, seen, check }: Sample) {
        let places = noted.into_iter().chain(seen.into_iter().map(|part| self.notes.write(part))).collect();
        self.pending.push(PendingCheck { places, check });
    }
}

/// Notes the inputs of work before it runs, if work is watched, so that they need not be kept until it is shown.
pub(crate) fn look<T>(at: impl FnOnce(&mut Draw, &mut dyn FnMut(Part) -> Place) -> T) -> Option<T> {
    watching(|Watch { draw, notes, .. }| at(draw, &mut |part| notes.write(part)))
}
