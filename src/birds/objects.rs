//! A set of a scene's objects, by their indices.

/// Some of the objects that a scene has beside the bird, of which [`Bird::objects`](super::Bird) has the masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Objects(u32);

impl Objects {
    /// No object.
    pub const NONE: Self = Self(0);
    /// No scene has more: nine distractors, a perch and five leaves.
    pub const MOST: usize = 15;

    /// Whether the object of this index is one of them.
    pub fn contains(self, index: usize) -> bool {
        index < Self::MOST && self.0 & (1 << index) != 0
    }
}

/// Of indices; those that no object has are passed over.
impl FromIterator<usize> for Objects {
    fn from_iter<T: IntoIterator<Item = usize>>(indices: T) -> Self {
        Self(indices.into_iter().filter(|&index| index < Self::MOST).fold(0, |set, index| set | 1 << index))
    }
}
