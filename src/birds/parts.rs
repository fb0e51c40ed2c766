//! A set of parts.

use super::part::Part;

/// Some of the parts of a bird.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parts(u16);

impl Parts {
    /// No part.
    pub const NONE: Self = Self(0);
    /// Every part.
    pub const ALL: Self = Self((1 << Part::COUNT) - 1);

    /// Whether a part belongs to the set.
    pub fn contains(self, part: Part) -> bool {
        self.0 & Self::bit(part) != 0
    }

    /// The set with one more part.
    #[must_use]
    pub fn with(self, part: Part) -> Self {
        Self(self.0 | Self::bit(part))
    }

    /// All parts that are not in the set.
    #[must_use]
    pub fn others(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    /// The parts that are in both sets.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of its parts are in another set.
    pub fn is_within(self, others: Self) -> bool {
        self.common(others) == self
    }

    /// Every subset, including the empty and the whole one.
    pub fn subsets(self) -> impl Iterator<Item = Self> {
        (0..=self.0).map(Self).filter(move |set| set.is_within(self))
    }

    /// The number of parts in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set is empty.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// The parts in the order of their indices.
    pub fn iter(self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(move |&part| self.contains(part))
    }

    fn bit(part: Part) -> u16 {
        1 << part.index()
    }
}

impl FromIterator<Part> for Parts {
    fn from_iter<T: IntoIterator<Item = Part>>(parts: T) -> Self {
        parts.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in() {
        let set: Parts = [Part::Eye, Part::Beak, Part::Eye].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Part::Beak, Part::Eye]);
        assert_eq!((set.len(), set.others().len(), Parts::ALL.len()), (2, 7, 9));
        assert_eq!(set.subsets().map(Parts::len).collect::<Vec<_>>(), [0, 1, 1, 2]);
        assert!(set.common(set.others()).is_empty() && set.with(Part::Tail).contains(Part::Tail));
        assert_eq!(Part::ALL.into_iter().collect::<Parts>(), Parts::ALL);
    }
}
