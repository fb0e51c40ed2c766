//! The methods that make a map.

use super::{Composite, Rise, Staged};
use crate::picture::Normalisation;

/// A method with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one for an explanation")]
pub enum Method {
    /// LRP, including C3-LRP: relevance is propagated from the class, with a composite for each stage.
    Lrp(Staged<Composite>),
    /// Input×Gradient: x ⊙ ∂y_c/∂x.
    InputXGradient,
    /// Grad-CAM: a stage's channels, weighted by the mean of their gradients. It gives only a map, without relevance
    /// for each channel.
    GradCam {
        /// The stage, 1 to 4.
        stage: usize,
    },
    /// RISE: the class's probability under random masks. It gives only a map.
    Rise(Rise),
    /// The attention map of a network with an attention branch (ABN). It gives only a map, the same for every class.
    AttentionMap,
}

impl Default for Method {
    /// C3-LRP as printed.
    fn default() -> Self {
        Self::Lrp(Staged::all(Composite::default()))
    }
}

impl Method {
    /// This method, with the parameters that depend on the pictures' normalisation set accordingly.
    pub fn within(self, normalisation: &Normalisation) -> Self {
        match self {
            Self::Lrp(composite) => Self::Lrp(composite.map(|composite| composite.within(normalisation))),
            other => other,
        }
    }
}
