//! Where a checkpoint's bytes come from.

/// Bytes that can be read in pieces: a file, a JavaScript `Blob`, a slice.
#[allow(async_fn_in_trait, reason = "a source is used on one thread, and never as a trait object")]
pub trait Source {
    /// The error of a failed read.
    type Error;

    /// The number of bytes.
    fn size(&self) -> u64;

    /// Fills `into` with the bytes from `start` on. They always lie within [`Source::size`].
    ///
    /// # Errors
    /// If they can't be read.
    async fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Self::Error>;
}

/// A [`Source`] in memory.
pub struct Bytes<B>(pub B);

impl<B: AsRef<[u8]>> Source for Bytes<B> {
    type Error = String;

    fn size(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<(), String> {
        let slice = usize::try_from(start).ok().and_then(|start| self.0.as_ref().get(start..)?.get(..into.len()));
        let beyond = || format!("{} bytes from byte {start} on are beyond the {} there are", into.len(), self.size());
        let slice = slice.ok_or_else(beyond)?;
        into.copy_from_slice(slice);
        Ok(())
    }
}
