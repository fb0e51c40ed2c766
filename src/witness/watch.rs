//! Who watches work: what a layer shows is written down, with who judges it.

use std::cell::RefCell;

use burn::tensor::Tensor;

use super::draw::Draw;
use super::notes::{Notes, Place};
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

/// A sample whose tensors are among the notes.
pub(super) struct PendingCheck {
    pub(super) places: Vec<Place>,
    pub(super) check: Check,
}

/// Says what it thinks of what was read, in order.
pub(super) type Check = Box<dyn FnOnce(&[Vec<f32>]) -> Result<()> + Send>;

/// What a layer shows of its work, and what the CPU says of that.
pub(crate) struct Sample {
    /// What was written down before.
    pub(crate) noted: Vec<Place>,
    /// What is read besides, after that.
    pub(crate) seen: Vec<Tensor<1>>,
    /// Is given what was read, in order.
    pub(crate) check: Check,
}

/// What `work` gives, the notes of what was shown meanwhile, and who judges them.
///
/// A thread that waits for others may do another piece of work meanwhile, within the one that it watches, and that one
/// may panic: whatever comes of it, the thread then watches what it watched before.
pub(super) fn watched<T>(seed: u32, work: impl FnOnce() -> T) -> (T, Vec<Tensor<1>>, Vec<PendingCheck>) {
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
    (given, notes.closed(), pending)
}

/// Lets `note` write to the watch, where work is watched.
pub(super) fn watching<T>(note: impl FnOnce(&mut Watch) -> T) -> Option<T> {
    // It is taken out, since the thread may come to do other work before it has written.
    let mut watch = WATCH.take()?;
    let noted = note(&mut watch);
    WATCH.set(Some(watch));
    Some(noted)
}

/// Shows something of the work at hand, where it is watched.
pub(crate) fn show(sample: impl FnOnce(&mut Draw) -> Sample) {
    watching(|Watch { draw, notes, pending }| {
        let Sample { noted, seen, check } = sample(draw);
        let places = noted.into_iter().chain(seen.into_iter().map(|part| notes.write(part))).collect();
        pending.push(PendingCheck { places, check });
    });
}

/// Writes down what work is given, where it is watched, so that nothing needs to be kept until it is shown.
pub(crate) fn look<T>(at: impl FnOnce(&mut Draw, &mut dyn FnMut(Tensor<1>) -> Place) -> T) -> Option<T> {
    watching(|Watch { draw, notes, .. }| at(draw, &mut |part| notes.write(part)))
}
