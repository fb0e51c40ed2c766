//! What JavaScript gives: options as JSON, a picture's bytes with any size, a map for a filter, a protocol.
#![no_main]

use c3lrp::Options;
use c3lrp::device::Preference;
use c3lrp::hints::{Config, Hints};
use c3lrp::metric::Protocol;
use c3lrp::picture::{Fit, Interpolation, Preparation};
use c3lrp_fuzz::{bounded, told};
use libfuzzer_sys::fuzz_target;

// Width, height, and by how much the bytes are too many or too few; then JSON.
fuzz_target!(|bytes: &[u8]| {
    let Some((&[w0, w1, h0, h1, off], json)) = bytes.split_first_chunk() else { return };
    let [width, height] = [[w0, w1], [h0, h1]].map(|side| usize::from(u16::from_le_bytes(side)));
    // A picture of more would be slow, not different.
    let pixels = if width * height <= 1 << 16 { width * height } else { 1 << 10 };
    let length = (4 * pixels).saturating_add_signed(match off {
        0x40.. => 0,
        off => isize::from(off as i8) - 0x20,
    });
    let mut rgba = vec![0; length];
    for (at, byte) in rgba.iter_mut().enumerate() {
        *byte = bytes[at % bytes.len()].wrapping_mul(at as u8 | 1);
    }

    bounded(bytes.len(), || {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(json) else { return };
        if let Some(protocol) = value.as_str().and_then(|text| told(text.parse::<Protocol>())) {
            assert_eq!(protocol.to_string().parse(), Ok(protocol));
            for points in [0, 2, width, usize::MAX] {
                if let Some(counts) = told(protocol.counts(64, points)) {
                    assert!((2..=65).contains(&counts.len()) && counts.iter().all(|&count| count <= 64));
                }
            }
        }
        told(Preference::from_json(value.clone()));
        told(Config::parse(&value.to_string()));
        if let Some(mut given) = value.as_object().cloned() {
            told(Hints::take(&mut given));
        }
        let Some(options) = told(Options::from_json(value)) else { return };
        let side = 1 + width % 40;
        let map: Vec<f32> = rgba.chunks_exact(side).map(|row| f32::from(row[0]) - 100.0).collect();
        let map = &map[..map.len().min(1 << 12) / side * side];
        if let Some(filtered) = told(options.filter.apply(map, side, map.len() / side)) {
            assert_eq!((filtered.map.len(), filtered.mask.len()), (map.len(), map.len()));
            assert!(filtered.map.iter().all(|value| value.is_finite()));
        }
    });

    let fit = [Fit::Crop, Fit::Pad, Fit::Squash][usize::from(off % 3)];
    let channels = if off & 4 == 0 { 3 } else { 1 };
    let interpolation = if off & 8 == 0 { Interpolation::Bilinear } else { Interpolation::Bicubic };
    let preparation = Preparation { fit, channels, interpolation, ..Preparation::default() };
    bounded(rgba.len(), || {
        let prepared = told(preparation.prepare(&rgba, width, height));
        // Every picture of at least a pixel is taken, and no other.
        let fits = rgba.len() == width * height * 4 && !rgba.is_empty();
        assert_eq!(prepared.is_some(), fits, "{width}×{height}, {fit:?}");
        if let Some(input) = prepared {
            assert_eq!(input.values.len(), preparation.channels * 224 * 224);
            assert!(input.values.iter().all(|value| value.abs() < 3.0));
        }
    });
});
