//! The contents of a checkpoint.

use std::collections::BTreeMap;

use crate::{Message, Tensor};

/// What a checkpoint holds. A name is the keys on the way to a value with dots between them; lists and tuples count
/// from 0. Values below keys that are neither text nor whole numbers are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The tensors as the file has them one after the other. No name comes twice.
    pub tensors: Vec<Tensor>,
    /// Tensors that the file holds in a way that [`Tensor`] doesn't describe, such as sparse ones, with a few words on
    /// what they are.
    pub unreadable: BTreeMap<String, Message>,
    /// Text, numbers and booleans (`true`, `false`) by their names: `epoch` is `12`. Whole numbers that 64 bits
    /// don't hold are left out, as are values beyond what any checkpoint needs, 1 MiB and 16 times the pickle's size.
    pub metadata: BTreeMap<String, String>,
}
