//! A network's answers alone, without anything kept.

use burn::tensor::Tensor;

use super::Graph;
use crate::{Result, witness};

/// The logits `[N, outputs]` of pictures `[N, 3, H, W]`. No activation is kept.
///
/// # Errors
/// [`Error::DeviceWrong`] and [`Error::DeviceLost`], from the device.
pub(crate) async fn answer(network: &Graph, pictures: Tensor<4>) -> Result<Vec<f32>> {
    let device = pictures.device();
    let ((), read) = witness::read(&device, || ((), vec![network.logits(pictures).flatten(0, 1)])).await?;
    Ok(read.into_iter().flatten().collect())
}
