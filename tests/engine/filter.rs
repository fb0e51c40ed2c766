//! C3 and C1C on hand-drawn maps with known answers.

use c3lrp::Error;
use c3lrp::filter::{Filter, Largest, RegionOptions, Threshold};
use imageproc::region_labelling::Connectivity;

/// A map whose digits are its values.
fn draw(rows: &[&str]) -> (Vec<f32>, usize) {
    let values =
        rows.iter().flat_map(|row| row.bytes().map(|digit| if digit == b'.' { 0.0 } else { f32::from(digit - b'0') }));
    (values.collect(), rows.len())
}

/// A filter at the drawing's own size, so that nothing is resized; everything above 0 stands out.
fn region(size: usize) -> RegionOptions {
    RegionOptions { size, threshold: Threshold::Fraction(0.0), ..RegionOptions::default() }
}

/// What stays of a drawing, with its values.
fn kept(
    filter: impl Fn(RegionOptions) -> Filter,
    change: impl Fn(&mut RegionOptions),
    rows: &[&str],
) -> (Vec<String>, bool) {
    let (map, side) = draw(rows);
    let mut region = region(side);
    change(&mut region);
    let filtered = filter(region).apply(&map, side, side).unwrap();
    for (at, value) in filtered.map.iter().enumerate() {
        assert_eq!(*value, map[at] * f32::from(filtered.mask[at]), "kept pixels keep their values");
    }
    let rows = filtered
        .map
        .chunks(side)
        .map(|row| row.iter().map(|&value| if value == 0.0 { '.' } else { (b'0' + value as u8) as char }).collect());
    (rows.collect(), filtered.fallback)
}

/// Left: nine pixels of 2. Right: three pixels with the peak.
const AREA_AND_PEAK: [&str; 6] = [
    "......", //
    "222..9", //
    "222..3", //
    "222..3", //
    "......", //
    "......",
];

#[test]
fn c1c_keeps_the_component_that_is_largest_by_each_measure() {
    let large = vec!["......", "222...", "222...", "222...", "......", "......"];
    let peaked = vec!["......", ".....9", ".....3", ".....3", "......", "......"];
    assert_eq!(kept(Filter::C1c, |_| {}, &AREA_AND_PEAK).0, peaked);
    assert_eq!(kept(Filter::C1c, |region| region.component = Largest::Area, &AREA_AND_PEAK).0, large);
    // 18 against 15.
    assert_eq!(kept(Filter::C1c, |region| region.component = Largest::Total, &AREA_AND_PEAK).0, large);
}

#[test]
fn c3_falls_back_to_the_component_where_contour_and_component_disagree() {
    let (rows, fallback) = kept(Filter::C3, |_| {}, &AREA_AND_PEAK);
    assert_eq!(rows, ["......", ".....9", ".....3", ".....3", "......", "......"]);
    assert!(fallback);
    let (rows, fallback) = kept(Filter::C3, |region| region.contour = Largest::Peak, &AREA_AND_PEAK);
    assert_eq!(rows, ["......", ".....9", ".....3", ".....3", "......", "......"]);
    assert!(!fallback);
}

/// Two squares that touch at a corner, and a single pixel with the peak.
const DIAGONAL: [&str; 5] = [
    "11...", //
    "11...", //
    "..22.", //
    "..22.", //
    ".....",
];

#[test]
fn diagonals_touch_with_eight_neighbours_only() {
    assert_eq!(kept(Filter::C1c, |_| {}, &DIAGONAL).0, DIAGONAL);
    let (rows, _) = kept(Filter::C1c, |region| region.connectivity = Connectivity::Four, &DIAGONAL);
    assert_eq!(rows, [".....", ".....", "..22.", "..22.", "....."]);
    // A contour always goes on over a corner, so that the component decides.
    let (rows, fallback) = kept(Filter::C3, |region| region.connectivity = Connectivity::Four, &DIAGONAL);
    assert_eq!(rows, [".....", ".....", "..22.", "..22.", "....."]);
    assert!(!fallback);
}

/// A ring with a hole, in which an island has the peak.
const RING: [&str; 7] = [
    ".......", //
    ".11111.", //
    ".1...1.", //
    ".1.9.1.", //
    ".1...1.", //
    ".11111.", //
    ".......",
];

#[test]
fn a_filled_contour_holds_what_lies_in_its_hole() {
    let island = [".......", ".......", ".......", "...9...", ".......", ".......", "......."];
    let (rows, fallback) = kept(Filter::C3, |_| {}, &RING);
    assert_eq!((rows, fallback), (island.map(String::from).to_vec(), false));
    // By area both are the ring; the hole is inside C1 but not in the component.
    let (rows, fallback) = kept(Filter::C3, |region| region.component = Largest::Area, &RING);
    assert_eq!(rows, [".......", ".11111.", ".1...1.", ".1...1.", ".1...1.", ".11111.", "......."]);
    assert!(!fallback);
}

