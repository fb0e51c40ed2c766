//! How often the boxes around the object are right.

use c3lrp::metric::{OVERLAPS, accuracy};

use super::super::records::Boxes;

/// The share of pictures whose boxes are right.
pub(super) struct Accuracy {
    /// For each of [`OVERLAPS`], with the component that fits best.
    pub(super) best: [f64; OVERLAPS.len()],
    /// For an overlap of half, with the largest component.
    pub(super) largest: f64,
}

impl Accuracy {
    pub(super) fn of(found: &[&Boxes]) -> Option<Self> {
        let mut best = [0.0; OVERLAPS.len()];
        for (at, share) in best.iter_mut().enumerate() {
            *share = accuracy(found.iter().map(|boxes| &boxes.best[at][..]))?;
        }
        Some(Self { best, largest: accuracy(found.iter().map(|boxes| &boxes.largest[..]))? })
    }

    /// MaxBoxAccV2: the mean over [`OVERLAPS`].
    pub(super) fn mean(&self) -> f64 {
        self.best.iter().sum::<f64>() / OVERLAPS.len() as f64
    }
}
