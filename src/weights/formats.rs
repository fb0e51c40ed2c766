//! The formats of weights files, recognised by their first bytes.

use c3lrp_pytorch::Tensor;

use super::contents::Contents;
use super::joined::Part;
use super::{Source, pytorch, safetensors};
use crate::sentence::{Saying, say};
use crate::{Error, Result};

/// Number of bytes that are read to recognise the format.
const BEGINNING: usize = 64;

/// How other kinds of files begin that are often mistaken for weights, and what they are.
const OTHERS: [(&[u8], Saying); 5] = [
    (b"version https://git-lfs", || {
        say!(
            "file-lfs",
            "this is a pointer that Git LFS left in the file's place, not the file; fetch it with `git lfs pull`, or download it from its page"
        )
    }),
    (b"<", || {
        say!(
            "file-html",
            "this is a web page, not the file; download the file itself, on Hugging Face by its arrow, not by its name"
        )
    }),
    (b"\x89HDF", || {
        say!(
            "file-hdf5",
            "this is an HDF5 file, as Keras writes them; a safetensors file or a PyTorch checkpoint was expected. Networks of Keras have other layers"
        )
    }),
    (b"\x08", || {
        say!(
            "file-onnx",
            "this looks like an ONNX file, whose graph is not read; a safetensors file or a PyTorch checkpoint of the same network was expected"
        )
    }),
    (b"\x93NUMPY", || {
        say!(
            "file-numpy",
            "this is a NumPy array, not the weights of a network; a safetensors file or a PyTorch checkpoint was expected"
        )
    }),
];

impl Contents {
    /// Finds the tensors of one file, or of several.
    ///
    /// # Errors
    /// [`Error::Weights`] if a file's format is unknown, it is cut off, or two files have the same tensor.
    pub(crate) async fn open<S: Source>(source: &S) -> Result<Self> {
        let (mut all, mut start) = (Self::default(), 0);
        for size in source.sizes() {
            let Self { tensors, unreadable, metadata } = Self::of_file(&Part { whole: source, start, size }).await?;
            for (name, tensor) in tensors {
                let tensor = Tensor { start: tensor.start + start, ..tensor };
                if all.tensors.insert(name.clone(), tensor).is_some() {
                    return Err(Error::Weights(say!(
                        "tensor-in-two-files",
                        "{name} is in two of the files; each has tensors of its own",
                        name
                    )));
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
        // A safetensors file begins with any eight bytes, then the brace of its header.
        let beginning = first.trim_ascii_start();
        let other = OTHERS.iter().find(|(magic, _)| beginning.starts_with(magic));
        if let Some((_, what)) = other.filter(|_| first.get(8) != Some(&b'{')) {
            return Err(Error::Weights(what()));
        }
        safetensors::open(source).await
    }
}