/// A ring of 16 pixels around a hole of 9, and a block of 17.
#[test]
fn the_hole_counts_for_a_filled_contour_only() {
    let map = [
        "11111...", //
        "1...1...", //
        "1...1...", //
        "1...1...", //
        "11111...", //
        "......22", //
        "22222222", //
        "2222222.",
    ];
    let by_area = |filled| kept(Filter::C3, |region| (region.component, region.filled) = (Largest::Area, filled), &map);
    let block = ["........", "........", "........", "........", "........", "......22", "22222222", "2222222."];
    // Filled, the ring is the larger contour and shares nothing with the larger component.
    assert_eq!(by_area(true), (block.map(String::from).to_vec(), true));
    assert_eq!(by_area(false), (block.map(String::from).to_vec(), false));
}

#[test]
fn regions_at_the_edge_are_whole() {
    let edge = ["3333", "3..3", "3..3", "3333"];
    assert_eq!(kept(Filter::C3, |_| {}, &edge), (edge.map(String::from).to_vec(), false));
    let lone = ["5...", "....", "....", "...4"];
    assert_eq!(kept(Filter::C3, |_| {}, &lone).0, ["5...", "....", "....", "...."]);
}

#[test]
fn a_map_in_which_nothing_stands_out_keeps_nothing() {
    for value in [0.0, 0.1, -3.0] {
        for filter in [Filter::C3(RegionOptions::default()), Filter::C1c(RegionOptions::default())] {
            let filtered = filter.apply(&vec![value; 224 * 224], 224, 224).unwrap();
            assert!(filtered.mask.iter().all(|&kept| kept == 0) && !filtered.fallback);
            assert!(filtered.map.iter().all(|&value| value == 0.0));
        }
        let unfiltered = Filter::None.apply(&vec![value; 224 * 224], 224, 224).unwrap();
        assert!(unfiltered.mask.iter().all(|&kept| kept == 1) && unfiltered.map.iter().all(|&kept| kept == value));
    }
}

#[test]
fn what_is_not_finite_is_an_error() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut map = vec![0.0; 224 * 224];
        map[225] = bad;
        for filter in [Filter::default(), Filter::None] {
            let Err(Error::Picture(why)) = filter.apply(&map, 224, 224) else { panic!("{bad} was filtered") };
            assert!(why.text().contains("(1, 1)"), "{why}");
        }
    }
    assert!(Filter::default().apply(&[0.0; 5], 2, 2).is_err());
    assert!(Filter::default().apply(&[], 0, 0).is_err());
}

#[test]
fn thresholds_are_the_mean_a_share_and_otsus() {
    // Sixteen pixels, mean 1.5: only 8s and the 4 stand out above it; above 0.6 · 8 only the 8s.
    let map = ["88..", "4111", "1...", "...."];
    let with = |threshold| kept(Filter::C1c, |region| region.threshold = threshold, &map).0;
    assert_eq!(with(Threshold::Mean), ["88..", "4...", "....", "...."]);
    assert_eq!(with(Threshold::Fraction(0.6)), ["88..", "....", "....", "...."]);
    assert_eq!(with(Threshold::Fraction(0.0)), map);
    assert_eq!(with(Threshold::Otsu), ["88..", "4...", "....", "...."]);
}

/// From 224 to 28 and back: a block of 8×8 pixels is one reduced pixel.
#[test]
fn maps_are_reduced_and_expanded() {
    let square = |x: usize, y: usize| (64..128).contains(&x) && (80..144).contains(&y);
    let map: Vec<f32> = (0..224 * 224).map(|at| if square(at % 224, at / 224) { 1.0 } else { 0.0 }).collect();
    let filtered = Filter::default().apply(&map, 224, 224).unwrap();
    let at = |x: usize, y: usize| (filtered.map[y * 224 + x], filtered.mask[y * 224 + x]);
    assert_eq!(at(96, 112).1, 1);
    assert!((at(96, 112).0 - 1.0).abs() < 1e-5);
    assert_eq!(at(10, 10), (0.0, 0));
    // Antialiasing lets the reduced edge bleed into one more pixel of the 28×28 at most.
    let area = filtered.mask.iter().map(|&kept| usize::from(kept)).sum::<usize>();
    assert!((64 * 64..=80 * 80).contains(&area), "{area}");
}

/// Eight levels from −1 to 6 are a step of 1 apart.
#[test]
fn heat_quantization_lowers_each_value_to_its_level() {
    let map = [-1.0, 6.0, 5.99, 0.0, 0.5, -0.25];
    let quantize = |levels| Filter::HeatQuantization { levels }.apply(&map, 3, 2);
    let filtered = quantize(8).unwrap();
    assert_eq!(filtered.map, [-1.0, 6.0, 5.0, 0.0, 0.0, -1.0]);
    assert_eq!((filtered.mask, filtered.fallback), (vec![1; 6], false));
    let even = Filter::HeatQuantization { levels: 8 }.apply(&[0.1; 4], 2, 2).unwrap();
    assert_eq!(even.map, [0.1; 4]);
    assert!(quantize(1).unwrap_err().to_string().contains("levels are 1"));
}
