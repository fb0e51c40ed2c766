//! timm's `config.json`.

use serde_json::{Map, Value as Json};

use super::entry::{SIDE, channels, number, one_of, wrong};
use crate::hints::Hints;
use crate::hints::fields::{deviations, means};
use crate::picture::{Fit, Interpolation};
use crate::sentence::say;
use crate::words::json_text;
use crate::{Error, Result};

/// Reads timm's `pretrained_cfg`.
pub fn of_network(cfg: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
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
pub fn of_arguments(arguments: &Map<String, Json>, hints: &mut Hints) -> Result<()> {
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
