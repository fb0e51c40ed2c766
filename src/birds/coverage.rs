//! How much of each pixel an outline covers.

/// For each pixel of a box, how much of it an outline covers, from 0 to 255.
#[derive(Clone)]
pub struct Coverage {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<u8>,
}

impl Coverage {
    pub(super) const EMPTY: Self = Self { left: 0, top: 0, width: 0, height: 0, values: Vec::new() };

    /// The area that both cover.
    pub fn within(self, other: &Self) -> Self {
        self.times(|x, y| other.value(x, y))
    }

    /// The area that the other doesn't cover.
    pub fn outside(self, other: &Self) -> Self {
        self.times(|x, y| 255 - other.value(x, y))
    }

    fn times(mut self, factor: impl Fn(usize, usize) -> u8) -> Self {
        for row in 0..self.height {
            for column in 0..self.width {
                let at = row * self.width + column;
                let by = u16::from(factor(self.left + column, self.top + row));
                self.values[at] = ((u16::from(self.values[at]) * by + 127) / 255) as u8;
            }
        }
        self
    }

    /// Left, top, width and height of the box, in pixels.
    pub fn bounds(&self) -> (usize, usize, usize, usize) {
        (self.left, self.top, self.width, self.height)
    }

    /// The mask, one byte per pixel of a square picture: 1 where more than half of a pixel is covered.
    pub fn mask(&self, side: usize) -> Vec<u8> {
        (0..side * side).map(|at| u8::from(self.value(at % side, at / side) > 127)).collect()
    }

    fn value(&self, x: usize, y: usize) -> u8 {
        let (column, row) = (x.wrapping_sub(self.left), y.wrapping_sub(self.top));
        if column < self.width && row < self.height { self.values[row * self.width + column] } else { 0 }
    }
}
