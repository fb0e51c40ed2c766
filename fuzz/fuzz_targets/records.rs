//! The records that `c3lrp evaluate` takes up again and `c3lrp merge` reads.
#![no_main]

#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/disk.rs"]
mod disk;
#[allow(dead_code, reason = "a part of the command line")]
#[path = "../../src/cli/evaluate"]
mod evaluate {
    pub mod records;
    pub mod settings;
}

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use c3lrp_fuzz::{bounded, folder, told};
use evaluate::records::{Line, Records, Results};
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> = LazyLock::new(|| folder("records").with_extension("jsonl"));

fuzz_target!(|bytes: &[u8]| {
    if fs::write(&*FILE, bytes).is_err() {
        return;
    }
    bounded(bytes.len(), || {
        if let Some(measured) = told(Results::read(&[FILE.clone(), FILE.clone()])) {
            assert!(measured.accuracy().is_none_or(|accuracy| (0.0..=1.0).contains(&accuracy)));
            assert!(measured.missing() <= measured.settings.count);
            told(measured.settings.plans());
            told(measured.settings.makers());
        }
        // Taken up by the run that wrote its first line, and by another one.
        let first = bytes.split_inclusive(|&byte| byte == b'\n').next().unwrap_or_default();
        // One that was cut off is begun anew.
        if let (true, Ok(Line::Settings(settings))) = (first.ends_with(b"\n"), serde_json::from_slice(first)) {
            let whole = told(Records::open(&FILE, &settings)).is_some();
            assert!(!whole || fs::read(&*FILE).is_ok_and(|left| bytes.starts_with(&left)));
            let mut other = settings.clone();
            other.seed ^= 1;
            assert!(told(Records::open(&FILE, &other)).is_none() || !whole);
        }
    });
});
