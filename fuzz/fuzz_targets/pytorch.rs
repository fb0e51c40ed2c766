//! A PyTorch checkpoint: as it is; and a pickle with the storages that it speaks of, in either format.
#![no_main]

#[allow(dead_code, reason = "the crate's own tests use the rest")]
#[path = "../../crates/pytorch/tests/support/mod.rs"]
mod support;

use std::collections::HashSet;

use c3lrp_fuzz::bounded;
use c3lrp_pytorch::{Bytes, is_checkpoint, open};
use libfuzzer_sys::fuzz_target;
use pollster::block_on;

/// What a byte of a pickle may take as a share of what a byte of any other file may: `]` is a list.
const SHARE: usize = 4;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    // The old format has a name for each storage, and no other ones.
    let keys = ["0", "1", "2"].into_iter().take(usize::from(kind / 3 % 4));
    let file = match kind % 3 {
        0 => rest.to_vec(),
        1 => support::zipped(rest, &keys.map(|key| (key, &[7; 48][..])).collect::<Vec<_>>()),
        _ => support::legacy(rest, &keys.map(|key| (key, 6, &[7; 24][..])).collect::<Vec<_>>()),
    };
    bounded(SHARE * file.len(), || match block_on(open(&Bytes(&file))) {
        Ok(layout) => {
            assert!(is_checkpoint(&file) || kind % 3 == 0);
            let mut names = HashSet::new();
            for tensor in &layout.tensors {
                assert!(names.insert(tensor.name.as_str()) && !layout.unreadable.contains_key(&tensor.name));
                let bytes = tensor.elements() * tensor.kind.bytes();
                let start = usize::try_from(tensor.start).unwrap_or(usize::MAX);
                let span = file.get(start..).and_then(|rest| rest.get(..tensor.span()));
                assert!(bytes <= file.len() && tensor.shape.len() == tensor.strides.len());
                // A few are enough: many names may be of one tensor.
                if names.len() < 4 {
                    assert_eq!(span.and_then(|span| tensor.pack(span)).map(|packed| packed.len()), Some(bytes));
                }
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.len() > 40 && message.len() < 1500, "{message}");
        }
    });
});
