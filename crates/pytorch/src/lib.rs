//! The layout of a PyTorch checkpoint (`.pth`, `.pt`, `.bin`, `.ckpt`, `.th`): its tensors with their types and shapes,
//! and where in the file their elements are. No code in the file is executed, and the tensors' bytes aren't read.
//!
//! [`open`] understands what `torch.save` writes since version 1.6, a zip archive, and what it wrote before, several
//! pickles. In both, a small machine interprets the pickle: it knows containers, numbers, text and a table of names,
//! and refuses every other name. Whatever a file claims, memory and time are bounded by its size: at worst some 200
//! bytes for each byte of the pickle.

mod archive;
mod draft;
mod error;
mod kind;
mod layout;
mod legacy;
mod message;
mod pages;
mod pickle;
mod place;
mod source;
mod tensor;
mod walk;

pub use error::Error;
pub use kind::Kind;
pub use layout::Layout;
pub use message::{Message, Part};
pub use source::{Bytes, Source};
pub use tensor::Tensor;

use message::say;

/// The first bytes of a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";
/// The first bytes of a Git LFS pointer.
const POINTER: &[u8] = b"version https://git-lfs";
/// The place and the text of a tar archive's signature.
const TAR: (usize, &[u8]) = (257, b"ustar");
/// Number of bytes that are needed to recognise the format.
const BEGINNING: usize = 512;

/// Whether [`open`] can read a file with these first bytes: a zip archive, or the first pickle of an old checkpoint.
/// Twelve bytes are enough. A safetensors file is never mistaken for one.
pub fn is_checkpoint(first_bytes: &[u8]) -> bool {
    first_bytes.starts_with(ZIP) || legacy::begins(first_bytes)
}

/// Finds the tensors of a checkpoint.
///
/// # Errors
/// [`Error::Source`] if the source can't be read; [`Error::Refused`] if the file is not a checkpoint, is cut off, or
/// contains something that can't be read without executing code. The message is for the person who chose the file.
pub async fn open<S: Source>(source: &S) -> Result<Layout, Error<S::Error>> {
    let size = source.size();
    let mut first = vec![0; BEGINNING.min(usize::try_from(size).unwrap_or(BEGINNING))];
    source.read(0, &mut first).await.map_err(Error::Source)?;
    if first.starts_with(ZIP) {
        return archive::open(source).await;
    }
    if first.starts_with(POINTER) {
        return Err(Error::Refused(say!(
            "file-lfs",
            "this is a pointer that Git LFS left in the file's place, not the file; fetch it with `git lfs pull`, or download it from its page"
        )));
    }
    if first.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Err(Error::Refused(say!(
            "checkpoint-tar",
            "this checkpoint is a tar archive, as PyTorch wrote before version 0.2, which is not read; load it in Python and save it again: {save}",
            save = error::SAVE
        )));
    }
    if first.first() == Some(&pickle::PROTO) {
        return legacy::open(source).await;
    }
    Err(Error::Refused(say!(
        "checkpoint-unknown",
        "this is no PyTorch checkpoint: it begins neither as a zip archive nor as a pickle does. Write one with {save}",
        save = error::SAVE
    )))
}
