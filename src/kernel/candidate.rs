//! Which kernel of the GPU does a layer's work.

use serde::{Deserialize, Serialize};

/// What can do a layer's work on the GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// Burn's own kernels.
    #[default]
    Burn,
    /// Ours: implicit matrix products over tiles that each thread keeps to itself, without barriers.
    Tiled,
}

impl Candidate {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Burn, Self::Tiled];
}

/// Which candidate does a layer's work, each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kernels {
    /// Forward.
    pub forward: Candidate,
    /// Back.
    pub vjp: Candidate,
}
