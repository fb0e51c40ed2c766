//! transformers' `config.json` and `preprocessor_config.json`.

use serde_json::{Map, Value as Json};

use super::entry::{SIDE, channels, number, one_of, wrong};
use crate::Result;
use crate::hints::fields::{deviations, means};
use crate::hints::{Hints, StrideIn};
use crate::output::OutputKind;
use crate::picture::{Fit, Interpolation, Order};
use crate::sentence::say;

/// Reads transformers' `config.json` of a ResNet.
pub fn of_network(given: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
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
pub fn of_processor(given: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
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
