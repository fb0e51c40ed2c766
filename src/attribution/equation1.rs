//! Equation 1: one propagation step for every layer. Divide, vector-Jacobian product, multiply.

use burn::tensor::Tensor;

use super::Ledger;
use crate::kernel::{self, Divisor, Epsilon};
use crate::witness::Pointwise;
use crate::words::words;

words! {
    /// How a denominator is kept away from zero.
    #[derive(Default)]
    pub enum Stabilizer {
        /// z′ + ε, as the C3-LRP paper prints it.
        #[default]
        Plain = "plain",
        /// z′ + ε·sign(z′), with sign(0) = 1 (Bach et al. 2015).
        Signed = "signed",
    }
}

words! {
    /// What ε is measured in.
    #[derive(Default)]
    pub enum Unit {
        /// ε is used as it stands, as papers print it. It then has a larger effect in layers with small outputs.
        #[default]
        Absolute = "absolute",
        /// ε is multiplied by the root mean square of the layer's outputs, √(mean z′²), so that it has the same effect
        /// in every layer and in every network (Montavon et al., Layer-Wise Relevance Propagation: An Overview, 2019).
        Layer = "layer",
    }
}

/// Equation 1 of C3-LRP with its stabilizer. All other rules divide in the same way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equation1 {
    /// How the denominator is stabilized.
    pub stabilizer: Stabilizer,
    /// ε, above 0.
    pub epsilon: f32,
    /// What ε is measured in.
    pub unit: Unit,
}

impl Default for Equation1 {
    fn default() -> Self {
        Self { stabilizer: Stabilizer::Plain, epsilon: 1e-6, unit: Unit::Absolute }
    }
}

/// A lower limit of ε, for a layer whose outputs are all 0.
const LEAST: f32 = 1e-12;

impl Equation1 {
    /// Takes the relevance of a layer's output `z_out` to its input `z`, in the shape of `z`:
    ///
    /// R(z_ij) = Σ_uv z_ij · (∂z′_uv / ∂z_ij) / (z′_uv + ε) · R′(z′_uv)   (C3-LRP, Equation 1)
    ///
    /// which is z ⊙ VJP(R′ ⊘ (z′ + ε)). `vjp` is the layer's vector-Jacobian product.
    #[doc(hidden)]
    pub fn propagate<const I: usize, const O: usize>(
        &self,
        z: Tensor<I>,
        z_out: Tensor<O>,
        relevance: Tensor<O>,
        vjp: impl FnOnce(Tensor<O>) -> Tensor<I>,
    ) -> Tensor<I> {
        self.step(&mut Ledger::closed(), z, z_out, relevance, |cotangent, _| vjp(cotangent))
    }

    /// As [`Equation1::propagate`], and records in the ledger what ε absorbs; `vjp` records what biases absorb.
    pub(super) fn step<const I: usize, const O: usize>(
        &self,
        ledger: &mut Ledger,
        z: Tensor<I>,
        z_out: Tensor<O>,
        relevance: Tensor<O>,
        vjp: impl FnOnce(Tensor<O>, &mut Ledger) -> Tensor<I>,
    ) -> Tensor<I> {
        let cotangent = self.divide_recorded(ledger, relevance, &z_out);
        let back = vjp(cotangent, ledger);
        let look = Pointwise::of([&z, &back]);
        let product = z * back;
        look.show("product on the way back", &product, |[z, back]| z * back);
        product
    }

    /// Equation 1 for a layer whose outputs matter one by one, as logits do. There, an ε as large as the outputs would
    /// flip signs and change how a contrast weighs its classes. So an ε relative to the layer is replaced by the
    /// default ε with the signed stabilizer. (For a single class, ε would only scale all relevance.)
    pub(super) fn for_logits(&self) -> Self {
        match self.unit {
            Unit::Absolute => *self,
            Unit::Layer => Self { stabilizer: Stabilizer::Signed, ..Self::default() },
        }
    }

    /// This layer's ε.
    fn epsilon_of<const D: usize>(&self, z: &Tensor<D>) -> Epsilon {
        match self.unit {
            Unit::Absolute => Epsilon::Number(self.epsilon),
            Unit::Layer => kernel::epsilon_of(z, self.epsilon, LEAST),
        }
    }

