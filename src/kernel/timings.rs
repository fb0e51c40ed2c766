//! How long each layer takes with each kernel on an adapter.

use serde::{Deserialize, Serialize};

use super::{Candidate, Direction, Geometry};

/// Raised whenever a candidate or its check changes, so that older measurements are no longer used.
const EDITION: u32 = 3;

/// For how many milliseconds one candidate is repeated: long enough for the clock's resolution.
pub(super) const BUDGET: f64 = 5.0;

/// A candidate that took this many times as long as the best one for one shape is not tried for similar shapes, if a
/// run takes longer than [`BUDGET`].
const HOPELESS: f64 = 1.5;

/// The measurements on an adapter. They can be stored, and passed in instead of measuring again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KernelTimings {
    edition: u32,
    /// The adapter's description.
    pub adapter: String,
    /// One entry for each distinct shape of a layer and each direction.
    pub layers: Vec<Timing>,
}

/// The measurements for one shape; candidates that clearly lost for a similar shape are missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Timing {
    /// Forward or backward.
    pub direction: Direction,
    /// The shape, for one picture.
    pub geometry: Geometry,
    /// The fastest candidate whose numbers were right.
    pub chosen: Candidate,
    /// How long each of the correct candidates took, in milliseconds.
    pub milliseconds: Vec<(Candidate, f64)>,
    /// How long the CPU took for the same, in milliseconds.
    pub cpu: f64,
    /// The candidates that were wrong, and why.
    pub dropped: Vec<(Candidate, String)>,
}

impl Timing {
    /// The fastest candidate whose numbers were right, and its milliseconds; none if all of them were wrong.
    pub(super) fn fastest(&self) -> Option<(Candidate, f64)> {
        self.milliseconds.iter().copied().min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

/// How long a network's convolutions take on both devices, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Totals {
    /// On the GPU.
    pub gpu: f64,
    /// On the CPU.
    pub cpu: f64,
}

impl KernelTimings {
    /// An empty list for an adapter.
    pub fn new(adapter: &str) -> Self {
        Self { edition: EDITION, adapter: adapter.into(), layers: Vec::new() }
    }

    /// Whether it was measured on this adapter, in this edition.
    pub fn fits(&self, adapter: &str) -> bool {
        self.edition == EDITION && self.adapter == adapter
    }

    /// Whether a candidate was right for another shape with the same kernel, with everything that can be applied to its
    /// results.
    pub(super) fn knows(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| timing.milliseconds.iter().any(|(tried, _)| *tried == candidate))
    }

    /// Whether a candidate need not be tried for a shape: it clearly lost for another shape with the same kernel, on an
    /// adapter so slow that trying takes noticeable time.
    pub(super) fn rules_out(&self, candidate: Candidate, geometry: &Geometry, direction: Direction) -> bool {
        let alike = |timing: &&Timing| timing.direction == direction && kind(&timing.geometry) == kind(geometry);
        self.layers.iter().filter(alike).any(|timing| {
            let own = timing.milliseconds.iter().find(|(tried, _)| *tried == candidate);
            let both = own.zip(timing.fastest());
            both.is_some_and(|((_, time), (_, best))| best > BUDGET && *time > HOPELESS * best)
        })
    }

    /// How long these layers take forward and back with the kernels that were chosen, and on the CPU, in milliseconds.
    /// Shapes that were not measured count nothing.
    pub fn totals(&self, layers: &[Geometry]) -> Totals {
        let timings = layers.iter().flat_map(|geometry| {
            [Direction::Forward, Direction::Vjp].into_iter().filter_map(|direction| self.timing(geometry, direction))
        });
        timings.fold(Totals::default(), |Totals { gpu, cpu }, timing| {
            // Only a list that somebody else wrote has a shape without any.
            let fastest = timing.fastest().map_or(f64::INFINITY, |(_, time)| time);
            Totals { gpu: gpu + fastest, cpu: cpu + timing.cpu }
        })
    }

    /// The measurement for a shape, if there is one.
    pub fn timing(&self, geometry: &Geometry, direction: Direction) -> Option<&Timing> {
        self.layers.iter().find(|timing| timing.direction == direction && timing.geometry == *geometry)
    }
}

/// Shapes of the same kind use the same shader.
fn kind(geometry: &Geometry) -> [usize; 4] {
    [geometry.kernel, geometry.stride, geometry.padding, geometry.groups]
}
