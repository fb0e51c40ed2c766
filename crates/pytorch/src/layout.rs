//! The contents of a checkpoint.

use std::collections::BTreeMap;

use crate::{Message, Tensor};

/// The contents of a checkpoint. A name consists of the keys on the path to a value, joined by dots; items of lists and
/// tuples are counted from 0. Values below keys that are neither text nor whole numbers are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The tensors, in the file's order. No name occurs twice.
    pub tensors: Vec<Tensor>,
    /// Tensors that are stored in a way that [`Tensor`] can't describe, such as sparse ones, with a few words on what
    /// they are.
    pub unreadable: BTreeMap<String, Message>,
    /// Text, numbers and booleans (`true`, `false`) by name, such as `epoch`: `12`. Left out are whole numbers that
    /// don't fit 64 bits, and values beyond what any checkpoint needs, 1 MiB and 16 times the pickle's size.
    pub metadata: BTreeMap<String, String>,
}
