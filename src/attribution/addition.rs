//! Where the residual branch and the skip meet.

use burn::tensor::Tensor;

use super::{Equation1, Ledger};
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
