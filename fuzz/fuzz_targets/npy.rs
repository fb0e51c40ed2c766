//! A tensor as NumPy writes it.
#![no_main]

#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/files/mod.rs"]
mod files;

use std::path::Path;

use c3lrp_fuzz::{bounded, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || {
        if let Some((values, width, height)) = told(files::npy(Path::new("input.npy"), bytes, bytes.len() as u64)) {
            let channels = [1, 3];
            assert!(channels.map(|channels| channels * width * height).contains(&values.len()));
            assert!(4 * values.len() < bytes.len());
        }
    });
});
