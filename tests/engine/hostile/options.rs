//! Options, sizes and counts.

use c3lrp::device::Preference;
use c3lrp::filter::Filter;
use c3lrp::metric::Protocol;
use c3lrp::picture::{Fit, Interpolation, Preparation};
use c3lrp::{Error, Options};
use serde_json::json;

use super::told;
use crate::allocation::bounded;

#[test]
fn options_of_any_shape_are_refused_by_name() {
    let deep = (0..100).fold(json!(1), |inner, _| json!({ "name": inner }));
    for (json, words) in [
        (json!([]), "an object was expected"),
        (json!([3, null, null, null, null, null, null]), "an object was expected"),
        (json!("c3"), "an object was expected"),
        (json!({ "filter": ["c3", 28, null, null, null, null, null, null] }), "a name or an object was expected"),
        (json!({ "filter": 3 }), "a name or an object was expected"),
        (json!({ "target": -1 }), "-1"),
        (json!({ "target": 1.5 }), "1.5"),
        (json!({ "target": 1e300 }), "1e+300"),
        (json!({ "method": deep }), "there is no method"),
        (json!({ "method": { "name": ["c3-lrp"] } }), "there is no method"),
        (json!({ "method": "x".repeat(1 << 20) }), "there is no method"),
        (json!({ "method": { "name": "rise", "masks": u64::MAX } }), "masks is 18446744073709551615"),
        (json!({ "method": { "name": "rise", "grid": 1u64 << 40 } }), "grid is"),
        (json!({ "method": { "name": "grad-cam", "stage": 5 } }), "stage is 5"),
        (json!({ "epsilon": 0 }), "epsilon is 0"),
        (json!({ "epsilon": 1e39 }), "epsilon is 1e+39"),
        (json!({ "epsilon": 1, "method": { "name": "c3-lrp", "epsilon": 1 } }), "epsilon is given twice"),
        (json!({ "filter": { "kind": "c3", "size": u64::MAX } }), "size is 18446744073709551615"),
        (json!({ "filter": { "kind": "c3", "threshold": { "fraction": -1 } } }), "threshold is {\"fraction\":-1}"),
        (json!({ "filter": { "kind": "c3", "connectivity": 6 } }), "connectivity is 6"),
        (json!({ "filter": { "kind": "heat-quantization", "levels": u32::MAX } }), "levels is 4294967295"),
        (json!({ "filter": { "kind": "c1c", "contour": "area" } }), "the filter c1c has no option contour"),
        (json!({ "filter": { "size": 28 } }), "the filter has no kind"),
        (json!({ "target": "cat" }), "target is \"cat\"; a whole number of 0 or more was expected"),
        (json!({ "target": null }), "target is null"),
        (json!({ "epsilon": null }), "epsilon is null; a number above 0"),
        (json!({ "epsilon": "1e-6" }), "epsilon is \"1e-6\""),
        (json!({ "epsilon": "\u{1}NaN" }), "epsilon is NaN; a number above 0, such as 1e-6, was expected"),
        (json!({ "epsilon": "\u{1}Infinity" }), "epsilon is Infinity;"),
        (json!({ "start": true }), "start is true; \"probability\" or \"logit\" was expected"),
        (json!({ "filter": null }), "filter is null"),
        (json!({ "method": null }), "there is no method null"),
        (json!({ "fit": "stretch" }), "stretch"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let error = told(1 << 16, || Options::from_json(json));
        assert!(matches!(&error, Error::Options(why) if why.text().contains(words)), "{words}: {error}");
    }
    let levels = Filter::HeatQuantization { levels: u32::MAX as usize };
    assert!(told(16, || levels.apply(&[0.0; 4], 2, 2)).to_string().contains("levels are 4294967295"));
    for kernels in [json!(3), json!("abacus"), json!({ "edition": 1 })] {
        assert!(told(16, || Preference::from_json(kernels)).to_string().contains("kernels: "));
    }
    // What isn't what was measured is passed over, as an older edition's is.
    let strange = json!([{}, 5, [[[]]], { "edition": -1, "adapter": 2, "layers": "none" }]);
    assert_eq!(Preference::from_json(strange), Ok(Preference::default()));
}

#[test]
fn sizes_and_counts_that_overflow_are_refused() {
    for [width, height] in [[usize::MAX, 2], [1 << 63, 2], [1 << 32, 1 << 32], [0, 0], [0, 5], [60_000, 60_000]] {
        for bytes in [&[][..], &[0; 4], &[0; 16]] {
            let error = told(bytes.len(), || Preparation::default().prepare(bytes, width, height));
            let words = format!("{} bytes were given for {width}×{height} pixels", bytes.len());
            assert!(matches!(&error, Error::Picture(why) if why.text().contains(&words)), "{error}");
        }
    }
    for points in [0, 1, 50_178, 1_000_000_000_000_000, usize::MAX] {
        for protocol in [Protocol::Paper, Protocol::Rise] {
            let error = told(0, || protocol.counts(224 * 224, points));
            assert!(error.to_string().contains(&format!("a curve of {points} points was asked for")), "{error}");
        }
    }
    for text in ["patch:0", "patch:1:0", "patch:99999999999999999999", "patch:-1", "patch:1:2:3", ""] {
        assert!(told(text.len(), || text.parse::<Protocol>()).to_string().contains("there is no protocol"), "{text}");
    }
    let step = Protocol::Patch { side: 1, step: Some(usize::MAX) };
    assert!(told(0, || step.counts(224 * 224, 51)).to_string().contains("a curve of 1 points"));
}

#[test]
fn strips_take_no_more_memory_than_their_pixels() {
    for [width, height] in [[65_535, 1], [1, 65_535], [20_000, 3], [3, 20_000]] {
        let strip = [100, 100, 100, 255].repeat(width * height);
        for fit in [Fit::Crop, Fit::Squash, Fit::Pad] {
            for interpolation in [Interpolation::Bilinear, Interpolation::Bicubic] {
                let preparation = Preparation { fit, interpolation, ..Preparation::default() };
                let input = bounded(strip.len(), || preparation.prepare(&strip, width, height)).unwrap();
                // One colour stays that colour, whichever way comes first; beside a whole picture is nothing.
                let wanted = (100.0 / 255.0 - 0.485) / 0.229;
                let red = &input.values[..224 * 224];
                let seen = red.iter().filter(|value| **value != 0.0).count();
                assert!(seen >= 224, "{width}×{height}, {fit:?}, {interpolation:?}: {seen} pixels");
                let off =
                    red.iter().filter(|value| **value != 0.0).map(|value| (value - wanted).abs()).fold(0.0, f32::max);
                assert!(off < 1e-6, "{width}×{height}, {fit:?}, {interpolation:?}: {off}");
            }
        }
    }
}
