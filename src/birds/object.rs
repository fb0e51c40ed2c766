//! The visible part of an object of the scene.

use super::coverage::Coverage;

/// How much of each pixel of a box still shows an object.
#[derive(Default)]
pub struct Object {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    shares: Vec<f32>,
}

impl Object {
    /// Extends the box so that it contains a coverage.
    pub fn reach(&mut self, coverage: &Coverage) {
        let (left, top, width, height) = coverage.bounds();
        if width == 0 || height == 0 {
            return;
        }
        let mut wider = Self { left, top, width, height, shares: Vec::new() };
        if !self.shares.is_empty() {
            wider.left = left.min(self.left);
            wider.top = top.min(self.top);
            wider.width = (left + width).max(self.left + self.width) - wider.left;
            wider.height = (top + height).max(self.top + self.height) - wider.top;
        }
        let pixels =
            (0..wider.width * wider.height).map(|at| (wider.left + at % wider.width, wider.top + at / wider.width));
        wider.shares = pixels.map(|(x, y)| self.share(x, y)).collect();
        *self = wider;
    }

    /// Whether the object's box overlaps a coverage's box.
    pub fn meets(&self, coverage: &Coverage) -> bool {
        let (left, top, width, height) = coverage.bounds();
        left < self.left + self.width
            && self.left < left + width
            && top < self.top + self.height
            && self.top < top + height
    }

    /// Paints `alpha` of a pixel: with the object if `own` is set, otherwise over it.
    pub fn paint(&mut self, x: usize, y: usize, alpha: f32, own: bool) {
        if let Some(at) = self.place(x, y) {
            self.shares[at] = self.shares[at] * (1.0 - alpha) + if own { alpha } else { 0.0 };
        }
    }

    /// The mask, one byte per pixel of a square picture: 1 where more than half of a pixel shows the object.
    pub fn mask(&self, side: usize) -> Vec<u8> {
        (0..side * side).map(|at| u8::from(self.share(at % side, at / side) > 0.5)).collect()
    }

    fn share(&self, x: usize, y: usize) -> f32 {
        self.place(x, y).map_or(0.0, |at| self.shares[at])
    }

    fn place(&self, x: usize, y: usize) -> Option<usize> {
        let (column, row) = (x.wrapping_sub(self.left), y.wrapping_sub(self.top));
        (column < self.width && row < self.height).then_some(row * self.width + column)
    }
}
