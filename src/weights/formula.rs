//! Weights made by a formula: a network that any language can rebuild, bit by bit.
//!
//! Tests, the device's self-test and benchmarks need a known network, and storing 100 MB of it in a repository would be
//! a waste. Each value is a hash of its tensor's name and its index (`tests/reference/generate.py` has the same
//! functions for PyTorch), scaled so that activations neither vanish nor grow.

use safetensors::tensor::{Dtype, TensorView};

use super::Architecture;
use crate::random::{seed, unit_of};
use crate::{Error, Result};

/// The values of a tensor, row-major.
pub fn tensor(name: &str, shape: &[usize]) -> Vec<f32> {
    let fan_in = shape[1..].iter().product::<usize>() as f64;
    let (offset, scale) = match name.rsplit_once('.') {
        _ if shape.len() == 2 => (0.0, (FC_GAIN / fan_in).sqrt() as f32),
        _ if shape.len() > 2 => (0.0, (6.0 / fan_in).sqrt() as f32),
        Some((norm, "weight")) if norm.ends_with("bn3") || norm.ends_with("downsample.1") => (0.5, 0.1),
        Some((_, "weight")) => (1.0, 0.1),
        Some((_, "running_var")) => (1.0, 0.25),
        _ => (0.0, 0.1),
    };
    let seed = seed(name);
    (0..shape.iter().product()).map(|index| offset + scale * unit_of(seed, index)).collect()
}

/// A factor for the linear layer, so that the most probable class is neither certain nor a guess.
const FC_GAIN: f64 = 4.0;

/// A normalised picture `[3, height, width]`, made from its name: blocks of 8×8 equal pixels.
pub fn input(name: &str, height: usize, width: usize) -> Vec<f32> {
    let seed = seed(name);
    let pixel = |channel: usize, y: usize, x: usize| 2.0 * unit_of(seed, (channel * 32 + y / 8) * 32 + x / 8);
    (0..3).flat_map(|channel| (0..height).flat_map(move |y| (0..width).map(move |x| pixel(channel, y, x)))).collect()
}

/// The whole network as a safetensors file, F32.
///
/// # Errors
/// [`Error::Weights`] if the file can't be written.
pub fn checkpoint(architecture: &Architecture) -> Result<Vec<u8>> {
    let tensors: Vec<_> =
        architecture.tensors().into_iter().map(|(name, shape)| (tensor(&name, &shape), name, shape)).collect();
    let views: std::result::Result<Vec<_>, _> = tensors
        .iter()
        .map(|(values, name, shape)| {
            Ok((name, TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values))?))
        })
        .collect();
    let bytes = views.and_then(|views| safetensors::serialize(views, None));
    bytes.map_err(|error| Error::Weights(error.to_string().into()))
}
