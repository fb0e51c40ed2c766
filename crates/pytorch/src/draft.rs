//! Tensors as the pickle describes them, before anything of it is checked.

use crate::Kind;

/// The type of a storage's elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    /// None where no tensor of it is read.
    pub kind: Option<Kind>,
    pub bytes: u8,
}

/// A stretch of bytes that tensors share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Storage<'a> {
    pub element: Element,
    /// What the file calls it.
    pub key: &'a str,
    /// Elements.
    pub count: u64,
    /// The part of it that is meant: its first element, and how many.
    pub view: Option<(u64, u64)>,
}

/// A tensor as the pickle describes it.
#[derive(Clone, Debug)]
pub(crate) struct Draft<'a> {
    pub storage: Storage<'a>,
    pub kind: Kind,
    /// The first element, in elements from the storage's first one.
    pub offset: i64,
    pub shape: Vec<i64>,
    pub strides: Vec<i64>,
}
