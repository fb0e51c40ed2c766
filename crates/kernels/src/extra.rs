//! What is applied to a convolution's result besides bias, ReLU and factor: an addend or a mask.

/// What is applied to each result besides the sum of products.
#[derive(Clone, Copy, Debug)]
pub enum Extra<T> {
    /// Nothing.
    None,
    /// A tensor in the result's shape is added.
    Addend(T),
    /// The result is 0 where a tensor in its shape is ≤ 0. With a ReLU's output as the tensor, this is the ReLU's
    /// vector-Jacobian product.
    Mask(T),
}

impl<T> Extra<T> {
    /// Converts the tensor.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Extra<U> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(change(tensor)),
            Self::Mask(tensor) => Extra::Mask(change(tensor)),
        }
    }

    /// The same with a reference to the tensor.
    pub fn as_ref(&self) -> Extra<&T> {
        match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor),
            Self::Mask(tensor) => Extra::Mask(tensor),
        }
    }
}

impl<T> Extra<Option<T>> {
    /// None if there should be a tensor, but it is missing.
    pub fn transpose(self) -> Option<Extra<T>> {
        Some(match self {
            Self::None => Extra::None,
            Self::Addend(tensor) => Extra::Addend(tensor?),
            Self::Mask(tensor) => Extra::Mask(tensor?),
        })
    }
}