    /// Divides relevance R′ by a layer's outputs z′, both of one shape, with the stabilizer: R′ ⊘ (z′ + ε), or R′ ⊘ (z′ +
    /// ε·sign(z′)).
    pub(super) fn divide<const D: usize>(&self, relevance: Tensor<D>, z: &Tensor<D>) -> Tensor<D> {
        self.divide_recorded(&mut Ledger::closed(), relevance, z)
    }

    /// As [`Equation1::divide`], and records in the ledger what ε absorbs.
    pub(super) fn divide_recorded<const D: usize>(
        &self,
        ledger: &mut Ledger,
        relevance: Tensor<D>,
        z: &Tensor<D>,
    ) -> Tensor<D> {
        let signed = self.is_signed();
        let epsilon = self.epsilon_of(z);
        let look = Division::of([&relevance, z], &epsilon);
        let divisor = if signed { Divisor::Signed } else { Divisor::Plain };
        let (quotient, left) = kernel::divide(relevance, z, &epsilon, divisor);
        look.show(&quotient, move |relevance, z, epsilon| {
            relevance / if signed && z < 0.0 { z - epsilon } else { z + epsilon }
        });
        ledger.take(1.0, || left);
        quotient
    }

    /// Divides relevance R′ by a ReLU's outputs z′, both `[N, C, H, W]`, and takes it back through the ReLU: R′ ⊘ (z′ +
    /// ε), and 0 where z′ is 0. As z′ ≥ 0, both stabilizers are the same here. Records in the ledger what ε absorbs.
    pub(super) fn divide_rectified(&self, ledger: &mut Ledger, relevance: Tensor<4>, z: &Tensor<4>) -> Tensor<4> {
        let epsilon = self.epsilon_of(z);
        let look = Division::of([&relevance, z], &epsilon);
        let (quotient, left) = kernel::divide(relevance, z, &epsilon, Divisor::Rectified);
        look.show(&quotient, |relevance, z, epsilon| if z > 0.0 { relevance / (z + epsilon) } else { 0.0 });
        ledger.take(1.0, || left);
        quotient
    }

    /// Keeps a layer's outputs z′ away from zero, in their shape: z′ + ε or z′ + ε·sign(z′).
    pub(super) fn stabilize<const D: usize>(&self, z: Tensor<D>) -> Tensor<D> {
        let epsilon = self.epsilon_of(&z);
        kernel::stabilize(z, &epsilon, self.is_signed())
    }

    /// ε, if it is known before the layer's outputs are.
    pub(super) fn known_epsilon(&self) -> Option<f32> {
        match self.unit {
            Unit::Absolute => Some(self.epsilon),
            Unit::Layer => None,
        }
    }

    /// Keeps one output z′ away from zero, as [`Self::stabilize`] does with all of them, with this ε.
    pub(super) fn stabilize_one(&self, z: f64, epsilon: f32) -> f64 {
        z + f64::from(if self.is_signed() && z < 0.0 { -epsilon } else { epsilon })
    }

    pub(super) fn is_signed(&self) -> bool {
        self.stabilizer == Stabilizer::Signed
    }
}

/// What the witness sees of a division, taken before the division: relevance, z′ and ε.
enum Division<const D: usize> {
    Number(Pointwise<D, 2>, f64),
    Computed(Pointwise<D, 3>),
}

impl<const D: usize> Division<D> {
    fn of([relevance, z]: [&Tensor<D>; 2], epsilon: &Epsilon) -> Self {
        match epsilon {
            Epsilon::Number(epsilon) => Self::Number(Pointwise::of([relevance, z]), f64::from(*epsilon)),
            Epsilon::Computed(epsilon) => {
                Self::Computed(Pointwise::of([relevance, z, &Tensor::clone(epsilon).reshape([1; D])]))
            }
        }
    }

    /// Shows the quotient to the witness; `of` computes it from one element's R′, z′ and ε.
    fn show(self, quotient: &Tensor<D>, of: impl Fn(f64, f64, f64) -> f64 + Send + 'static) {
        match self {
            Self::Number(look, epsilon) => {
                look.show("division", quotient, move |[relevance, z]| of(relevance, z, epsilon))
            }
            Self::Computed(look) => {
                look.show("division", quotient, move |[relevance, z, epsilon]| of(relevance, z, epsilon))
            }
        }
    }
}
