//! What a weights file holds, whatever its format.

use std::collections::{BTreeMap, HashMap};

use c3lrp_pytorch::Tensor;

use super::joined::Part;
use super::{Source, pytorch, safetensors};
use crate::{Error, Result};

/// The bytes that tell the formats apart.
const BEGINNING: usize = 64;

/// The tensors of a file, and where they lie.
#[derive(Default)]
pub(crate) struct Contents {
    pub(crate) tensors: BTreeMap<String, Tensor>,
    /// Tensors that can't be read, with what they are.
    pub(crate) unreadable: BTreeMap<String, String>,
    pub(crate) metadata: HashMap<String, String>,
}

impl Contents {
    /// Reads where the tensors of one file, or of several, lie.
    ///
    /// # Errors
    /// [`Error::Weights`] where a file is of no known format, or cut off, or has a tensor that another one has too.
    pub(super) async fn open<S: Source>(source: &S) -> Result<Self> {
        let (mut all, mut start) = (Self::default(), 0);
        for size in source.sizes() {
            let Self { tensors, unreadable, metadata } = Self::of_file(&Part { whole: source, start, size }).await?;
            for (name, tensor) in tensors {
                let tensor = Tensor { start: tensor.start + start, ..tensor };
                if all.tensors.insert(name.clone(), tensor).is_some() {
                    return Err(Error::Weights(format!("{name} is in two of the files; each has tensors of its own")));
                }
            }
            all.unreadable.extend(unreadable);
            all.metadata.extend(metadata);
            start += size;
        }
        Ok(all)
    }

    async fn of_file<S: Source>(source: &S) -> Result<Self> {
        let mut first = vec![0; BEGINNING.min(usize::try_from(source.size()).unwrap_or(BEGINNING))];
        source.read(0, &mut first).await?;
        if c3lrp_pytorch::is_checkpoint(&first) {
            return pytorch::open(source).await;
        }
        if first.starts_with(b"version https://git-lfs") {
            return Err(Error::Weights(
                "this is a pointer that Git LFS left in the file's place, not the file; fetch it with `git lfs pull`, or download it from its page".into(),
            ));
        }
        safetensors::open(source).await
    }
}
