//! A set of a scene's objects, by their indices.

/// Some of the objects of a scene, not counting the bird, by their indices in [`Bird::objects`](super::Bird).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Objects(u32);

impl Objects {
    /// No object.
    pub const NONE: Self = Self(0);
    /// The largest number of objects in a scene: nine distractors, a perch and five leaves.
    pub const MOST: usize = 15;

    /// Whether the object with this index belongs to the set.
    pub fn contains(self, index: usize) -> bool {
        index < Self::MOST && self.0 & (1 << index) != 0
    }
}

/// From indices; indices that no object has are ignored.
impl FromIterator<usize> for Objects {
    fn from_iter<T: IntoIterator<Item = usize>>(indices: T) -> Self {
        Self(indices.into_iter().filter(|&index| index < Self::MOST).fold(0, |set, index| set | 1 << index))
    }
}
