//! Numbers that look random, and are the same on every platform and in every language: hashes of a name and an index.
//! Weights made by a formula consist of them, so that another program can make the same network and compare its results.
//! RISE's masks and the weights of a randomised network are drawn from them, and are the same in every run.

/// A number in [−1, 1) for the element `index` of the tensor `name`, exact in f32.
pub fn unit(name: &str, index: usize) -> f32 {
    unit_of(seed(name), index)
}

/// As [`unit`], from the name's [`seed`].
pub(crate) fn unit_of(seed: u32, index: usize) -> f32 {
    (mix(seed ^ mix(index as u32)) >> 8) as f32 / 8_388_608.0 - 1.0
}

/// The FNV-1a hash of a name, 32 bits.
pub fn seed(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// MurmurHash3's finalizer, 32 bits.
pub fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}
