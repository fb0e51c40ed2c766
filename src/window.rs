//! The windows of a pool.

/// A window that moves over the places of each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side of the square.
    pub kernel: usize,
    /// From one place to the next, in both directions.
    pub stride: usize,
    /// Places beside the picture, which count for nothing.
    pub padding: usize,
    /// Whether the last window may reach over the edge.
    pub ceil: bool,
}

impl Window {
    /// Torchvision's ResNets' max-pool: 3×3, stride 2, padding 1.
    pub const RESNET: Self = Self { kernel: 3, stride: 2, padding: 1, ceil: false };

    /// VGG's max-pool: 2×2, side by side.
    pub const VGG: Self = Self { kernel: 2, stride: 2, padding: 0, ceil: false };

    /// Height and width of what is made of `size`; none where the window is larger than that.
    pub fn output(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        let Self { kernel, stride, padding, ceil } = *self;
        let side = |side: usize| {
            let room = (side + 2 * padding).checked_sub(kernel)?;
            let steps = if ceil { room.div_ceil(stride) } else { room / stride };
            // The last window begins within the picture or its left padding.
            Some(if ceil && steps * stride >= side + padding { steps } else { steps + 1 })
        };
        Some([side(size[0])?, side(size[1])?])
    }
}
