//! A list of class names, and the names of a CUB class.
#![no_main]

#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/files.rs"]
mod files;

use std::path::Path;

use c3lrp_fuzz::{bounded, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || {
        let path = Path::new("labels.txt");
        if let Some(names) = told(files::names(path, bytes, 3)) {
            assert_eq!(names.len(), 3);
        }
        // A list of any length, by the number of names that is called wrong.
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
        if let Some(names) = told(files::names(path, bytes, lines)) {
            assert_eq!(names.len(), lines);
        }
    });
});
