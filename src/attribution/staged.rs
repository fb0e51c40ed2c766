//! What may differ from stage to stage of a network.

/// How many stages can be told apart; later ones are as the last of these.
const MOST: usize = 8;

/// A value for each stage of a network, from the pixels to the class. [`Graph::stage_of`](crate::network::Graph::stage_of)
/// says which stage a layer is in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staged<T>([T; MOST]);

impl<T: Copy> Staged<T> {
    /// How many values there may be.
    pub const MOST: usize = MOST;

    /// The same for all stages.
    pub fn all(value: T) -> Self {
        Self([value; MOST])
    }

    /// One for each of the first stages, of which the last is for all later ones as well. None where there is none, or
    /// more than [`Staged::MOST`].
    pub fn of(values: &[T]) -> Option<Self> {
        let last = *values.last()?;
        let value = |stage| values.get(stage).copied().unwrap_or(last);
        (values.len() <= MOST).then(|| Self(std::array::from_fn(value)))
    }

    /// What a function gives for each stage.
    ///
    /// # Errors
    /// The function's first.
    pub fn each<E>(value: impl Fn(usize) -> Result<T, E>) -> Result<Self, E> {
        let mut all = Self::all(value(0)?);
        for (stage, of) in all.0.iter_mut().enumerate().skip(1) {
            *of = value(stage)?;
        }
        Ok(all)
    }

    /// What a function makes of each.
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
