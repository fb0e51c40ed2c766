//! Where a tensor lies.

use crate::Kind;

/// Where a tensor lies in the file. All of its elements lie within its storage, and that within the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The keys on the way to it, with dots between them: `state_dict.conv1.weight`.
    pub name: String,
    /// The type of its elements.
    pub kind: Kind,
    /// Elements along each dimension; none for a single number.
    pub shape: Vec<usize>,
    /// Elements from one to the next along each dimension: a transposed tensor's aren't those of its shape, and a
    /// repeated dimension's is 0.
    pub strides: Vec<usize>,
    /// The byte of the file at which its first element starts.
    pub start: u64,
}

impl Tensor {
    /// The number of elements. They are never more bytes than the file.
    pub fn elements(&self) -> usize {
        // An empty one's other sides may be anything.
        if self.shape.contains(&0) { 0 } else { self.shape.iter().product() }
    }

    /// Whether its elements follow each other in the file as its shape has them, the last dimension first.
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1;
        self.elements() == 0
            || self.shape.iter().zip(&self.strides).rev().all(|(&side, &stride)| {
                let follows = side == 1 || stride == step;
                step *= side;
                follows
            })
    }

    /// Bytes from its first element to the end of its last one: what has to be read from `start` on.
    pub fn span(&self) -> usize {
        if self.elements() == 0 {
            return 0;
        }
        let last: usize = self.shape.iter().zip(&self.strides).map(|(&side, &stride)| (side - 1) * stride).sum();
        (last + 1) * self.kind.bytes()
    }

    /// Its elements' bytes as its shape has them, the last dimension first, out of the [`Tensor::span`] bytes from
    /// `start` on. `None` where there are fewer of them.
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
            // As an odometer: the last dimension that isn't at its end goes on, and those after it start again.
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
