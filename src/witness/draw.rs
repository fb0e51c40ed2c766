//! Draws the places that are checked.

use crate::random::mix;

/// A source of random places.
pub(crate) struct Draw(pub(super) u32);

impl Draw {
    /// A random number below `count`, which must be above 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) as usize % count.max(1)
    }
}
