//! What is applied to a result beyond the sum of products.

/// What is applied to each result beyond the sum of products.
#[derive(Clone, Copy, Debug)]
pub enum Extra<T> {
    /// Nothing.
    None,
    /// A tensor in the result's shape is added.
    Addend(T),
    /// The result is 0 where a tensor in its shape is ≤ 0: ReLU's vector-Jacobian product, by its output.
    Mask(T),
}

impl<T> Extra<T> {
    /// With another tensor.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Extra<U> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(change(tensor)),
            Self::Mask(tensor) => Extra::Mask(change(tensor)),
        }
    }

    /// By reference.
    pub fn as_ref(&self) -> Extra<&T> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor),
            Self::Mask(tensor) => Extra::Mask(tensor),
        }
    }
}

impl<T> Extra<Option<T>> {
    /// None where its tensor is missing.
    pub fn transpose(self) -> Option<Extra<T>> {
        Some(match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor?),
            Self::Mask(tensor) => Extra::Mask(tensor?),
        })
    }
}
