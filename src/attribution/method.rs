//! How a map can be made.

use super::{Composite, Rise, Staged};
use crate::picture::Normalisation;

/// How a map is made.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one for an explanation")]
pub enum Method {
    /// Relevance walked back from the class, C3-LRP included, by a composite for each stage.
    Lrp(Staged<Composite>),
    /// x ⊙ ∂y_c/∂x.
    InputXGradient,
    /// A stage's channels, weighted by the mean of their gradients. It gives a map only.
    GradCam {
        /// 1 to 4.
        stage: usize,
    },
    /// The class's probability under random masks. It gives a map only.
    Rise(Rise),
    /// The attention map of a network with an attention branch. It gives a map only, the same for
    /// every class.
    AttentionMap,
}

impl Default for Method {
    /// C3-LRP as printed.
    fn default() -> Self {
        Self::Lrp(Staged::all(Composite::default()))
    }
}

impl Method {
    /// This method with the parameters that depend on the pictures' normalisation set from it.
    pub fn within(self, normalisation: &Normalisation) -> Self {
        match self {
            Self::Lrp(composite) => Self::Lrp(composite.map(|composite| composite.within(normalisation))),
            other => other,
        }
    }
}
