//! Where the bytes of weights come from.

use crate::sentence::say;
use crate::{Error, Result};

/// Bytes that can be read in pieces: a file, a JavaScript `Blob`, a slice.
#[allow(async_fn_in_trait, reason = "a source is used on one thread, and never as a trait object")]
pub trait Source {
    /// The number of bytes.
    fn size(&self) -> u64;
    /// The number of bytes of each file, if there are several.
    fn sizes(&self) -> Vec<u64> {
        vec![self.size()]
    }
    /// Fills `into` with the bytes from `start` on.
    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()>;
}

/// A [`Source`] in memory.
pub struct Bytes<B>(pub B);

impl<B: AsRef<[u8]>> Source for Bytes<B> {
    fn size(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        let slice = usize::try_from(start).ok().and_then(|start| self.0.as_ref().get(start..)?.get(..into.len()));
        into.copy_from_slice(slice.ok_or_else(truncated)?);
        Ok(())
    }
}

pub(super) fn truncated() -> Error {
    Error::Weights(say!(
        "file-cut-off",
        "the file ends before its last tensor does; it was probably cut off while it was copied or downloaded. Fetch it again."
    ))
}
