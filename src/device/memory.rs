//! How much memory a GPU's pools hold.

use serde::Serialize;

/// Burn's report on its memory pools, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// Bytes that tensors occupy.
    pub used: u64,
    /// Bytes that are reserved for these and future tensors.
    pub reserved: u64,
}
