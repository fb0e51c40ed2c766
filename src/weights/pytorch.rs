//! PyTorch checkpoints; nothing in them is executed.

use c3lrp_pytorch::{Layout, open as lay_out};

use super::Source;
use super::contents::Contents;
use crate::{Error, Result};

/// A source in the form that the reader of checkpoints needs.
struct Borrowed<'a, S>(&'a S);

impl<S: Source> c3lrp_pytorch::Source for Borrowed<'_, S> {
    type Error = Error;

    fn size(&self) -> u64 {
        self.0.size()
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        self.0.read(start, into).await
    }
}

/// Finds the tensors of a checkpoint.
///
/// # Errors
/// [`Error::Weights`] if it is cut off, or contains something that can't be read without executing code.
pub(super) async fn open<S: Source>(source: &S) -> Result<Contents> {
    // Other values in a checkpoint belong to the training: a `mean` there need not be the pictures'.
    let Layout { tensors, unreadable, .. } = lay_out(&Borrowed(source)).await.map_err(|error| match error {
        c3lrp_pytorch::Error::Source(error) => error,
        c3lrp_pytorch::Error::Refused(message) => Error::Weights(message.into()),
    })?;
    let tensors = tensors.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
    let unreadable = unreadable.into_iter().map(|(name, what)| (name, what.into())).collect();
    Ok(Contents { tensors, unreadable, ..Contents::default() })
}
