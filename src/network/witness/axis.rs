//! One axis of what a single value of a convolution's result depends on.

use std::ops::Range;

use crate::kernel::{Direction, Geometry};

/// What one place of a result depends on along one axis: pairs of a place of the source and a tap of the kernel.
pub(super) struct Axis {
    joins: Vec<[usize; 2]>,
    pub(super) seen: Range<usize>,
}

impl Axis {
    /// Reads `beyond` more places on both sides of those that are paired.
    pub(super) fn new(direction: Direction, geometry: &Geometry, source: usize, place: usize, beyond: usize) -> Self {
        let Geometry { kernel, stride, padding, .. } = *geometry;
        let seen = |at: usize| match direction {
            Direction::Forward => (place * stride + at).checked_sub(padding),
            Direction::Vjp => (place + padding)
                .checked_sub(at)
                .filter(|scaled| scaled.is_multiple_of(stride))
                .map(|scaled| scaled / stride),
        };
        let joins: Vec<_> = (0..kernel).filter_map(|at| Some([seen(at).filter(|&seen| seen < source)?, at])).collect();
        let sources = || joins.iter().map(|join| join[0]);
        let seen = match (sources().min(), sources().max()) {
            (Some(first), Some(last)) => first.saturating_sub(beyond)..(last + 1 + beyond).min(source),
            _ => 0..0,
        };
        Self { joins, seen }
    }

    /// The pairs: place within what is read, tap of the kernel.
    pub(super) fn joined(&self) -> impl Iterator<Item = [usize; 2]> {
        self.joins.iter().map(|&[source, at]| [source - self.seen.start, at])
    }
}
