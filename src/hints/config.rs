//! Configuration files beside the weights: timm's and transformers' `config.json`, and transformers'
//! `preprocessor_config.json`.

use serde_json::{Map, Value as Json};

use super::fields::{deviations, means};
use super::{Hints, StrideIn};
use crate::output::OutputKind;
use crate::picture::{Fit, Interpolation, Order};
use crate::sentence::{Saying, Sentence, say};
use crate::setting::number_from;
use crate::words::json_text;
use crate::{Error, Labels, Result};

/// The facts in a configuration file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The network's name in its library, such as `resnet50d`, if the file has it.
    pub architecture: Option<String>,
    /// Facts that the tensors don't contain.
    pub hints: Hints,
    /// The classes' names.
    pub labels: Option<Labels>,
}

/// Names of networks that have a ResNet's tensors but compute something else, and what that is.
const OTHERS: [(&str, Saying); 4] =
    [("resnetblur", blurs), ("resnetaa", averages), ("resnextaa", averages), ("antialiased", blurs)];

fn blurs() -> Sentence {
    say!("blurs", "blurs before each stride")
}

fn averages() -> Sentence {
    say!("averages", "averages before each stride")
}

/// Refuses a network by its name, if networks of that name compute something that their tensors don't tell.
///
/// # Errors
/// [`Error::Weights`], with the reason.
pub(crate) fn refuse_by_name(name: &str) -> Result<()> {
    let lower = name.to_lowercase();
    match OTHERS.iter().find(|(part, _)| lower.contains(part)) {
        None => Ok(()),
        Some((part, what)) => Err(Error::Weights(say!(
            "other-network",
            "{name} names a network that {does} ({part}); its tensors are a ResNet's, but explained as one it would give other answers. Such networks are not supported",
            name,
            does = what(),
            part
        ))),
    }
}

fn wrong(entry: &str, found: &Json, expected: Sentence) -> Error {
    Error::Weights(say!(
        "config-entry",
        "the configuration's {entry} is {found}; {expected} was expected",
        entry,
        found = json_text(found),
        expected
    ))
}

/// The words for "one of these".
fn one_of(choices: &[&str]) -> Sentence {
    say!("one-of", "{choices:or}", choices)
}

fn an_object() -> Sentence {
    say!("object", "an object")
}

impl Config {
    /// Reads a configuration file's text.
    ///
    /// # Errors
    /// [`Error::Weights`] if the text is not a JSON object, or says something about the network or its pictures that is
    /// not supported.
    pub fn parse(text: &str) -> Result<Self> {
        let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
            Error::Weights(say!("config-json", "the configuration is no JSON: {words}", words = error.to_string()))
        })?;
        let Json::Object(given) = json else {
            return Err(wrong("text", &json, an_object()));
        };
        let mut config = Self::default();
        let named = |key: &str| given.get(key).and_then(Json::as_str);
        if let Some(name) = named("architecture").or_else(|| {
            let architectures = given.get("architectures")?.as_array()?;
            architectures.first()?.as_str()
        }) {
            config.architecture = Some(name.to_owned());
            refuse_by_name(name)?;
        }
        if let Some(kind) = named("model_type") {
            if !["resnet", "vgg", "timm_wrapper"].contains(&kind) {
                return Err(Error::Weights(say!(
                    "config-type",
                    "the configuration is of a network of the type \"{kind}\"; a ResNet or a VGG was expected",
                    kind
                )));
            }
            of_transformers(&given, &mut config.hints)?;
        }
        for cfg in ["pretrained_cfg", "default_cfg"] {
            match given.get(cfg) {
                Some(Json::Object(cfg)) => of_timm(cfg, &mut config.hints)?,
                Some(Json::Null) | None => {}
                Some(other) => return Err(wrong(cfg, other, an_object())),
            }
        }
        if let Some(Json::Object(arguments)) = given.get("model_args") {
            of_arguments(arguments, &mut config.hints)?;
        }
        if ["image_mean", "image_std", "image_processor_type", "feature_extractor_type"]
            .iter()
            .any(|key| given.contains_key(*key))
        {
            of_processor(&given, &mut config.hints)?;
        }
        if ["id2label", "label2id", "label_names"].iter().any(|key| given.contains_key(*key)) {
            // Unreadable class names are no reason to refuse a network.
            match Labels::parse(text.as_bytes()) {
                Ok(labels) => config.labels = Some(labels),
                Err(error) => log::warn!("The configuration's names are left out. {error}"),
            }
        }
        Ok(config)
    }
}

