//! The sizes of a layer's work.

use serde::{Deserialize, Serialize};

/// The largest kernel, stride and padding: indices outside a picture then fit into a 32-bit word as well.
const LARGEST: usize = 1 << 15;

/// Forward or backward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Input to output.
    Forward,
    /// The vector-Jacobian product: the output's cotangent to the input's.
    Vjp,
}

/// The sizes of a convolution with a square kernel, and of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Geometry {
    /// Number of pictures, N.
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
    /// Rows and columns of zeros on every side of the input.
    pub padding: usize,
    /// Height and width of the input, H and W.
    pub input: [usize; 2],
    /// Height and width of the output, H′ and W′.
    pub output: [usize; 2],
}

impl Geometry {
    /// How many pixels beyond its own window a value's rounding errors may come from: Winograd's products on the CPU
    /// are shared by the values of a tile, of 4 × 4 at the most.
    pub fn shared(&self) -> usize {
        if self.suits_winograd() { 3 } else { 0 }
    }

    /// Whether an algorithm of Winograd's is the faster way where the transformed filters are kept. With fewer results than this,
    /// reading them, which are larger, would cost more than it saves.
    pub(crate) fn suits_winograd(&self) -> bool {
        let Self { inputs, outputs, groups, kernel, stride, padding, input: [height, width], .. } = *self;
        kernel == 3 && stride == 1 && padding == 1 && inputs.min(outputs) / groups >= 16 && height * width >= 49
    }

    /// The geometry of a weight `[C′, C / groups, k, k]` and N pictures of `size`, with as many zeros around them as
    /// keep the size at stride 1.
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

    /// Number of values of all inputs, of all outputs, and of the weights.
    ///
    /// # Panics
    /// If the sizes don't fit each other, or overflow: the work would reach outside its slices.
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
        // Places in memory are counted with signed numbers.
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
