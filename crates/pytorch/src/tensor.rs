//! Where a tensor is in the file.

use crate::Kind;

/// Where a tensor is in the file. All of its elements lie inside its storage, which lies inside the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The keys on the path to it, joined by dots, such as `state_dict.conv1.weight`.
    pub name: String,
    /// The type of its elements.
    pub kind: Kind,
    /// The size of each dimension; empty for a single number.
    pub shape: Vec<usize>,
    /// The distance between neighbours along each dimension, in elements. In a transposed tensor it doesn't follow from
    /// the shape, and along a repeated dimension it is 0.
    pub strides: Vec<usize>,
    /// The first byte of its first element in the file.
    pub start: u64,
}

impl Tensor {
    /// The number of elements. They never take more bytes than the file.
    pub fn elements(&self) -> usize {
        // If one size is 0, the others may be anything.
        if self.shape.contains(&0) { 0 } else { self.shape.iter().product() }
    }

    /// Whether its elements are contiguous in the file, in the order of its shape with the last dimension fastest.
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1;
        self.elements() == 0
            || self.shape.iter().zip(&self.strides).rev().all(|(&side, &stride)| {
                let follows = side == 1 || stride == step;
                step *= side;
                follows
            })
    }

    /// The number of bytes from its first element to the end of its last one: what must be read from `start` on.
    pub fn span(&self) -> usize {
        if self.elements() == 0 {
            return 0;
        }
        let last: usize = self.shape.iter().zip(&self.strides).map(|(&side, &stride)| (side - 1) * stride).sum();
        (last + 1) * self.kind.bytes()
    }

    /// The bytes of its elements in the order of its shape with the last dimension fastest, taken from the
    /// [`Tensor::span`] bytes from `start` on. `None` if there are fewer bytes.
    pub fn pack(&self, span: &[u8]) -> Option<Vec<u8>> {
        let span = span.get(..self.span())?;
        if self.is_contiguous() {
            return Some(span.to_vec());
        }
        let bytes = self.kind.bytes();
        let mut packed = Vec::with_capacity(self.elements() * bytes);
        let mut at = vec![0; self.shape.len()];
        let mut element = 0;
        for _ in 0..self.elements() {
            packed.extend_from_slice(span.get(element * bytes..)?.get(..bytes)?);
            // Like an odometer: the last index that isn't at its end advances, and those after it start again.
            for ((at, &side), &stride) in at.iter_mut().zip(&self.shape).zip(&self.strides).rev() {
                *at += 1;
                element += stride;
                if *at < side {
                    break;
                }
                element -= *at * stride;
                *at = 0;
            }
        }
        Some(packed)
    }
}
