//! Weights that are held by JavaScript.

use js_sys::{Array, Error as JsError, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::{JsResult, thrown};
use crate::sentence::say;
use crate::weights::{Joined, Source};
use crate::{Error, Result};

/// Weights that stay in JavaScript and are read in pieces.
pub enum Piecewise {
    Blob(Blob),
    Bytes(Uint8Array),
}

/// The weights that JavaScript passes: one file, or a list of files.
///
/// # Errors
/// `WeightsError` if they are something else.
pub fn joined(weights: JsValue) -> JsResult<Joined<Piecewise>> {
    let files = match weights.dyn_into::<Array>() {
        Ok(files) => files.iter().map(Piecewise::new).collect::<JsResult<Vec<_>>>()?,
        Err(one) => vec![Piecewise::new(one)?],
    };
    match files.is_empty() {
        true => Err(thrown(Error::Weights(say!("no-files", "the list of files is empty")))),
        false => Ok(Joined(files)),
    }
}

impl Piecewise {
    fn new(weights: JsValue) -> JsResult<Self> {
        match weights.dyn_into::<Blob>() {
            Ok(blob) => Ok(Self::Blob(blob)),
            Err(other) => match other.dyn_into::<Uint8Array>() {
                Ok(bytes) => Ok(Self::Bytes(bytes)),
                Err(_) => Err(thrown(Error::Weights(say!(
                    "weights-form",
                    "a Blob, a File, a Uint8Array or a list of them was expected"
                )))),
            },
        }
    }
}

impl Source for Piecewise {
    fn size(&self) -> u64 {
        match self {
            Self::Blob(blob) => blob.size() as u64,
            Self::Bytes(bytes) => bytes.length().into(),
        }
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        let end = start + into.len() as u64;
        let piece = match self {
            Self::Blob(blob) => {
                let failed = |error: JsValue| {
                    Error::Weights(say!(
                        "file-unreadable",
                        "the file can't be read ({words}); it may have been moved or changed. Choose it again.",
                        words = described(&error)
                    ))
                };
                let slice = blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(failed)?;
                Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(failed)?)
            }
            Self::Bytes(bytes) => bytes.subarray(start as u32, end as u32),
        };
        if piece.length() as usize != into.len() {
            return Err(Error::Weights(say!(
                "file-ends",
                "the file ends before its last tensor does. Fetch it again."
            )));
        }
        piece.copy_to(into);
        Ok(())
    }
}

fn described(error: &JsValue) -> String {
    error.dyn_ref::<JsError>().map_or_else(|| format!("{error:?}"), |error| error.message().into())
}
