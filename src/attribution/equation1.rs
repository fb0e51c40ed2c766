//! Equation 1: one propagation step for every layer. Divide, vector-Jacobian product, multiply.

use burn::tensor::Tensor;

use super::Ledger;
use crate::kernel;
use crate::witness::{Pointwise, show_pointwise};
use crate::words::words;

words! {
    /// How a denominator is kept from zero.
    #[derive(Default)]
    pub enum Stabilizer {
        /// z′ + ε, as the C3-LRP paper prints it.
        #[default]
        Plain = "plain",
        /// z′ + ε·sign(z′), with sign(0) = 1 (Bach et al. 2015).
        Signed = "signed",
    }
}

/// Equation 1 of C3-LRP with its stabilizer. Every other rule divides in the same way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equation1 {
    /// How the denominator is stabilized.
    pub stabilizer: Stabilizer,
    /// ε, above 0.
    pub epsilon: f32,
}

impl Default for Equation1 {
    fn default() -> Self {
        Self { stabilizer: Stabilizer::Plain, epsilon: 1e-6 }
    }
}

impl Equation1 {
    /// Relevance of a layer's output `z_out` to that of its input `z`, in the shape of `z`:
    ///
    /// R(z_ij) = Σ_uv z_ij · (∂z′_uv / ∂z_ij) / (z′_uv + ε) · R′(z′_uv)   (C3-LRP, Equation 1)
    ///
    /// which is z ⊙ VJP(R′ ⊘ (z′ + ε)). `vjp` is the layer's vector-Jacobian product.
    pub fn propagate<const I: usize, const O: usize>(
        &self,
        z: Tensor<I>,
        z_out: Tensor<O>,
        relevance: Tensor<O>,
        vjp: impl FnOnce(Tensor<O>) -> Tensor<I>,
    ) -> Tensor<I> {
        self.step(&mut Ledger::closed(), z, z_out, relevance, |cotangent, _| vjp(cotangent))
    }

    /// The same, with what ε takes booked; `vjp` books what biases take.
    pub(super) fn step<const I: usize, const O: usize>(
        &self,
        ledger: &mut Ledger,
        z: Tensor<I>,
        z_out: Tensor<O>,
        relevance: Tensor<O>,
        vjp: impl FnOnce(Tensor<O>, &mut Ledger) -> Tensor<I>,
    ) -> Tensor<I> {
        let cotangent = self.divide(relevance.clone(), z_out.clone());
        ledger.take(|| kernel::left(&relevance, &z_out, &cotangent));
        let back = vjp(cotangent, ledger);
        let look = Pointwise::of([&z, &back]);
        let product = z * back;
        look.show("product on the way back", &product, |[z, back]| z * back);
        product
    }

    /// R′ ⊘ (z′ + ε), or R′ ⊘ (z′ + ε·sign(z′)).
    pub(super) fn divide<const D: usize>(&self, relevance: Tensor<D>, z: Tensor<D>) -> Tensor<D> {
        let look = Pointwise::of([&relevance, &z]);
        let quotient = relevance / self.stabilize(z);
        let (epsilon, signed) = (f64::from(self.epsilon), self.stabilizer == Stabilizer::Signed);
        look.show("division", &quotient, move |[relevance, z]| {
            relevance / if signed && z < 0.0 { z - epsilon } else { z + epsilon }
        });
        quotient
    }

    /// R′ ⊘ (z′ + ε) taken back through the ReLU that gave out z′: 0 where z′ is. As z′ ≥ 0, the
    /// stabilizers are the same. What ε takes is booked.
    pub(super) fn divide_rectified(&self, ledger: &mut Ledger, relevance: Tensor<4>, z: &Tensor<4>) -> Tensor<4> {
        let (quotient, left) = kernel::quotient(relevance.clone(), z, self.epsilon);
        let epsilon = f64::from(self.epsilon);
        show_pointwise(
            "division",
            [&relevance, z],
            &quotient,
            move |[relevance, z]| {
                if z > 0.0 { relevance / (z + epsilon) } else { 0.0 }
            },
        );
        ledger.take(|| left);
        quotient
    }

    /// z′ + ε or z′ + ε·sign(z′).
    pub(super) fn stabilize<const D: usize>(&self, z: Tensor<D>) -> Tensor<D> {
        match self.stabilizer {
            Stabilizer::Plain => z + self.epsilon,
            Stabilizer::Signed => {
                let negative = z.clone().lower_elem(0.0).float();
                z + self.epsilon - negative * (2.0 * self.epsilon)
            }
        }
    }
}
