//! PyTorch checkpoints; nothing in them is executed.

use c3lrp_pytorch::{Layout, open as lay_out};

use super::Source;
use super::contents::Contents;
use crate::{Error, Result};

/// A source as the reader of checkpoints asks for it.
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

/// Reads where a checkpoint's tensors lie.
///
/// # Errors
/// [`Error::Weights`] where it is cut off, or holds what can't be told without executing it.
pub(super) async fn open<S: Source>(source: &S) -> Result<Contents> {
    // What lies beside the tensors is of the training: a `mean` there need not be the pictures'.
    let Layout { tensors, unreadable, .. } = lay_out(&Borrowed(source)).await.map_err(|error| match error {
        c3lrp_pytorch::Error::Source(error) => error,
        c3lrp_pytorch::Error::Refused(message) => Error::Weights(message.into()),
    })?;
    let tensors = tensors.into_iter().map(|tensor| (tensor.name.clone(), tensor)).collect();
    let unreadable = unreadable.into_iter().map(|(name, what)| (name, what.into())).collect();
    Ok(Contents { tensors, unreadable, ..Contents::default() })
}
