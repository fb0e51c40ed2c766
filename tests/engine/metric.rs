//! The metrics against values by hand, on a toy classifier, and against PyTorch's transcription of the
//! published protocols (`tests/reference/metrics.py`) on the bundled model.

use std::collections::HashMap;

use c3lrp::birds::{Options as Drawing, Species, draw};
use c3lrp::metric::{Curves, Direction, Faithfulness, Plan, Protocol, Ties, layers, randomised, spearman};
use c3lrp::picture::{Fit, Preparation};
use c3lrp::random::unit;
use c3lrp::weights::formula;
use c3lrp::{Error, Explainer, Result, softmax};
use serde_json::json;

use crate::support::{block_on, model, on_cpu, options, small, tensors};

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// A linear classifier of two classes: softmax([Σ x, 0]) of all values of a picture, in closed form σ(Σ x).
fn linear(pictures: &[f32], size: usize) -> Vec<f32> {
    let logits = |picture: &[f32]| [picture.iter().sum::<f32>(), 0.0];
    pictures.chunks_exact(size).map(|picture| softmax(&logits(picture))[0]).collect()
}

/// 4×1 pixels, whose first channel has these values; the others are 0.
const PIXELS: [f32; 4] = [2.0, -1.0, 1.0, 0.5];

fn toy(batch: usize) -> Faithfulness {
    let picture = [&PIXELS[..], &[0.0; 8]].concat();
    Faithfulness::new(picture, 4, 1, Preparation::default(), batch).unwrap()
}

fn measure(map: [f32; 4], protocol: Protocol, ties: Ties, points: usize) -> Curves {
    let plan = Plan { protocol, ties, points };
    let found = block_on(toy(3).measure(&map, &[plan], async |pictures| Ok(linear(&pictures, 12))));
    found.unwrap().swap_remove(0)
}

fn same(found: &[f32], logits: &[f64]) {
    let expected: Vec<f64> = logits.iter().map(|&logit| sigmoid(logit)).collect();
    assert_eq!(found.len(), expected.len());
    // A handful of f32 operations.
    assert!(found.iter().zip(&expected).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6), "{found:?}, {expected:?}");
}

#[test]
fn the_papers_curves_in_closed_form() {
    // Order: pixels 0, 2, 3, 1.
    let curves = measure([9.0, -1.0, 3.0, 2.0], Protocol::Paper, Ties::Stable, 5);
    same(&curves.insertion.probabilities, &[0.0, 2.0, 3.0, 3.5, 2.5]);
    same(&curves.deletion.probabilities, &[2.5, 0.5, -0.5, -1.0, 0.0]);
    assert_eq!(curves.insertion.shares, [0.0, 0.25, 0.5, 0.75, 1.0]);
    let area = |logits: [f64; 5]| {
        let p = logits.map(sigmoid);
        (p[0] / 2.0 + p[1] + p[2] + p[3] + p[4] / 2.0) / 4.0
    };
    let (insertion, deletion) = (area([0.0, 2.0, 3.0, 3.5, 2.5]), area([2.5, 0.5, -0.5, -1.0, 0.0]));
    assert!((curves.insertion.area() - insertion).abs() < 1e-6);
    assert!((curves.deletion.area() - deletion).abs() < 1e-6);
    assert!((curves.id() - (insertion - deletion)).abs() < 1e-6);
}

#[test]
fn equals_in_rows_or_together_in_closed_form() {
    // Pixel 0 stands out; the others are a filter's zeros.
    let map = [9.0, 0.0, -0.0, 0.0];
    let stable = measure(map, Protocol::Paper, Ties::Stable, 5);
    same(&stable.insertion.probabilities, &[0.0, 2.0, 1.0, 2.0, 2.5]);
    same(&stable.deletion.probabilities, &[2.5, 0.5, 1.5, 0.5, 0.0]);
    let together = measure(map, Protocol::Paper, Ties::Together, 5);
    same(&together.insertion.probabilities, &[0.0, 2.0, 2.5, 2.5, 2.5]);
    same(&together.deletion.probabilities, &[2.5, 0.5, 0.0, 0.0, 0.0]);
}

