//! A list of class names, in any of its forms.
#![no_main]

use c3lrp::Labels;
use c3lrp_fuzz::{bounded, told};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    bounded(bytes.len(), || {
        let Some(labels) = told(Labels::parse(bytes)) else { return };
        let count = labels.names().len();
        assert!(count > 0 && count <= bytes.len() && labels.names().iter().all(|name| !name.is_empty()));
        assert!(labels.ids().is_empty() || labels.ids().len() == count);
        assert!(told(labels.clone().for_classes(count)).is_some() && told(labels.for_classes(count + 1)).is_none());
    });
});
