//! Where the residual branch and the skip meet.

use burn::tensor::Tensor;

use super::{Equation1, Ledger};
use crate::kernel;
use crate::witness::show_pointwise;
use crate::words::words;

/// How the relevance R of h_m + h_s is split between the residual branch's output h_m and the skip's output h_s, each
/// with its BatchNorm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addition {
    /// By signed contribution: R_m = h_m / (h_m + h_s + ε) · R, and R_s likewise. This is the LRP-ε rule applied to an
    /// addition (Bach et al. 2015).
    Normalised,
    /// R_m = R_s = R/2 (Relevance Splitting: Otsuki et al., ECCV 2024).
    Symmetric {
        /// Whether a skip without a convolution gets its half; if not, the branch gets everything.
        identity: bool,
    },
    /// R_m = |h_m| / (|h_m| + |h_s|) · R and R_s = R − R_m; one half each where both are 0 (Relevance Splitting).
    Ratio {
        /// Whether a skip without a convolution gets its share; if not, the branch gets everything.
        identity: bool,
    },
}

words! {
    /// An addition's name.
    pub enum AdditionName {
        /// By signed contribution.
        Normalised = "normalised",
        /// Halves.
        Symmetric = "symmetric",
        /// By magnitude.
        Ratio = "ratio",
    }
}

impl AdditionName {
    /// The addition with this name. `identity` says whether a skip without a convolution gets relevance.
    pub fn addition(self, identity: bool) -> Addition {
        match self {
            Self::Normalised => Addition::Normalised,
            Self::Symmetric => Addition::Symmetric { identity },
            Self::Ratio => Addition::Ratio { identity },
        }
    }
}

impl Addition {
    /// R_m and R_s, each in the shape of R. `projected` says whether the skip has a convolution.
    #[doc(hidden)]
    pub fn split(
        &self,
        equation: &Equation1,
        branch: Tensor<4>,
        skip: Tensor<4>,
        projected: bool,
        relevance: Tensor<4>,
    ) -> [Tensor<4>; 2] {
        self.step(&mut Ledger::closed(), equation, branch, skip, projected, relevance)
    }

    /// As [`Addition::split`], and records in the ledger what ε absorbs.
    pub(super) fn step(
        &self,
        ledger: &mut Ledger,
        equation: &Equation1,
        branch: Tensor<4>,
        skip: Tensor<4>,
        projected: bool,
        relevance: Tensor<4>,
    ) -> [Tensor<4>; 2] {
        match self {
            Self::Normalised => {
                if let Some(shares) = at_once(ledger, equation, [&branch, &skip, &relevance]) {
                    return shares;
                }
                let sum = branch.clone() + skip.clone();
                let quotient = equation.divide_recorded(ledger, relevance, &sum);
                let [main, side] = [branch.clone() * quotient.clone(), skip.clone() * quotient.clone()];
                show_pointwise("branch's share", [&branch, &quotient], &main, |[branch, quotient]| branch * quotient);
                show_pointwise("skip's share", [&skip, &quotient], &side, |[skip, quotient]| skip * quotient);
                [main, side]
            }
            Self::Symmetric { identity } | Self::Ratio { identity } if !identity && !projected => {
                let none = relevance.zeros_like();
                [relevance, none]
            }
            Self::Symmetric { .. } => {
                let half = relevance * 0.5;
                [half.clone(), half]
            }
            Self::Ratio { .. } => {
                let [branch, skip] = [branch.abs(), skip.abs()];
                let sum = branch.clone() + skip.clone();
                let both_zero = sum.clone().equal_elem(0.0);
                let share = (branch.clone() / sum.mask_fill(both_zero.clone(), 1.0)).mask_fill(both_zero, 0.5);
                let main = relevance.clone() * share;
                show_pointwise("branch's share", [&relevance, &branch, &skip], &main, |[relevance, branch, skip]| {
                    relevance * if branch + skip == 0.0 { 0.5 } else { branch / (branch + skip) }
                });
                [main.clone(), relevance - main]
            }
        }
    }
}

/// [`Addition::Normalised`] in one pass through the memory, from the branch, the skip and the relevance of their sum. None
/// if they are not on the CPU, or ε depends on all outputs.
fn at_once(ledger: &mut Ledger, equation: &Equation1, inputs: [&Tensor<4>; 3]) -> Option<[Tensor<4>; 2]> {
    let epsilon = equation.known_epsilon()?;
    let (shares, left) = kernel::shares(inputs, epsilon, equation.is_signed())?;
    ledger.take(1.0, || left);
    let equation = *equation;
    // Branch and skip may nearly cancel out, so their sum is rounded as the CPU's was.
    let quotient = move |[branch, skip, relevance]: [f64; 3]| {
        relevance / equation.stabilize_one((branch as f32 + skip as f32).into(), epsilon)
    };
    let [main, side] = &shares;
    show_pointwise("branch's share", inputs, main, move |of| of[0] * quotient(of));
    show_pointwise("skip's share", inputs, side, move |of| of[1] * quotient(of));
    Some(shares)
}