#[test]
fn rises_insertion_starts_blurred() {
    // One row: 0 lies above and below, so that the kernel's middle row is all there is (scipy's values).
    let kernel = [0.087_958_15, 0.088_896_12, 0.090_474_2, 0.092_191_12, 0.093_489_39, 0.093_982_06];
    let blurred: Vec<f64> = (0..4usize)
        .map(|x| kernel[5] * (0..4).map(|at| f64::from(PIXELS[at]) * kernel[5 - x.abs_diff(at)]).sum::<f64>())
        .collect();
    let mut shown = blurred.clone();
    let mut logits = vec![shown.iter().sum()];
    for pixel in [0, 2, 3, 1] {
        shown[pixel] = f64::from(PIXELS[pixel]);
        logits.push(shown.iter().sum());
    }
    let curves = measure([9.0, -1.0, 3.0, 2.0], Protocol::Rise, Ties::Stable, 5);
    same(&curves.insertion.probabilities, &logits);
    same(&curves.deletion.probabilities, &[2.5, 0.5, -0.5, -1.0, 0.0]);
}

#[test]
fn patches_lie_on_black() {
    // −mean / std, summed over the channels.
    let black = -(0.485 / 0.229 + 0.456 / 0.224 + 0.406 / 0.225);
    // A patch a step: points show the first 2, 3, 4, 4.
    let single = measure([9.0, -1.0, 3.0, 2.0], Protocol::Patch { side: 1, step: Some(1) }, Ties::Together, 2);
    same(&single.insertion.probabilities, &[3.0 + 2.0 * black, 3.5 + black, 2.5, 2.5]);
    same(&single.deletion.probabilities, &[-0.5 + 2.0 * black, -1.0 + 3.0 * black, 4.0 * black, 4.0 * black]);
    let picture = [&[1.0, 2.0, 3.0, 4.0][..], &[5.0; 4], &[0.0; 16]].concat();
    let mut wide = Faithfulness::new(picture, 4, 2, Preparation::default(), 8).unwrap();
    let plan = Plan { protocol: Protocol::Patch { side: 2, step: Some(1) }, ties: Ties::Stable, points: 2 };
    // The right patch is stronger by one pixel; both points show all, as the first is at place 1 already.
    let map = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 7.0, 0.0];
    let found = block_on(wide.measure(&map, &[plan], async |pictures| Ok(linear(&pictures, 24)))).unwrap();
    same(&found[0].insertion.probabilities, &[30.0, 30.0]);
}

#[test]
fn no_picture_is_shown_twice_and_no_batch_is_larger() {
    let plan = |protocol, ties| Plan { protocol, ties, points: 5 };
    let plans = [
        plan(Protocol::Paper, Ties::Stable),
        plan(Protocol::Paper, Ties::Together),
        plan(Protocol::Rise, Ties::Stable),
        plan(Protocol::Rise, Ties::Together),
    ];
    let mut seen: Vec<Vec<u32>> = Vec::new();
    let mut meter = toy(3);
    let map = [9.0, -1.0, 3.0, 2.0];
    let mut show = async |pictures: Vec<f32>| -> Result<Vec<f32>> {
        assert!(pictures.len() <= 3 * 12);
        seen.extend(pictures.chunks_exact(12).map(|picture| picture.iter().map(|value| value.to_bits()).collect()));
        Ok(linear(&pictures, 12))
    };
    let first = block_on(meter.measure(&map, &plans, &mut show)).unwrap();
    // Whole, zero and blurred, and three between for each of insertion, deletion and RISE's insertion.
    assert_eq!(meter.seen(), 12);
    // The ends are known now.
    let again = block_on(meter.measure(&[1.0, 2.0, 3.0, 4.0], &plans, &mut show)).unwrap();
    assert_eq!(meter.seen(), 12 + 9);
    let shown = seen.len();
    seen.sort();
    seen.dedup();
    // The second order begins with what the first one ends with: some of its halves are the same pictures.
    assert!(shown == 21 && seen.len() > 15, "{shown} {}", seen.len());
    assert_eq!(first[0], first[1]);
    assert_eq!(first[0].deletion, first[2].deletion);
    assert_ne!(first[0], again[0]);
}

