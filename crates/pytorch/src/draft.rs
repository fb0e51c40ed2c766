//! Tensors as the pickle describes them, unchecked.

use crate::Kind;

/// The type of a storage's elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    /// None if tensors with this type aren't read.
    pub kind: Option<Kind>,
    pub bytes: u8,
}

/// A run of bytes that tensors share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storage<'a> {
    pub element: Element,
    /// Its name in the file.
    pub key: &'a str,
    /// Number of elements.
    pub count: u64,
    /// The part of it that is used: its first element, and the number of elements.
    pub view: Option<(u64, u64)>,
}

/// A tensor as the pickle describes it.
#[derive(Clone, Debug)]
pub(crate) struct Draft<'a> {
    pub storage: Storage<'a>,
    pub kind: Kind,
    /// The index of the first element, counted from the storage's first one.
    pub offset: i64,
    pub shape: Vec<i64>,
    pub strides: Vec<i64>,
}
