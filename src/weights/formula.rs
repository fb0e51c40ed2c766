//! Weights made by a formula: a network that any language can rebuild bit by bit.
//!
//! Tests, the device's self-test and benchmarks need a known network, and 100 MB of it in a
//! repository would be a waste. Each value is a hash of its tensor's name and its place
//! (`tests/reference/generate.py` has the same lines for PyTorch), scaled so that activations
//! neither die nor grow.

use safetensors::tensor::{Dtype, TensorView};

use super::Architecture;
use crate::{Error, Result};

/// A number in [−1, 1) for place `index` of the tensor `name`, exact in f32.
pub fn unit(name: &str, index: usize) -> f32 {
    unit_of(seed(name), index)
}

fn unit_of(seed: u32, index: usize) -> f32 {
    (mix(seed ^ mix(index as u32)) >> 8) as f32 / 8_388_608.0 - 1.0
}

/// FNV-1a, 32 bits.
pub fn seed(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// MurmurHash3's finalizer, 32 bits.
pub fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

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

/// Keeps the most probable class between certainty and chance.
const FC_GAIN: f64 = 4.0;

/// A picture in normalised space, [3, height, width], made from its name: blocks of 8×8 equal pixels.
pub fn input(name: &str, height: usize, width: usize) -> Vec<f32> {
    let seed = seed(name);
    let pixel = |channel: usize, y: usize, x: usize| 2.0 * unit_of(seed, (channel * 32 + y / 8) * 32 + x / 8);
    (0..3).flat_map(|channel| (0..height).flat_map(move |y| (0..width).map(move |x| pixel(channel, y, x)))).collect()
}

/// The whole network as a safetensors file, F32.
///
/// # Errors
/// [`Error::Weights`] where the file can't be laid out.
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