#[test]
fn a_slider_shows_what_is_measured() {
    let map = [9.0, -1.0, 3.0, 2.0];
    let plan = Plan { protocol: Protocol::Rise, ties: Ties::Stable, points: 4 };
    for direction in [Direction::Insertion, Direction::Deletion] {
        let mut meter = toy(8);
        let picture = |point| meter.picture(&map, &plan, direction, point);
        let pictures: Vec<f32> = (0..4).map(picture).collect::<Result<Vec<_>>>().unwrap().concat();
        assert!(matches!(meter.picture(&map, &plan, direction, 4), Err(Error::Options(_))));
        let curves = block_on(toy(8).measure(&map, &[plan], async |pictures| Ok(linear(&pictures, 12)))).unwrap();
        let curve = match direction {
            Direction::Insertion => &curves[0].insertion,
            Direction::Deletion => &curves[0].deletion,
        };
        assert_eq!(linear(&pictures, 12), curve.probabilities);
    }
}

#[test]
fn what_cant_be_measured_is_refused() {
    let normalisation = Preparation::default();
    assert!(matches!(Faithfulness::new(vec![0.0; 5], 2, 1, normalisation, 1), Err(Error::Picture(_))));
    assert!(matches!(Faithfulness::new(Vec::new(), 0, 0, normalisation, 1), Err(Error::Picture(_))));
    assert!(matches!(Faithfulness::new(vec![0.0; 6], 2, 1, normalisation, 0), Err(Error::Options(_))));
    let plan = Plan { protocol: Protocol::Paper, ties: Ties::Stable, points: 5 };
    let answer = async |_: Vec<f32>| Ok(vec![0.5]);
    assert!(matches!(block_on(toy(3).measure(&[0.0; 4], &[plan], answer)), Err(Error::Picture(_))));
    assert!(matches!(block_on(toy(1).measure(&[f32::NAN; 4], &[plan], answer)), Err(Error::Picture(_))));
    let lost = async |_: Vec<f32>| Err(Error::DeviceLost("gone".into()));
    assert!(matches!(block_on(toy(1).measure(&[0.0; 4], &[plan], lost)), Err(Error::DeviceLost(_))));
}

/// The maps of `metrics.py`.
fn formula_map(number: usize) -> Vec<f32> {
    let (blocks, fine) = (format!("map {number}"), format!("fine {number}"));
    let value = |at: usize| {
        let block = at / 224 / 8 * 32 + at % 224 / 8;
        let value = unit(&blocks, block) + unit(&fine, at) / 64.0;
        if number.is_multiple_of(2) { value } else { value.max(0.0) }
    };
    (0..224 * 224).map(value).collect()
}

fn bundled() -> Explainer {
    on_cpu(std::fs::read(model("birds-resnet50.safetensors")).unwrap()).unwrap()
}

