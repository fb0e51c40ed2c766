//! Single channels of a layer, against zennit with all others masked, and a transcription (`tests/reference/concepts.py`).

use c3lrp::weights::formula;
use c3lrp::{Concepts, Explained};
use serde_json::{Value, json};

use crate::support::{block_on, error, flipped, on_cpu, options, small, tensors};

fn explained(weights: Vec<u8>) -> Explained {
    let input = formula::input("input", 64, 64);
    let explainer = on_cpu(weights).unwrap();
    block_on(explainer.explain_tensor(input, 64, 64, &options(json!({})), &mut |_, _, _| {})).unwrap()
}

fn concepts(explained: &Explained, layer: &str, top: usize, method: Value) -> Concepts {
    let asked = options(json!({ "method": method }));
    block_on(explained.concepts(layer, top, &asked, &mut |_, _, _| {})).unwrap()
}

/// The rounding of f32, divided at every layer.
#[test]
fn channels_and_their_maps_are_the_references() {
    let expected = tensors("concepts.safetensors");
    let explained = explained(flipped());
    for method in ["lrp-epsilon-plus", "lrp-alpha2-beta1", "lrp-epsilon-gamma-box", "c3-lrp-calibrated"] {
        for layer in ["layer3.0", "layer2.1"] {
            let asked = match method {
                "c3-lrp-calibrated" => json!({ "name": method, "epsilon": 0.5 }),
                method => json!({ "name": method }),
            };
            let found = concepts(&explained, layer, 2, asked);
            let channels: Vec<f32> = found.channels.iter().map(|&relevance| relevance as f32).collect();
            let off = error(&channels, &expected[&format!("{method} {layer} channels")]);
            println!("{method} {layer}: {off:.1e}");
            assert!(off < 5e-5, "{method} {layer}: channels are off by {off}");
            let magnitude: f64 = found.channels.iter().map(|relevance| relevance.abs()).sum();
            for concept in &found.concepts {
                let off = error(&concept.map, &expected[&format!("{method} {layer} {}", concept.channel)]);
                assert!(off < 5e-5, "{method} {layer}: channel {} is off by {off}", concept.channel);
                assert!((concept.share - concept.relevance / magnitude).abs() < 1e-12);
            }
            assert!(found.concepts[0].relevance >= found.concepts[1].relevance);
        }
    }
}

/// The rounding of f32, up to the logits and through the exponential.
#[test]
fn a_layer_without_some_channels_is_the_references() {
    let expected = tensors("concepts.safetensors");
    let explained = explained(flipped());
    for layer in ["layer3.0", "layer2.1"] {
        let found = block_on(explained.without(layer, &[0, 2])).unwrap();
        let off = error(&found, &expected[&format!("without {layer}")]);
        println!("{layer}: {off:.1e}");
        assert!(off < 5e-5, "{layer} is off by {off}");
        assert!(error(&found, &explained.probabilities) > 1e-3, "{layer}: nothing changed");
        assert_eq!(block_on(explained.without(layer, &[])).unwrap(), explained.probabilities);
    }
}

/// The way from a layer's output on is linear in its relevance: all channels' maps make up the map.
#[test]
fn the_maps_of_all_channels_add_up() {
    let explained = explained(small());
    for method in ["c3-lrp", "c3-lrp-calibrated", "lrp-epsilon-plus", "lrp-splitting"] {
        let whole = block_on(explained.explain(&options(json!({ "method": method })), &mut |_, _, _| {})).unwrap();
        for layer in ["avgpool", "layer4.0", "layer1.0", "maxpool", "stem"] {
            let found = concepts(&explained, layer, usize::MAX, json!(method));
            assert_eq!(found.concepts.len(), found.channels.len());
            let boundary = whole.boundaries.iter().find(|boundary| boundary.name == layer).unwrap();
            let sum: f64 = found.channels.iter().sum();
            assert!((sum - boundary.sum).abs() < 1e-5 * boundary.sum.abs().max(1e-3), "{sum} {}", boundary.sum);
            let mut map = vec![0f64; whole.map.len()];
            for concept in &found.concepts {
                map.iter_mut().zip(&concept.map).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            let map: Vec<f32> = map.into_iter().map(|value| value as f32).collect();
            let off = error(&map, &whole.map);
            println!("{method} {layer}: {off:.1e}");
            assert!(off < 5e-5, "{method} {layer} is off by {off}");
        }
    }
}

#[test]
fn what_has_no_concepts_says_so() {
    let explained = explained(small());
    let refused = |layer: &str, method: &str| {
        let asked = options(json!({ "method": method }));
        block_on(explained.concepts(layer, 3, &asked, &mut |_, _, _| {})).unwrap_err().to_string()
    };
    assert!(refused("layer9.1", "c3-lrp").contains("there is no layer layer9.1; there are stem, maxpool, layer1.0"));
    assert!(refused("fc", "c3-lrp").contains("there is no layer fc"));
    let without = |layer: &str, channel| block_on(explained.without(layer, &[channel])).unwrap_err().to_string();
    assert!(without("layer9.1", 0).contains("there is no layer layer9.1"));
    assert!(without("layer4.0", 99_999).contains("there is no channel 99999 in layer4.0; its channels are 0 to"));
    for method in ["grad-cam", "input-x-gradient", "rise", "abn"] {
        assert!(refused("layer4.0", method).contains("use an LRP method"), "{method}");
    }
}
