//! What outputs mean: the sign of a class's logit, networks with one output, several labels, saturation.

use c3lrp::birds::{Options as Drawing, Species, draw};
use c3lrp::checkpoint::Reading;
use c3lrp::hints::Hints;
use c3lrp::metric::{Plan, Protocol, Ties};
use c3lrp::weights::{Architecture, Bytes, formula};
use c3lrp::{Error, Explainer, Explanation, Loading, Output, OutputKind, softmax};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use crate::support::{block_on, error, model, on_cpu, options, small};

fn explain(explainer: &Explainer, json: Value) -> Explanation {
    let input = formula::input("input", 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options(json), &mut |_, _, _| {})).unwrap().into_explanation()
}

/// Loading with what the outputs mean.
fn output(kind: OutputKind) -> Loading {
    let hints = Hints { output: Some(kind), ..Hints::default() };
    Loading { reading: Reading { hints, ..Reading::default() }, ..Loading::default() }
}

const WALKS: [&str; 9] = [
    "c3-lrp",
    "c3-lrp-plus",
    "lrp-splitting",
    "lrp-epsilon",
    "lrp-epsilon-plus",
    "lrp-epsilon-plus-flat",
    "lrp-alpha2-beta1",
    "lrp-alpha2-beta1-flat",
    "lrp-epsilon-gamma-box",
];

/// R from p is R from |z| times p / |z|, for every class: relevance is linear in what it starts as. The rounding of
/// f32 in some sixty layers.
#[test]
fn the_two_starts_differ_by_a_factor() {
    let explainer = on_cpu(small()).unwrap();
    let mut negative = 0;
    for class in 0..10 {
        for method in WALKS {
            let of = |start| explain(&explainer, json!({ "target": class, "method": method, "start": start }));
            let (probable, logit) = (of("probability"), of("logit"));
            assert_eq!(logit.logit, logit.logits[class]);
            negative += usize::from(logit.logit < 0.0);
            let factor = probable.probability / logit.logit.abs();
            let expected: Vec<_> = logit.map.iter().map(|value| value * factor).collect();
            let off = error(&probable.map, &expected);
            assert!(off < 2e-5, "{method}, class {class}: off by {off}");
        }
    }
    assert!(negative > 0);
}

/// Insertion − deletion of what speaks for a class whose logit is negative. With the signs turned round it was below
/// zero in fourteen of fifteen.
#[test]
fn red_speaks_for_an_improbable_class() {
    let explainer = on_cpu(std::fs::read(model("birds-resnet50.safetensors")).unwrap()).unwrap();
    let plan = Plan { protocol: Protocol::Paper, ties: Ties::Stable, points: 9 };
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let (mut cases, mut right) = (0, 0);
    for (number, species) in Species::all().iter().enumerate().take(5) {
        let bird = draw(species, 900 + number as u64, &Drawing::default());
        let fit = json!({ "fit": "whole", "filter": "none", "method": "lrp-epsilon" });
        let explained = block_on(explainer.explain(&bird.rgba, bird.side, bird.side, &options(fit), quiet)).unwrap();
        let negative = (0..20).filter(|&class| explained.logits[class] < 0.0).step_by(4).take(3);
        for class in negative.collect::<Vec<_>>() {
            let asked = json!({ "target": class, "filter": "none", "method": "lrp-epsilon" });
            let found = block_on(explained.explain(&options(asked), quiet)).unwrap();
            assert!(found.logit < 0.0);
            // The order of a map says where to begin; both curves are of this class's probability.
            let curves = block_on(explained.faithfulness(&found.map, class, &plan, quiet)).unwrap();
            cases += 1;
            right += usize::from(curves.id() > 0.0);
            println!("bird {number}, class {class}: logit {}, ID {}", found.logit, curves.id());
        }
    }
    assert!(cases == 15 && right >= 12, "{right} of {cases}");
}

/// A network whose linear layer has these rows [K, 256] and biases.
fn with_rows(rows: &[Vec<f32>], biases: &[f32], metadata: Option<(&str, &str)>) -> Vec<u8> {
    let tensors: Vec<_> = Architecture::resnet([1; 4], 8, rows.len())
        .tensors()
        .into_iter()
        .map(|(name, shape)| {
            let values = match name.as_str() {
                "fc.weight" => rows.concat(),
                "fc.bias" => biases.to_vec(),
                _ => formula::tensor(&name, &shape),
            };
            (name, shape, values)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, values)| {
        (name, TensorView::new(Dtype::F32, shape.clone(), bytemuck::cast_slice(values)).unwrap())
    });
    let metadata = metadata.map(|(key, value)| [(key.to_owned(), value.to_owned())].into());
    safetensors::serialize(views, metadata).unwrap()
}

fn rows(count: usize) -> Vec<Vec<f32>> {
    (0..count).map(|row| formula::tensor(&format!("row {row}"), &[1, 256, 1, 1])).collect()
}

