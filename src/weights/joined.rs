//! Weights in several files, as for large networks.

use super::Source;
use super::source::truncated;
use crate::Result;

/// Several files, read as one after another.
pub struct Joined<S>(pub Vec<S>);

impl<S: Source> Source for Joined<S> {
    fn size(&self) -> u64 {
        self.0.iter().map(Source::size).sum()
    }

    fn sizes(&self) -> Vec<u64> {
        self.0.iter().map(Source::size).collect()
    }

    /// A read never crosses the end of a file.
    async fn read(&self, mut start: u64, into: &mut [u8]) -> Result<()> {
        for source in &self.0 {
            match start.checked_sub(source.size()) {
                Some(beyond) if !into.is_empty() => start = beyond,
                _ => return source.read(start, into).await,
            }
        }
        Err(truncated())
    }
}

/// One file of several.
pub(super) struct Part<'a, S> {
    pub(super) whole: &'a S,
    pub(super) start: u64,
    pub(super) size: u64,
}

impl<S: Source> Source for Part<'_, S> {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        match start.checked_add(into.len() as u64) {
            Some(end) if end <= self.size => self.whole.read(self.start + start, into).await,
            _ => Err(truncated()),
        }
    }
}