/// The number of an entry, if it is there; it must be within the bounds.
fn number(given: &Map<String, Json>, key: &str, bounds: std::ops::RangeInclusive<f64>) -> Result<Option<f64>> {
    match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => match json.as_f64().filter(|number| bounds.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(wrong(key, json, number_from(*bounds.start(), *bounds.end()))),
        },
    }
}

const SIDE: std::ops::RangeInclusive<f64> = *crate::picture::SIDES.start() as f64..=*crate::picture::SIDES.end() as f64;

/// An entry of one number, or of three.
fn channels(given: &Map<String, Json>, key: &str, read: fn(&Json) -> Option<Vec<f32>>) -> Result<Option<Vec<f32>>> {
    match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => {
            read(json).map(Some).ok_or_else(|| wrong(key, json, say!("numbers-one-or-three", "one number or three")))
        }
    }
}

/// Reads timm's `pretrained_cfg`.
fn of_timm(cfg: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
    match cfg.get("input_size") {
        None | Some(Json::Null) => {}
        Some(json) => {
            let size = json.as_array().map(|size| size.iter().filter_map(Json::as_f64).collect::<Vec<_>>());
            match size.as_deref() {
                Some([_, height, width]) if height == width && SIDE.contains(height) => {
                    hints.side = Some(*height as usize);
                }
                _ => {
                    let expected = say!("config-input-size", "[channels, side, side], with a side from 32 to 1024,");
                    return Err(wrong("input_size", json, expected));
                }
            }
        }
    }
    hints.mean = channels(cfg, "mean", means)?.or(hints.mean.take());
    hints.std = channels(cfg, "std", deviations)?.or(hints.std.take());
    hints.crop = number(cfg, "crop_pct", 0.1..=1.0)?.or(hints.crop);
    hints.fit = match cfg.get("crop_mode").map(|mode| (mode, mode.as_str())) {
        None | Some((Json::Null, _)) => hints.fit,
        Some((_, Some("center"))) => Some(Fit::Crop),
        Some((_, Some("squash"))) => Some(Fit::Squash),
        Some((mode, _)) => return Err(wrong("crop_mode", mode, one_of(&["\"center\"", "\"squash\""]))),
    };
    hints.interpolation = match cfg.get("interpolation").map(|kind| (kind, kind.as_str())) {
        None | Some((Json::Null, _)) => hints.interpolation,
        Some((_, Some("bilinear"))) => Some(Interpolation::Bilinear),
        Some((_, Some("bicubic"))) => Some(Interpolation::Bicubic),
        Some((kind, _)) => return Err(wrong("interpolation", kind, one_of(&["\"bilinear\"", "\"bicubic\""]))),
    };
    Ok(())
}

/// Reads timm's `model_args`: the arguments that the network was built with.
fn of_arguments(arguments: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
    for other in ["act_layer", "norm_layer", "aa_layer"] {
        if let Some(json) = arguments.get(other).filter(|json| !json.is_null()) {
            return Err(Error::Weights(say!(
                "config-built-with",
                "the configuration says that the network was built with {argument} = {value}, which its tensors don't tell; ReLU and BatchNorm, without a layer against aliasing, were expected",
                argument = other,
                value = json_text(json)
            )));
        }
    }
    hints.dilations = match arguments.get("output_stride").map(|json| (json, json.as_u64())) {
        None | Some((Json::Null, _)) | Some((_, Some(32))) => hints.dilations.take(),
        Some((_, Some(16))) => Some(vec![1, 1, 1, 2]),
        Some((_, Some(8))) => Some(vec![1, 1, 2, 4]),
        Some((json, _)) => return Err(wrong("output_stride", json, one_of(&["32", "16", "8"]))),
    };
    Ok(())
}