/// The oracle is a network of two outputs, −z and z. Its logits' maps are those of "no" and "yes".
#[test]
fn one_output_answers_no_and_yes() {
    let row = rows(1).remove(0);
    let mut maps = 0;
    let turned: Vec<f32> = row.iter().map(|weight| -weight).collect();
    for bias in [-3.0, 0.1, 3.0] {
        let one = on_cpu(with_rows(std::slice::from_ref(&row), &[bias], None)).unwrap();
        let two = on_cpu(with_rows(&[turned.clone(), row.clone()], &[-bias, bias], None)).unwrap();
        assert_eq!((one.info().classes, one.info().output), (2, Output::Binary));
        assert_eq!(one.info().labels.as_deref(), Some(&["no".to_owned(), "yes".to_owned()][..]));
        let answer = explain(&one, json!({}));
        let [z] = answer.logits[..] else { panic!("{:?}", answer.logits) };
        let yes = 1.0 / (1.0 + (-f64::from(z)).exp());
        assert!((f64::from(answer.probabilities[1]) - yes).abs() < 1e-6, "{:?}", answer.probabilities);
        assert!((f64::from(answer.probabilities[0]) - (1.0 - yes)).abs() < 1e-6, "{:?}", answer.probabilities);
        assert_eq!(answer.target, usize::from(z > 0.0));
        for class in [0, 1] {
            for method in WALKS.into_iter().chain(["input-x-gradient", "grad-cam"]) {
                let start = if WALKS.contains(&method) { json!("logit") } else { Value::Null };
                let mut asked = json!({ "target": class, "method": { "name": method } });
                if start != Value::Null {
                    asked["start"] = start;
                }
                let (found, expected) = (explain(&one, asked.clone()), explain(&two, asked));
                assert_eq!(found.logit, if class == 1 { z } else { -z });
                // Grad-CAM is 0 everywhere where nothing speaks for the answer.
                if expected.map.iter().all(|&value| value == 0.0) {
                    assert!(found.map.iter().all(|&value| value == 0.0), "{method}, class {class}");
                    continue;
                }
                maps += 1;
                let off = error(&found.map, &expected.map);
                assert!(off < 1e-5, "{method}, class {class}, bias {bias}: off by {off}");
            }
        }
        assert!(block_on(one.probabilities(formula::input("input", 64, 64), 64, 64, 2)).is_err());
    }
    assert!(maps >= 3 * 2 * 10, "{maps} maps");
    let said = output(OutputKind::Softmax);
    let refused = block_on(Explainer::create(
        Bytes(with_rows(&[row], &[0.0], None)),
        said,
        Err("not asked".into()),
        &mut |_, _, _| {},
    ));
    assert!(matches!(refused, Err(Error::Options(why)) if why.text().contains("one output")));
}

/// σ of each logit, by metadata or by the option.
#[test]
fn labels_that_stand_side_by_side() {
    let weights = |metadata| with_rows(&rows(3), &[0.5, -0.5, 2.0], metadata);
    let plain = explain(&on_cpu(weights(None)).unwrap(), json!({}));
    assert_eq!(plain.probabilities, softmax(&plain.logits));
    let by_file = on_cpu(weights(Some(("output", "sigmoid")))).unwrap();
    let loading = output(OutputKind::Sigmoid);
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let by_option = block_on(Explainer::create(Bytes(weights(None)), loading, Err("not asked".into()), quiet)).unwrap();
    for explainer in [by_file, by_option] {
        let found = explain(&explainer, json!({ "target": 1 }));
        let expected: Vec<f32> = found.logits.iter().map(|&z| (1.0 / (1.0 + (-f64::from(z)).exp())) as f32).collect();
        assert!(error(&found.probabilities, &expected) < 1e-6);
        assert_eq!(found.probability, found.probabilities[1]);
        let sum: f64 = found.boundaries[0].sum;
        assert!((sum.abs() - f64::from(found.probability)).abs() < 1e-7, "{sum}");
    }
    let wrong = on_cpu(weights(Some(("output", "linear")))).map(drop).unwrap_err();
    assert!(wrong.to_string().contains("the header's output is \"linear\""), "{wrong}");
}

/// Logits so far apart that f32 says 1 and 0: the map is that of a logit's start, scaled.
#[test]
fn saturated_classes_have_maps() {
    let explainer = on_cpu(with_rows(&rows(2), &[500.0, -500.0], None)).unwrap();
    for (class, probability) in [(0, 1.0), (1, 0.0)] {
        for method in WALKS {
            let of = |start| explain(&explainer, json!({ "target": class, "method": method, "start": start }));
            let (found, logit) = (of("probability"), of("logit"));
            assert_eq!(found.probability, probability);
            let largest = |map: &[f32]| map.iter().fold(0f32, |largest, value| largest.max(value.abs()));
            let [a, b] = [&found.map, &logit.map].map(|map| largest(map));
            assert!(a.is_normal() && b.is_normal(), "{method}: {a} {b}");
            let scaled = |map: &[f32], by: f32| map.iter().map(|value| value / by).collect::<Vec<_>>();
            let off = error(&scaled(&found.map, a), &scaled(&logit.map, b));
            assert!(off < 2e-5, "{method}, class {class}: off by {off}");
        }
    }
}
