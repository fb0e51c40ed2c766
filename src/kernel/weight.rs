//! A convolution's weights.

use std::sync::{Arc, OnceLock};

use burn::tensor::Tensor;

use super::cpu::Columns;

/// A convolution's weights [C′, C / groups, k, k]. The native CPU keeps them laid out for the way back as
/// well, from the first time that it goes there; the browser has not the memory for both.
#[derive(Clone, Debug)]
pub struct Weight {
    tensor: Tensor<4>,
    columns: Arc<OnceLock<Columns>>,
}

impl From<Tensor<4>> for Weight {
    fn from(tensor: Tensor<4>) -> Self {
        Self { tensor, columns: Arc::default() }
    }
}

impl Weight {
    /// [C′, C / groups, k, k].
    pub fn tensor(&self) -> &Tensor<4> {
        &self.tensor
    }

    /// Where the CPU's layout of them is kept, if it is.
    pub(super) fn columns(&self) -> Option<&OnceLock<Columns>> {
        (!cfg!(target_arch = "wasm32")).then_some(&self.columns)
    }
}
