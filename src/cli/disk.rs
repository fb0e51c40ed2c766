//! Access to files other than pictures.

use std::fs;
use std::path::{Path, PathBuf};

use c3lrp::{Error, Result};

/// An error that names its file.
pub fn failed(path: &Path, what: &str, error: impl std::fmt::Display) -> Error {
    Error::File(format!("{} can't be {what}: {error}", path.display()).into())
}

pub fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| failed(path, "read", error))
}

/// A folder's entries, sorted by name.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = paths.map_err(|error| failed(folder, "read", error))?;
    paths.sort();
    Ok(paths)
}

/// FNV-1a, 64 bits.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A file's name with a hash of its bytes: the same for the same file, in whatever folder it is.
pub fn fingerprint(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|error| failed(path, "read", error))?;
    Ok(format!("{}, {:016x}", path.file_name().unwrap_or_default().to_string_lossy(), hash(&bytes)))
}
