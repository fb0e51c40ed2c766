//! Colours: one palette for birds and clutter, so that no colour alone reveals a bird.

/// Red, green and blue from 0 to 1, in sRGB.
pub type Rgb = [f32; 3];
/// A colour and its coverage, from 0 to 1.
pub type Rgba = [f32; 4];

/// A colour of the palette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(u32);

#[rustfmt::skip]
impl Colour {
    pub const INK: Self = Self(0x2b2b38);
    pub const BARK: Self = Self(0x6d4b36);
    pub const RUST: Self = Self(0xb9552f);
    pub const CRIMSON: Self = Self(0xc8323d);
    pub const ROSE: Self = Self(0xe7929a);
    pub const ORANGE: Self = Self(0xee8a35);
    pub const AMBER: Self = Self(0xe3a548);
    pub const SUN: Self = Self(0xf5d04f);
    pub const CREAM: Self = Self(0xf3e2bd);
    pub const SNOW: Self = Self(0xf8f4ea);
    pub const SAND: Self = Self(0xcfae80);
    pub const MOSS: Self = Self(0x75864a);
    pub const LEAF: Self = Self(0x97b757);
    pub const TEAL: Self = Self(0x2c8486);
    pub const MINT: Self = Self(0xa8dac4);
    pub const SKY: Self = Self(0x72aedb);
    pub const BLUE: Self = Self(0x3a6fb5);
    pub const NAVY: Self = Self(0x31456b);
    pub const VIOLET: Self = Self(0x8463b0);
    pub const PLUM: Self = Self(0x69426d);
    pub const SLATE: Self = Self(0x687382);
    pub const ASH: Self = Self(0xadb2b6);

    /// All colours of the palette.
    pub const ALL: [Self; 22] = [
        Self::INK, Self::BARK, Self::RUST, Self::CRIMSON, Self::ROSE, Self::ORANGE, Self::AMBER, Self::SUN,
        Self::CREAM, Self::SNOW, Self::SAND, Self::MOSS, Self::LEAF, Self::TEAL, Self::MINT, Self::SKY,
        Self::BLUE, Self::NAVY, Self::VIOLET, Self::PLUM, Self::SLATE, Self::ASH,
    ];
}

impl Colour {
    pub fn rgb(self) -> Rgb {
        rgb(self.0)
    }
}

/// The colour of `0xrrggbb`.
pub fn rgb(hex: u32) -> Rgb {
    [16, 8, 0].map(|shift| ((hex >> shift) & 255) as f32 / 255.0)
}

/// Interpolates from `a` (at 0) to `b` (at 1), clamped to this range.
pub fn blend(a: Rgb, b: Rgb, t: f32) -> Rgb {
    let t = t.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// Brighter above 1 (towards a warm white), darker below (towards a cool black).
pub fn shade(colour: Rgb, light: f32) -> Rgb {
    if light > 1.0 { blend(colour, [1.0, 0.98, 0.92], light - 1.0) } else { blend([0.09, 0.08, 0.15], colour, light) }
}

/// A colour with a coverage.
pub fn cover(colour: Rgb, alpha: f32) -> Rgba {
    [colour[0], colour[1], colour[2], alpha]
}

/// 0 below `low`, 1 above `high`, and smooth between.
pub fn smooth(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}
