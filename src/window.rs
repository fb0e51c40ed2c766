//! The sliding windows of a pooling layer.

/// A square window that slides over each channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side of the window.
    pub kernel: usize,
    /// Step from one window to the next, in both directions.
    pub stride: usize,
    /// Rows and columns added on every side; they never count in the result.
    pub padding: usize,
    /// Whether the last window may reach over the edge (PyTorch's `ceil_mode`).
    pub ceil: bool,
}

impl Window {
    /// The max-pool of torchvision's ResNets: 3×3, stride 2, padding 1.
    pub const RESNET: Self = Self { kernel: 3, stride: 2, padding: 1, ceil: false };

    /// VGG's max-pool: 2×2, without overlap.
    pub const VGG: Self = Self { kernel: 2, stride: 2, padding: 0, ceil: false };

    /// Height and width of the output for an input of `size`, `[height, width]`; none if the window is larger than the
    /// padded input.
    pub fn output(&self, size: [usize; 2]) -> Option<[usize; 2]> {
        let Self { kernel, stride, padding, ceil } = *self;
        let side = |side: usize| {
            let room = (side + 2 * padding).checked_sub(kernel)?;
            let steps = if ceil { room.div_ceil(stride) } else { room / stride };
            // As in PyTorch, the last window must begin within the input or its left padding.
            Some(if ceil && steps * stride >= side + padding { steps } else { steps + 1 })
        };
        Some([side(size[0])?, side(size[1])?])
    }
}
