//! A convolution's weights.

use std::sync::Arc;

use burn::tensor::Tensor;

use c3lrp_kernels::Kept;

/// A convolution's weights [C′, C / groups, k, k]. The native CPU keeps them as its products want them as
/// well, from the first time that it needs them; the browser has not the memory for both.
#[derive(Clone, Debug)]
pub struct Weight {
    tensor: Tensor<4>,
    kept: Arc<Kept>,
}

impl From<Tensor<4>> for Weight {
    fn from(tensor: Tensor<4>) -> Self {
        Self { tensor, kept: Arc::default() }
    }
}

impl Weight {
    /// [C′, C / groups, k, k].
    pub fn tensor(&self) -> &Tensor<4> {
        &self.tensor
    }

    /// Where the CPU keeps what it lays out of them, if it does.
    pub(super) fn kept(&self) -> Option<&Kept> {
        (!cfg!(target_arch = "wasm32")).then_some(&self.kept)
    }
}
