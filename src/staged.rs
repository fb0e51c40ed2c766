//! Values that may differ from stage to stage of a network.

/// How many stages can have a value of their own; later stages share the last value.
const MOST: usize = 8;

/// A value for each stage of a network, from the pixels to the class. [`Graph::stage_of`](crate::network::Graph::stage_of)
/// says which stage a layer is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staged<T>([T; MOST]);

impl<T: Copy> Staged<T> {
    /// The largest number of different values.
    pub const MOST: usize = MOST;

    /// The same value for all stages.
    pub fn all(value: T) -> Self {
        Self([value; MOST])
    }

    /// One value for each of the first stages; later stages share the last of them. None if there are no values, or
    /// more than [`Staged::MOST`].
    pub fn of(values: &[T]) -> Option<Self> {
        let last = *values.last()?;
        let value = |stage| values.get(stage).copied().unwrap_or(last);
        (values.len() <= MOST).then(|| Self(std::array::from_fn(value)))
    }

    /// The value that a function gives for each stage, counted from 0.
    ///
    /// # Errors
    /// The function's first error.
    pub fn each<E>(value: impl Fn(usize) -> Result<T, E>) -> Result<Self, E> {
        let mut all = Self::all(value(0)?);
        for (stage, of) in all.0.iter_mut().enumerate().skip(1) {
            *of = value(stage)?;
        }
        Ok(all)
    }

    /// Applies a function to each stage's value.
    pub fn map(self, of: impl FnMut(T) -> T) -> Self {
        Self(self.0.map(of))
    }

    /// The value of a stage, counted from 0.
    pub fn at(&self, stage: usize) -> &T {
        &self.0[stage.min(MOST - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_goes_on() {
        let staged = Staged::of(&[3, 1, 2]).unwrap();
        assert_eq!([0, 1, 2, 3, 7, 8, 100].map(|stage| *staged.at(stage)), [3, 1, 2, 2, 2, 2, 2]);
        assert_eq!(Staged::of(&[5, 5]), Some(Staged::all(5)));
        assert_eq!((Staged::<u8>::of(&[]), Staged::of(&[0; 9])), (None, None));
        assert_eq!(Staged::each(|stage| Ok::<_, ()>(stage.min(1))), Ok(Staged::of(&[0, 1]).unwrap()));
        assert_eq!(Staged::each(|stage| if stage == 6 { Err(stage) } else { Ok(stage) }), Err(6));
    }
}
