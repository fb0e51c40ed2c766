//! Boxes around what stands out in a map, against a transcription in numpy and scipy (`tests/reference/regions.py`).

use c3lrp::metric::{BoundingBox, OVERLAPS, Region, accuracy, fits, overlap, right};
use c3lrp::random::unit;
use serde_json::{Value, json};

use crate::parts::same_fractions;
use crate::support::reference;

const WIDTH: usize = 48;
const HEIGHT: usize = 36;
const MAPS: usize = 8;

/// The script's maps.
fn map(number: usize) -> Vec<f32> {
    let (coarse, fine) = (format!("region {number}"), format!("region fine {number}"));
    let value = |at: usize| {
        let value = unit(&coarse, at / WIDTH / 6 * 64 + at % WIDTH / 6) + unit(&fine, at) / 8.0;
        if number.is_multiple_of(2) { value } else { value.max(0.0) }
    };
    (0..WIDTH * HEIGHT).map(value).collect()
}

/// Its masks.
fn mask(number: usize) -> Vec<u8> {
    let (left, top) = (8 + 3 * number as i64, 26 - 2 * number as i64);
    let inside = |at: usize| {
        let (x, y) = ((at % WIDTH) as i64 - left, (at / WIDTH) as i64 - top);
        4 * x * x + 9 * y * y < 900 + 60 * number as i64
    };
    (0..WIDTH * HEIGHT).map(|at| u8::from(inside(at))).collect()
}

#[test]
fn regions_and_boxes_are_scipys() {
    let expected: Value = serde_json::from_slice(&std::fs::read(reference("regions.json")).unwrap()).unwrap();
    assert_eq!(expected["maps"].as_array().unwrap().len(), MAPS);
    let mut all = Vec::new();
    for number in 0..MAPS {
        let (map, mask, expected) = (map(number), mask(number), &expected["maps"][number]);
        let region = Region::of(&map, WIDTH, HEIGHT, Region::SHARE).unwrap().unwrap();
        let BoundingBox { x, y, width, height } = region.bounds;
        assert_eq!(json!([x, y, width, height]), expected["box"], "{number}");
        assert_eq!(json!(region.area), expected["area"], "{number}");
        assert_eq!(json!(region.mask.iter().position(|&inside| inside == 1)), expected["first"], "{number}");
        let object = BoundingBox::of(&mask, WIDTH).unwrap();
        let overlaps = [json!(overlap(&region.mask, &mask).unwrap()), json!(region.bounds.iou(&object))];
        assert!(same_fractions(&json!(overlaps), &json!([expected["maskIou"], expected["boxIou"]])), "{number}");
        let fits = fits(&map, &mask, WIDTH, HEIGHT).unwrap().unwrap();
        assert!(same_fractions(&json!(fits.largest), &expected["largest"]), "{number}");
        assert!(same_fractions(&json!(fits.best), &expected["best"]), "{number}");
        all.push(fits);
    }
    let best = OVERLAPS.map(|overlap| {
        let runs: Vec<_> = all.iter().map(|fits| right(&fits.best, overlap)).collect();
        accuracy(runs.iter().map(|runs| &runs[..]))
    });
    let runs: Vec<_> = all.iter().map(|fits| right(&fits.largest, 0.5)).collect();
    assert_eq!(json!(best), expected["right"]);
    assert_eq!(json!(accuracy(runs.iter().map(|runs| &runs[..]))), expected["maxBoxAcc"]);
}
