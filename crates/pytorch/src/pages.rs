//! The parts of a source that were fetched, for readers that can't wait.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use rawzip::ReaderAt;

use crate::Source;

/// Size of a page in bytes.
const PAGE: u64 = 4096;
/// The largest number of pages fetched at once.
const RUN: u64 = 256;
/// The number of pages that are kept for the next step.
const KEPT: usize = 1024;

/// The parts of a source that were fetched. Reading any other part is an error, and is remembered.
pub(crate) struct Pages {
    size: u64,
    held: RefCell<BTreeMap<u64, Vec<u8>>>,
    missing: Cell<Option<u64>>,
}

impl Pages {
    /// Of a source of so many bytes.
    pub fn new(size: u64) -> Self {
        Self { size, held: RefCell::default(), missing: Cell::new(None) }
    }

    /// Fetches the pages that these bytes lie in, as far as there are any.
    pub async fn fetch<S: Source>(&self, source: &S, bytes: Range<u64>) -> Result<(), S::Error> {
        let end = bytes.end.min(self.size).div_ceil(PAGE);
        let mut next = bytes.start / PAGE;
        while next < end {
            let run = next..end.min(next + RUN);
            next = run.end;
            let start = run.start * PAGE;
            let mut read = vec![0; ((run.end * PAGE).min(self.size) - start) as usize];
            source.read(start, &mut read).await?;
            self.held.borrow_mut().extend(run.zip(read.chunks(PAGE as usize).map(<[u8]>::to_vec)));
        }
        Ok(())
    }

    /// Takes a step again and again, until all that it reads is there.
    pub async fn step<S: Source, T>(&self, source: &S, mut step: impl FnMut() -> T) -> Result<T, S::Error> {
        loop {
            let done = step();
            match self.missing.take() {
                None => return Ok(done),
                Some(page) => self.fetch(source, page * PAGE..page * PAGE + 1).await?,
            }
        }
    }

    /// Lets go of what was fetched, once it is much.
    pub fn tidy(&self) {
        let mut held = self.held.borrow_mut();
        if held.len() > KEPT {
            held.clear();
        }
    }

    /// The bytes from a place on.
    pub async fn read<S: Source>(&self, source: &S, start: u64, into: &mut [u8]) -> Result<io::Result<()>, S::Error> {
        self.step(source, || ReaderAt::read_exact_at(&self, into, start)).await
    }
}

impl ReaderAt for &Pages {
    fn read_at(&self, into: &mut [u8], start: u64) -> io::Result<usize> {
        if start >= self.size {
            return Ok(0);
        }
        let held = self.held.borrow();
        let Some(page) = held.get(&(start / PAGE)) else {
            let first = self.missing.get().unwrap_or(start / PAGE);
            self.missing.set(Some(first));
            return Err(io::Error::other("these bytes weren't fetched yet"));
        };
        let rest = page.get((start % PAGE) as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        if let (Some(into), Some(rest)) = (into.get_mut(..count), rest.get(..count)) {
            into.copy_from_slice(rest);
        }
        Ok(count)
    }
}
