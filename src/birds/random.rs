//! A small random number generator that gives the same numbers on every platform.
//!
//! SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a counter and a mixing function, with integers only. Fractions use
//! the upper 24 bits, which a `f32` holds exactly. Each purpose has its own [`Stream`], so that leaving out one part of
//! a bird doesn't affect anything else.

/// The purpose of some random numbers.
#[derive(Clone, Copy)]
pub enum Stream {
    Pose = 1,
    Place,
    Clutter,
    Perch,
    Leaves,
    Light,
    Breast,
}

/// The SplitMix64 generator.
pub struct Random {
    state: u64,
}

/// SplitMix64's mixing function: each bit of the input changes about half of the output's bits.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// The numbers for one purpose and seed.
    pub fn new(seed: u64, stream: Stream) -> Self {
        Self { state: mix(seed ^ mix((stream as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))) }
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// A number from 0 to below 1.
    pub fn fraction(&mut self) -> f32 {
        (self.bits() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.fraction()
    }

    /// From 0 to `count - 1`; 0 if `count` is 0. The bias, below `count` / 2⁶⁴, doesn't matter here.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.bits()) * count as u128) >> 64) as usize
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.fraction() < probability
    }

    /// One of these values.
    pub fn one_of<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        const { assert!(N > 0) };
        of[self.below(N)]
    }
}

/// The largest whole number not above `x`, for |x| < 2³¹.
pub fn whole(x: f32) -> i32 {
    let cut = x as i32;
    if cut as f32 > x { cut - 1 } else { cut }
}

/// The fractional part of `x`: `x` − ⌊x⌋.
pub fn rest(x: f32) -> f32 {
    x - whole(x) as f32
}

/// Smooth noise from 0 to 1 with a lattice of unit spacing.
pub fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (i, j) = (whole(x), whole(y));
    // A 32-bit hash is enough for a texture (the constants are those of `lowbias32`).
    let corner = |i: i32, j: i32| {
        let mut bits = (i as u32).wrapping_mul(0x9E37_79B9) ^ (j as u32).wrapping_mul(0x85EB_CA6B) ^ seed;
        bits = (bits ^ (bits >> 16)).wrapping_mul(0x7FEB_352D);
        bits = (bits ^ (bits >> 15)).wrapping_mul(0x846C_A68B);
        (bits >> 8) as f32 * (1.0 / 16_777_216.0)
    };
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (s, t) = (ease(x - i as f32), ease(y - j as f32));
    let [a, b, c, d] = [corner(i, j), corner(i + 1, j), corner(i, j + 1), corner(i + 1, j + 1)];
    let (top, bottom) = (a + (b - a) * s, c + (d - c) * s);
    top + (bottom - top) * t
}
