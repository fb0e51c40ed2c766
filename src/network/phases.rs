//! Dilated convolutions as ordinary ones: every d-th place across and down forms a picture of its own.

use burn::tensor::Tensor;

use crate::buffer;

/// Splits a picture `[height, width]` into d² pictures, with zeros for places beyond its edge. A convolution with
/// dilation d that keeps the size equals one with dilation 1 on each of them.
pub(super) struct Phases {
    dilation: usize,
    size: [usize; 2],
}

impl Phases {
    pub(super) fn new(dilation: usize, size: [usize; 2]) -> Self {
        Self { dilation, size }
    }

    /// The number of pictures, d².
    pub(super) fn count(&self) -> usize {
        self.dilation * self.dilation
    }

    /// Height and width of each picture.
    pub(super) fn size(&self) -> [usize; 2] {
        self.size.map(|side| side.div_ceil(self.dilation))
    }

    /// `[N, C, H, W]` → `[N·d², C, ⌈H / d⌉, ⌈W / d⌉]`.
    pub(super) fn split(&self, x: Tensor<4>) -> Tensor<4> {
        let d = self.dilation;
        if d == 1 {
            return x;
        }
        let [batch, channels, height, width] = x.dims();
        let [rows, columns] = self.size();
        let whole = Tensor::zeros([batch, channels, rows * d, columns * d], &x.device());
        let whole = whole.slice_assign([0..batch, 0..channels, 0..height, 0..width], x);
        let phases = whole.reshape([batch, channels, rows, d, columns, d]).permute([0, 3, 5, 1, 2, 4]);
        buffer::copied(phases).reshape([batch * d * d, channels, rows, columns])
    }

    /// Undoes [`Phases::split`].
    pub(super) fn join(&self, phases: Tensor<4>) -> Tensor<4> {
        let d = self.dilation;
        if d == 1 {
            return phases;
        }
        let [all, channels, rows, columns] = phases.dims();
        let batch = all / (d * d);
        let whole = phases.reshape([batch, d, d, channels, rows, columns]).permute([0, 3, 4, 1, 5, 2]);
        let whole = buffer::copied(whole).reshape([batch, channels, rows * d, columns * d]);
        let [height, width] = self.size;
        buffer::copied(whole.slice([0..batch, 0..channels, 0..height, 0..width]))
            .reshape([batch, channels, height, width])
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Int};

    use super::*;

    #[test]
    fn what_is_split_is_joined() {
        let x = Tensor::<1, Int>::arange(0..2 * 3 * 5 * 7, &Device::flex()).float().reshape([2, 3, 5, 7]);
        for dilation in [1, 2, 4] {
            let phases = Phases::new(dilation, [5, 7]);
            let split = phases.split(x.clone());
            assert_eq!(split.dims()[0], 2 * phases.count());
            if dilation == 2 {
                // The second phase begins one place to the right.
                assert_eq!(
                    split.clone().slice([1..2, 0..1, 0..1, 0..4]).into_data().try_to_vec::<f32>().unwrap(),
                    [1.0, 3.0, 5.0, 0.0]
                );
            }
            assert_eq!(phases.join(split).into_data(), x.clone().into_data());
        }
    }
}
