//! What a GPU's memory pools hold.

use serde::Serialize;

/// Burn's report on its pools, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// What tensors are in.
    pub used: u64,
    /// What is held for them and for those to come.
    pub reserved: u64,
}
