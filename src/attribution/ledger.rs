//! Records where relevance goes other than to a layer's inputs, so that this can be told from relevance that a faulty
//! device or a mistake of ours lost or created.
//!
//! A step is z ⊙ Wᵀq, where q is the stabilized quotient of relevance and outputs z′ = Wz + b. Since ⟨z, Wᵀq⟩ = ⟨Wz, q⟩
//! = ⟨z′ − b, q⟩, the inputs get exactly what is left of ΣR′ after the biases' share, ⟨b, q⟩, and ε's share. Both are
//! recorded here; no rule is exempt, and nothing is computed twice.

use burn::tensor::Tensor;

use crate::kernel;
use crate::network::Convolution;

/// What biases and ε have absorbed since the last boundary. A closed ledger records nothing.
#[derive(Debug)]
pub struct Ledger {
    open: bool,
    taken: Option<Tensor<1>>,
}

impl Ledger {
    /// A ledger that records.
    pub fn open() -> Self {
        Self { open: true, taken: None }
    }

    /// A ledger that records nothing.
    pub fn closed() -> Self {
        Self { open: false, taken: None }
    }

    /// Records an amount. The amount is computed only if the ledger is open.
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

    /// Records what a layer's bias absorbs, from the cotangent q of its outputs: ⟨b, q⟩, times a factor.
    pub(super) fn take_bias(&mut self, layer: &Convolution, cotangent: &Tensor<4>, factor: f32) {
        self.take(|| kernel::weighted(cotangent, &layer.bias) * factor);
    }

    /// The amount recorded since the last call, and Σ|R| of the relevance that is left. Starts again from zero.
    pub(super) fn settle(&mut self, relevance: &Tensor<4>) -> Option<[Tensor<1>; 2]> {
        if !self.open {
            return None;
        }
        let taken = self.taken.take().unwrap_or_else(|| Tensor::zeros([1], &relevance.device()));
        Some([taken, kernel::magnitude(relevance)])
    }
}
