//! The contents of a weights file, whatever its format.

use std::collections::{BTreeMap, HashMap};

use c3lrp_pytorch::Tensor;

use crate::sentence::Sentence;

/// The tensors of a file, and where their bytes are.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) tensors: BTreeMap<String, Tensor>,
    /// Tensors that can't be read, with the reason.
    pub(crate) unreadable: BTreeMap<String, Sentence>,
    pub(crate) metadata: HashMap<String, String>,
}
