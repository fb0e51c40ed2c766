//! A picture that was explained answers for itself, whatever was explained since; a panic is an error.

use c3lrp::checkpoint::Reading;
use c3lrp::device::{Choice, Kind};
use c3lrp::hints::Hints;
use c3lrp::metric::{Direction, Plan, Protocol, Ties};
use c3lrp::weights::{Bytes, formula};
use c3lrp::{Error, Explained, Explainer, Options};
use serde_json::json;

use crate::support::{block_on, on_cpu, options, small};

const PLAN: Plan = Plan { protocol: Protocol::Paper, ties: Ties::Stable, points: 5 };

fn explain(explainer: &Explainer, name: &str) -> Explained {
    let input = formula::input(name, 64, 64);
    block_on(explainer.explain_tensor(input, 64, 64, &options(json!({})), &mut |_, _, _| {})).unwrap()
}

/// The oracle is an explainer that never saw another picture.
#[test]
fn a_map_is_measured_on_its_own_picture() {
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let alone = on_cpu(small()).unwrap();
    let expected = explain(&alone, "one");
    let other = json!({ "target": 3, "method": "lrp-epsilon" });
    for passes in [1, 2] {
        let explainer = on_cpu(small()).unwrap();
        explainer.keep_passes(passes);
        let one = explain(&explainer, "one");
        let two = explain(&explainer, "two");
        assert_ne!(one.map, two.map);
        let measured = |explained: &Explained| {
            block_on(explained.faithfulness(&one.filtered, one.target, &PLAN, &mut |_, _, _| {})).unwrap()
        };
        assert_eq!(measured(&one).insertion.probabilities, measured(&expected).insertion.probabilities);
        assert_ne!(measured(&one).insertion.probabilities, measured(&two).insertion.probabilities);
        assert_eq!(one.seen(), expected.seen());
        let picture =
            |explained: &Explained| explained.curve_picture(&one.filtered, &PLAN, Direction::Deletion, 2).unwrap();
        assert_eq!(picture(&one), picture(&expected));
        let mut films = [Vec::new(), Vec::new()];
        for (film, explained) in films.iter_mut().zip([&one, &expected]) {
            explained.curve_pictures(&one.filtered, &PLAN, Direction::Insertion, |picture| film.push(picture)).unwrap();
        }
        assert_eq!(films[0], films[1]);
        // The second picture is the one whose pass is kept.
        let found = block_on(one.explain(&options(other.clone()), quiet)).unwrap();
        assert_eq!(found.milliseconds.forward == 0.0, passes == 2);
        assert_eq!(found.map, block_on(expected.explain(&options(other.clone()), quiet)).unwrap().map);
    }
}

#[test]
fn a_picture_stays_as_it_was_made_square() {
    let explainer = on_cpu(small()).unwrap();
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let whole = options(json!({ "fit": "whole" }));
    let explained = block_on(explainer.explain(&[9; 4 * 50 * 30], 50, 30, &whole, quiet)).unwrap();
    assert!(block_on(explained.explain(&Options::default(), quiet)).is_ok());
    let error = block_on(explained.explain(&options(json!({ "fit": "crop" })), quiet)).unwrap_err();
    assert!(error.to_string().contains("fit is \"crop\"") && error.to_string().contains("explain the picture anew"));
}

/// Layers that do not fit each other panic deep inside.
#[test]
fn a_panic_is_an_error_and_the_end_of_the_explainer() {
    let explainer = on_cpu(small()).unwrap();
    let mut network = explainer.network().clone();
    network.nodes.swap(2, 5);
    let broken = explainer.with_network(network);
    let input = || formula::input("one", 64, 64);
    let quiet = &mut |_: f64, _: f64, _: &str| {};
    let first = block_on(broken.explain_tensor(input(), 64, 64, &Options::default(), quiet)).unwrap_err();
    assert!(matches!(first, Error::Engine(_)), "{first}");
    assert!(first.to_string().contains("load the network again"), "{first}");
    assert_eq!(block_on(broken.logits(input(), 64, 64)).unwrap_err(), first);
    assert!(block_on(explainer.explain_tensor(input(), 64, 64, &Options::default(), quiet)).is_ok());
}

#[test]
fn a_builder_loads_what_it_is_told() {
    let mut said = serde_json::Map::from_iter([("side".to_owned(), json!(64))]);
    let reading = Reading { hints: Hints::take(&mut said).unwrap(), ..Reading::default() };
    let built = Explainer::builder(Bytes(small())).device(Choice::Cpu).reading(reading);
    let explainer = built.build_blocking().unwrap();
    assert_eq!((explainer.info().device, explainer.info().side), (Kind::Cpu, 64));
    let (rgba, options) = ([90, 160, 30, 255].repeat(80 * 64), options(json!({ "target": 3 })));
    let explained = explainer.explain_blocking(&rgba, 80, 64, &options).unwrap();
    let awaited = block_on(explainer.explain(&rgba, 80, 64, &options, &mut |_, _, _| {})).unwrap();
    assert_eq!((explained.width, &explained.map), (64, &awaited.map));
    assert!(matches!(
        Explainer::builder(Bytes(vec![0; 9])).device(Choice::Cpu).build_blocking(),
        Err(Error::Weights(_))
    ));
}
