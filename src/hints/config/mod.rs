//! Configuration files beside the weights: timm's and transformers' `config.json`, and transformers'
//! `preprocessor_config.json`.

mod entry;
mod timm;
mod transformers;

use serde_json::Value as Json;

use super::Hints;
use crate::sentence::{Saying, Sentence, say};
use crate::{Error, Labels, Result};
use entry::{an_object, wrong};

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
            transformers::of_network(&given, &mut config.hints)?;
        }
        for cfg in ["pretrained_cfg", "default_cfg"] {
            match given.get(cfg) {
                Some(Json::Object(cfg)) => timm::of_network(cfg, &mut config.hints)?,
                Some(Json::Null) | None => {}
                Some(other) => return Err(wrong(cfg, other, an_object())),
            }
        }
        if let Some(Json::Object(arguments)) = given.get("model_args") {
            timm::of_arguments(arguments, &mut config.hints)?;
        }
        if ["image_mean", "image_std", "image_processor_type", "feature_extractor_type"]
            .iter()
            .any(|key| given.contains_key(*key))
        {
            transformers::of_processor(&given, &mut config.hints)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hints::StrideIn;
    use crate::output::OutputKind;
    use crate::picture::{Fit, Interpolation, Order};

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