/// Reads transformers' `config.json` of a ResNet.
fn of_transformers(given: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
    let flag = |key: &str| match given.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(json) => json.as_bool().map(Some).ok_or_else(|| wrong(key, json, one_of(&["true", "false"]))),
    };
    match given.get("hidden_act").map(|json| (json, json.as_str())) {
        None | Some((Json::Null, _)) | Some((_, Some("relu"))) => {}
        Some((json, _)) => return Err(wrong("hidden_act", json, one_of(&["\"relu\""]))),
    }
    hints.stride_in = flag("downsample_in_bottleneck")?.map(|first| match first {
        true => StrideIn::Pointwise,
        false => StrideIn::Spatial,
    });
    if flag("downsample_in_first_stage")? == Some(true) {
        let stages = given.get("depths").and_then(Json::as_array).map_or(4, Vec::len);
        hints.strides = Some(vec![2; stages]);
    }
    if given.get("problem_type").and_then(Json::as_str) == Some("multi_label_classification") {
        hints.output = Some(OutputKind::Sigmoid);
    }
    Ok(())
}

/// Reads transformers' `preprocessor_config.json`.
fn of_processor(given: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
    let kind = ["image_processor_type", "feature_extractor_type"];
    let kind = kind.iter().find_map(|key| given.get(*key)?.as_str()).unwrap_or_default();
    let flag = |key: &str, default: bool| given.get(key).and_then(Json::as_bool).unwrap_or(default);
    // A number is a side; an object has a shortest edge, or a height and a width.
    let side = |key: &str| -> Result<Option<(f64, bool)>> {
        let json = match given.get(key) {
            None | Some(Json::Null) => return Ok(None),
            Some(json) => json,
        };
        let of = |key: &str| json.get(key).and_then(Json::as_f64);
        let found = match (json.as_f64(), of("shortest_edge"), of("height"), of("width")) {
            (Some(side), ..) => Some((side, true)),
            (_, Some(side), ..) => Some((side, true)),
            (_, _, Some(height), Some(width)) if height == width => Some((height, false)),
            _ => None,
        };
        found
            .filter(|(side, _)| (1.0..=4096.0).contains(side))
            .map(Some)
            .ok_or_else(|| wrong(key, json, say!("config-side", "the side of a square")))
    };
    let cropped = flag("do_center_crop", given.contains_key("crop_size"));
    match (side("size")?, side("crop_size")?) {
        (Some((size, shorter)), crop) => {
            let (side, share, fit) = if kind.contains("ConvNext") && size < 384.0 {
                (size, number(given, "crop_pct", 0.1..=1.0)?.unwrap_or(0.875), Fit::Crop)
            } else if kind.contains("ConvNext") {
                (size, 1.0, Fit::Squash)
            } else {
                let side = crop.filter(|_| cropped).map_or(size, |(crop, _)| crop);
                (side, (side / size).min(1.0), if shorter { Fit::Crop } else { Fit::Squash })
            };
            if !SIDE.contains(&side) || share < 0.1 {
                return Err(wrong(
                    "size",
                    given.get("size").unwrap_or(&Json::Null),
                    say!("config-side-bounds", "a side from 32 to 1024"),
                ));
            }
            (hints.side, hints.crop, hints.fit) = (Some(side as usize), Some(share), Some(fit));
        }
        (None, Some((crop, _))) if SIDE.contains(&crop) => hints.side = Some(crop as usize),
        (None, _) => {}
    }
    hints.interpolation = match given.get("resample").map(|json| (json, json.as_u64())) {
        None | Some((Json::Null, _)) => hints.interpolation,
        Some((_, Some(2))) => Some(Interpolation::Bilinear),
        Some((_, Some(3))) => Some(Interpolation::Bicubic),
        Some((json, _)) => return Err(wrong("resample", json, one_of(&["2 (bilinear)", "3 (bicubic)"]))),
    };
    if flag("do_flip_channel_order", false) {
        hints.order = Some(Order::Bgr);
    }
    // The processor computes x·factor, then (· − mean) / std, for bytes; here, pixels go from 0 to 1.
    let factor = match flag("do_rescale", true) {
        true => number(given, "rescale_factor", 1e-9..=1e9)?.unwrap_or(1.0 / 255.0),
        false => 1.0,
    };
    let scale = (255.0 * factor) as f32;
    let (mean, std) = match flag("do_normalize", true) {
        true => (channels(given, "image_mean", means)?, channels(given, "image_std", deviations)?),
        false => (Some(vec![0.0]), Some(vec![1.0])),
    };
    let scaled = |values: Option<Vec<f32>>| {
        // Dividing would turn 0.485 into another number.
        let unit = (scale - 1.0).abs() < 1e-6;
        values.map(|values| if unit { values } else { values.into_iter().map(|value| value / scale).collect() })
    };
    hints.mean = scaled(mean).or(hints.mean.take());
    hints.std = scaled(std).or(hints.std.take());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timms_configuration_is_read() {
        let config = Config::parse(
            r#"{"architecture": "resnet50", "num_classes": 2, "label_names": ["a", "b"], "pretrained_cfg":
            {"input_size": [3, 288, 288], "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "crop_pct": 0.95,
             "crop_mode": "squash", "interpolation": "bicubic"}, "model_args": {"output_stride": 8}}"#,
        )
        .unwrap();
        let Config { architecture, hints, labels } = config;
        assert_eq!(architecture.as_deref(), Some("resnet50"));
        assert_eq!((hints.side, hints.fit, hints.crop), (Some(288), Some(Fit::Squash), Some(0.95)));
        assert_eq!(hints.interpolation, Some(Interpolation::Bicubic));
        assert_eq!((hints.mean, hints.std), (Some(vec![0.5; 3]), Some(vec![0.25; 3])));
        assert_eq!(hints.dilations, Some(vec![1, 1, 2, 4]));
        assert_eq!(labels.unwrap().names(), ["a", "b"]);
    }

    #[test]
    fn transformers_configurations_are_read() {
        let hints = Config::parse(
            r#"{"architectures": ["ResNetForImageClassification"], "model_type": "resnet", "hidden_act": "relu",
            "downsample_in_bottleneck": true, "problem_type": "multi_label_classification"}"#,
        )
        .unwrap()
        .hints;
        assert_eq!((hints.stride_in, hints.output), (Some(StrideIn::Pointwise), Some(OutputKind::Sigmoid)));
        let hints = |text: &str| Config::parse(text).unwrap().hints;
        // microsoft/resnet-50: a ConvNextImageProcessor for 224 with a share of 0.875.
        let found = hints(
            r#"{"crop_pct": 0.875, "do_normalize": true, "do_resize": true, "feature_extractor_type":
            "ConvNextFeatureExtractor", "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
            "resample": 3, "size": 224}"#,
        );
        assert_eq!((found.side, found.fit, found.crop), (Some(224), Some(Fit::Crop), Some(0.875)));
        assert_eq!(found.interpolation, Some(Interpolation::Bicubic));
        assert_eq!(found.mean, Some(vec![0.485, 0.456, 0.406]));
        let found = hints(
            r#"{"image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 256}, "do_center_crop": true,
            "crop_size": {"height": 224, "width": 224}, "image_mean": [0.5], "image_std": [0.5], "resample": 2}"#,
        );
        assert_eq!((found.side, found.fit, found.crop), (Some(224), Some(Fit::Crop), Some(0.875)));
        let found = hints(
            r#"{"image_processor_type": "ViTImageProcessor", "size": {"height": 160, "width": 160},
            "do_rescale": false, "image_mean": [127.5], "image_std": [127.5], "do_flip_channel_order": true}"#,
        );
        assert_eq!((found.side, found.fit, found.crop), (Some(160), Some(Fit::Squash), Some(1.0)));
        assert_eq!((found.mean, found.std, found.order), (Some(vec![0.5]), Some(vec![0.5]), Some(Order::Bgr)));
    }

    #[test]
    fn other_networks_are_refused_with_the_reason() {
        for (text, part) in [
            (r#"{"architecture": "resnetblur50"}"#, "blurs before each stride"),
            (r#"{"architecture": "seresnextaa101d_32x8d"}"#, "averages before each stride"),
            (r#"{"model_type": "vit"}"#, "type \"vit\""),
            (r#"{"model_type": "resnet", "hidden_act": "gelu"}"#, "hidden_act is \"gelu\""),
            (r#"{"architecture": "resnet50", "model_args": {"act_layer": "silu"}}"#, "act_layer = \"silu\""),
            (r#"{"pretrained_cfg": {"input_size": [3, 224, 192]}}"#, "[3,224,192]"),
            (r#"{"pretrained_cfg": {"interpolation": "lanczos"}}"#, "lanczos"),
            (r#"{"pretrained_cfg": {"std": [0, 0, 0]}}"#, "std is [0,0,0]"),
            (r#"{"image_mean": [0.5], "size": {"height": 8, "width": 9}}"#, "the side of a square"),
            ("[]", "an object"),
            ("{", "no JSON"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(refuse_by_name("timm/resnetblur50.bt_in1k").is_err());
        assert!(refuse_by_name("timm/resnet50.a1_in1k").is_ok());
    }
}
