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
    taken: Vec<(f32, Tensor<1>)>,
}

/// What was recorded between two boundaries. Sums are tensors of summands, which are added when they are read.
#[derive(Clone, Debug)]
pub struct Account {
    /// What biases and ε absorbed: sums, each with a factor.
    taken: Vec<(f32, Tensor<1>)>,
    /// Σ|R| of the relevance that is left.
    magnitude: Tensor<1>,
}

/// An account whose sums are read by themselves.
pub struct OpenAccount(Vec<f32>);

impl Ledger {
    /// A ledger that records.
    pub fn open() -> Self {
        Self { open: true, taken: Vec::new() }
    }

    /// A ledger that records nothing.
    pub fn closed() -> Self {
        Self { open: false, taken: Vec::new() }
    }

    /// Records an amount, as summands, times a factor. The amount is computed only if the ledger is open.
    pub(super) fn take(&mut self, factor: f32, amount: impl FnOnce() -> Tensor<1>) {
        if self.open {
            self.taken.push((factor, amount()));
        }
    }

    /// Records what a layer's bias absorbs, from the cotangent q of its outputs: ⟨b, q⟩, times a factor.
    pub(super) fn take_bias(&mut self, layer: &Convolution, cotangent: &Tensor<4>, factor: f32) {
        self.take(factor, || kernel::weighted(cotangent, &layer.bias));
    }

    /// The account since the last call, with Σ|R| of the relevance that is left. Starts again from zero.
    pub(super) fn settle(&mut self, magnitude: impl FnOnce() -> Tensor<1>) -> Option<Account> {
        self.open.then(|| Account { taken: std::mem::take(&mut self.taken), magnitude: magnitude() })
    }
}

impl Account {
    /// The tensors to read.
    pub fn tensors(self) -> (OpenAccount, impl Iterator<Item = Tensor<1>>) {
        let (factors, taken): (_, Vec<_>) = self.taken.into_iter().unzip();
        (OpenAccount(factors), taken.into_iter().chain([self.magnitude]))
    }
}

impl OpenAccount {
    /// What was taken and Σ|R|, from the tensors as they were read.
    pub fn read(self, mut read: impl Iterator<Item = Vec<f32>>) -> [f64; 2] {
        let mut sum = || read.next().map_or(f64::NAN, |summands| summands.iter().map(|&value| f64::from(value)).sum());
        let taken = self.0.into_iter().map(|factor| f64::from(factor) * sum()).sum();
        [taken, sum()]
    }
}
