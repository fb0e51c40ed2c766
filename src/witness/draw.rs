//! Places that are drawn.

use crate::random::mix;

/// Draws places.
pub(crate) struct Draw(pub(super) u32);

impl Draw {
    /// A number below `count`, which is above 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) as usize % count.max(1)
    }
}