#[test]
fn curves_are_pytorchs_on_the_bundled_model() {
    let expected: HashMap<String, Vec<f32>> = tensors("metrics.safetensors");
    let explainer = bundled();
    let plan = |name: &str, ties, points| (name.to_owned(), Plan { protocol: name.parse().unwrap(), ties, points });
    let plans = [
        plan("rise", Ties::Stable, 29),
        plan("patch:1:2000", Ties::Together, 2),
        plan("patch:16:8", Ties::Together, 2),
    ];
    let (mut worst_curve, mut worst_score) = (0f32, 0f32);
    for number in 0..10 {
        let bird = draw(&Species::all()[number], 8_000_000 + number as u64, &Drawing::default());
        let preparation = explainer.preparation();
        let input = Preparation { fit: Fit::Pad, ..preparation }.prepare(&bird.rgba, bird.side, bird.side).unwrap();
        let mut meter = Faithfulness::new(input.values, 224, 224, preparation, 8).unwrap();
        let probabilities = async |pictures| {
            let logits = explainer.logits(pictures, 224, 224).await?;
            Ok(logits.chunks_exact(20).map(|logits| softmax(logits)[number]).collect())
        };
        let asked: Vec<Plan> = plans.iter().map(|(_, plan)| *plan).collect();
        let curves = block_on(meter.measure(&formula_map(number), &asked, probabilities)).unwrap();
        for ((name, _), curves) in plans.iter().zip(curves) {
            let off = |found: &[f32], what: &str| {
                let expected = &expected[&format!("{number} {name} {what}")];
                assert_eq!(found.len(), expected.len(), "{name} {what}");
                found.iter().zip(expected).fold(0f32, |worst, (a, b)| worst.max((a - b).abs()))
            };
            worst_curve = worst_curve.max(off(&curves.insertion.probabilities, "insertion"));
            worst_curve = worst_curve.max(off(&curves.deletion.probabilities, "deletion"));
            let scores = [curves.insertion.area() as f32, curves.deletion.area() as f32];
            worst_score = worst_score.max(off(&scores, "scores"));
        }
    }
    println!("curves off by {worst_curve:e}, scores by {worst_score:e}");
    // Sixty layers of f32 rounding move a logit by up to 1e-4, and a probability by a quarter of that.
    assert!(worst_curve < 1e-4 && worst_score < 1e-4, "{worst_curve:e} {worst_score:e}");
}

#[test]
fn logits_of_a_batch_are_those_of_each() {
    let explainer = on_cpu(small()).unwrap();
    let pictures: Vec<Vec<f32>> = ["one", "two", "three"].map(|name| formula::input(name, 64, 64)).into();
    let batch = block_on(explainer.logits(pictures.concat(), 64, 64)).unwrap();
    for (picture, found) in pictures.iter().zip(batch.chunks_exact(10)) {
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let options = options(json!({}));
        let alone = block_on(explainer.explain_tensor(picture.clone(), 64, 64, &options, quiet))
            .unwrap()
            .into_explanation()
            .logits;
        // The order of sums may depend on the batch.
        assert!(alone.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-5), "{alone:?} {found:?}");
    }
    for (values, width) in [(3 * 64 * 64 + 1, 64), (0, 64), (3 * 64 * 8, 8), (3, usize::MAX)] {
        assert!(matches!(block_on(explainer.logits(vec![0.0; values], width, 64)), Err(Error::Picture(_))));
    }
}

#[test]
fn randomised_layers_come_from_the_top_and_change_the_map() {
    let explainer = on_cpu(small()).unwrap();
    let original = explainer.network().clone();
    assert_eq!(layers(&original), ["fc", "layer4.0", "layer3.0", "layer2.0", "layer1.0", "stem"]);
    let maps = |network| {
        let explainer = explainer.with_network(network);
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let input = formula::input("input", 64, 64);
        let options = options(json!({ "target": 3, "filter": "none", "start": "logit" }));
        block_on(explainer.explain_tensor(input, 64, 64, &options, quiet)).unwrap().into_explanation().map
    };
    let map = maps(original.clone());
    assert_eq!(spearman(&map, &maps(randomised(&original, 0..0, 7))), Ok(Some(1.0)));
    let top = maps(randomised(&original, 0..2, 7));
    let one_by_one = randomised(&randomised(&original, 0..1, 7), 1..2, 7);
    assert_eq!(top, maps(one_by_one));
    assert_ne!(top, maps(randomised(&original, 0..2, 8)));
    let all = spearman(&map, &maps(randomised(&original, 0..6, 7))).unwrap().unwrap();
    // All is random: what is left is chance, and the picture that both multiply.
    assert!(all.abs() < 0.5, "{all}");
}
