//! In a build without the feature `gpu`: all tensors are on the CPU, so nothing is gathered.

use burn::tensor::{Slice, Tensor};

/// Some of the values of a tensor on a GPU. None is ever made.
pub(crate) enum Pick {}

impl Pick {
    /// Always none.
    pub(super) fn of<const D: usize>(_: &Tensor<D>, _: &[Slice; D]) -> Option<Self> {
        None
    }

    /// Never called.
    pub(super) fn count(&self) -> usize {
        match *self {}
    }
}

/// A buffer that is being filled. None is ever made.
pub(super) struct Sheet;

impl Sheet {
    /// Never called.
    pub(super) fn beside(pick: &Pick, _: usize) -> Self {
        match *pick {}
    }

    /// Never called.
    pub(super) fn fits(&self, _: usize) -> bool {
        false
    }

    /// Never called.
    pub(super) fn write(&mut self, pick: Pick) -> usize {
        match pick {}
    }

    /// Never called.
    pub(super) fn gather(&mut self) {}

    /// Never called.
    pub(super) fn closed(self) -> Tensor<1> {
        unreachable!("the only backend is the CPU's")
    }
}
