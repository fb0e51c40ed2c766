//! Files and options made to do harm: each is refused with a sentence that names what is wrong, and takes
//! no more memory than its bytes justify.

mod dataset;
mod files;
mod network;
mod options;

use std::path::PathBuf;

use c3lrp::{Error, Result};

use crate::allocation::{bounded, justified, peak};

/// What a refused input is told, where it was refused in bounds.
fn told<T>(input: usize, work: impl FnOnce() -> Result<T>) -> Error {
    let error = bounded(input, work).err().expect("it was taken");
    assert!(peak() <= justified(input), "{} bytes for {input}: {error}", peak());
    assert!(error.to_string().len() < 1400, "{} bytes of message", error.to_string().len());
    error
}

/// A new, empty folder.
fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(name);
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_bound_for_memory_binds() {
    let reserve = |bytes| bounded(7, || Vec::<u8>::new().try_reserve_exact(bytes));
    assert!(reserve(justified(7)).is_ok());
    assert_eq!(peak(), justified(7));
    assert!(reserve(justified(7) + 1).is_err());
    assert!(peak() < justified(7));
    assert!(bounded(7, || vec![0u8; 1 << 20].into_boxed_slice()).len() == 1 << 20 && peak() == 1 << 20);
}
