//! Where relevance goes besides to a layer's inputs, so that it can be told from relevance that a
//! faulty device or a fault of ours lost or made.
//!
//! A step is z ⊙ Wᵀq, with q the stabilized quotient of relevance and outputs z′ = Wz + b. By
//! ⟨z, Wᵀq⟩ = ⟨Wz, q⟩ = ⟨z′ − b, q⟩ the inputs get exactly what is left of ΣR′ when the biases have taken
//! ⟨b, q⟩ and ε what it takes. Both are booked here; no rule is exempt, and nothing is computed twice.

use burn::tensor::Tensor;

use crate::kernel;
use crate::network::Convolution;

/// What biases and ε took since the boundary before. One that is closed books nothing.
#[derive(Debug)]
pub struct Ledger {
    open: bool,
    taken: Option<Tensor<1>>,
}

impl Ledger {
    /// One that books.
    pub fn open() -> Self {
        Self { open: true, taken: None }
    }

    /// One that doesn't.
    pub fn closed() -> Self {
        Self { open: false, taken: None }
    }

    /// Books an amount, which is computed only where it is booked.
    pub(super) fn take(&mut self, amount: impl FnOnce() -> Tensor<1>) {
        if !self.open {
            return;
        }
        let amount = amount();
        self.taken = Some(match self.taken.take() {
            Some(taken) => taken + amount,
            None => amount,
        });
    }

    /// Books what a layer's bias takes, by its outputs' cotangent: ⟨b, q⟩, times a factor.
    pub(super) fn take_bias(&mut self, layer: &Convolution, cotangent: &Tensor<4>, factor: f32) {
        self.take(|| kernel::weighted(cotangent, &layer.bias) * factor);
    }

    /// What was taken so far, which is then forgotten, beside Σ|R| of the relevance that is left.
    pub(super) fn settle(&mut self, relevance: &Tensor<4>) -> Option<[Tensor<1>; 2]> {
        if !self.open {
            return None;
        }
        let taken = self.taken.take().unwrap_or_else(|| Tensor::zeros([1], &relevance.device()));
        Some([taken, kernel::magnitude(relevance)])
    }
}
