//! The GPU kernels that a layer can use.

use serde::{Deserialize, Serialize};

/// A set of kernels that can compute a layer on the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// Burn's own kernels.
    #[default]
    Burn,
    /// Ours: implicit matrix products over tiles that each thread computes by itself, without barriers.
    Tiled,
    /// The same with larger tiles, for adapters to which reading a value is dearer than keeping sums in memory: those
    /// that are emulated by a processor.
    Wide,
}

impl Candidate {
    /// All candidates, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Burn, Self::Tiled, Self::Wide];
}

/// The candidates that compute a layer, one for each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kernels {
    /// For the forward pass.
    pub forward: Candidate,
    /// For the vector-Jacobian product.
    pub vjp: Candidate,
}
