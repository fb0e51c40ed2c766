//! The sizes of a layer's work.

use serde::{Deserialize, Serialize};

/// The largest kernel, stride and padding: places beside a picture are counted in what is left of a word.
const LARGEST: usize = 1 << 15;

/// Forward, or the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Input to output.
    Forward,
    /// The vector-Jacobian product: the output's cotangent to the input's.
    Vjp,
}

/// The sizes of a convolution with a square kernel, and of what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Geometry {
    /// N.
    pub batch: usize,
    /// Channels of the input, C.
    pub inputs: usize,
    /// Channels of the output, C′.
    pub outputs: usize,
    /// Groups of channels.
    pub groups: usize,
    /// k of the k×k kernel.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Zeros around the input.
    pub padding: usize,
    /// H, W.
    pub input: [usize; 2],
    /// H′, W′.
    pub output: [usize; 2],
}

impl Geometry {
    /// How far beyond what a place sees, in pixels, lies what its rounding may come from: products on the CPU may be
    /// shared with the places beside it (Winograd).
    pub fn shared(&self) -> usize {
        usize::from(self.suits_winograd())
    }

    /// Whether Winograd's way is the faster one. Beneath so many results what is read of the transformed filters, which are
    /// larger, takes longer than the products.
    pub(crate) fn suits_winograd(&self) -> bool {
        let Self { inputs, outputs, groups, kernel, stride, padding, input: [height, width], .. } = *self;
        kernel == 3 && stride == 1 && padding == 1 && inputs.min(outputs) / groups >= 16 && height * width >= 128
    }

    /// Of a weight `[C′, C / groups, k, k]` and an input of N pictures of `size`, beside which lie as many zeros as keep
    /// the size at stride 1.
    pub fn new(weight: [usize; 4], stride: usize, groups: usize, batch: usize, size: [usize; 2]) -> Self {
        Self::padded(weight, [stride, weight[2] / 2], groups, batch, size)
    }

    /// A geometry with another padding; the padded picture must be at least as large as the kernel.
    pub fn padded(
        weight: [usize; 4],
        [stride, padding]: [usize; 2],
        groups: usize,
        batch: usize,
        size: [usize; 2],
    ) -> Self {
        let [outputs, inputs, kernel, _] = weight;
        let output = size.map(|side| (side + 2 * padding - kernel) / stride + 1);
        Self { batch, inputs: inputs * groups, outputs, groups, kernel, stride, padding, input: size, output }
    }

    /// Values of all inputs, of all outputs, and of the weights.
    ///
    /// # Panics
    /// Where the sizes don't fit each other, or are beyond what can be counted: what would be computed lies outside
    /// what is given.
    pub(crate) fn sizes(&self) -> [usize; 3] {
        let sizes = self.counted();
        assert!(sizes.is_some(), "the sizes of a convolution don't fit each other: {self:?}");
        sizes.unwrap_or_default()
    }

    fn counted(&self) -> Option<[usize; 3]> {
        let Self { batch, inputs, outputs, groups, kernel, stride, padding, input, output } = *self;
        let divided = groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups);
        let side = |input: usize| {
            let room = padding.checked_mul(2)?.checked_add(input)?.checked_sub(kernel)?;
            Some(room.checked_div(stride)? + 1)
        };
        let small = [kernel, stride, padding].iter().all(|&size| size <= LARGEST);
        if !divided || !small || kernel == 0 || input.map(side) != output.map(Some) {
            return None;
        }
        // Places in memory are counted with a sign.
        let product = |sizes: &[usize]| {
            let product = sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size))?;
            (product <= isize::MAX as usize / size_of::<f32>()).then_some(product)
        };
        let weights = product(&[outputs, inputs / groups, kernel, kernel])?;
        product(&[inputs, kernel, kernel, output[0], output[1]])?;
        Some([
            product(&[batch, inputs, input[0], input[1]])?,
            product(&[batch, outputs, output[0], output[1]])?,
            weights,
        ])
    }
}
