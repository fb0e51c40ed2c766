//! An explanation in files: the same JSON as the page saves, the map as a picture, and the relevance as an array.
//! `docs/files.md` describes every field.

use c3lrp::filter::Filter;
use c3lrp::heatmap::{self, Style};
use c3lrp::metric::Region;
use c3lrp::{Boundary, Explained, Explanation, Options, Result};
use image::{Rgba, RgbaImage};
use serde_json::{Map, Value, json};

use super::super::asked::{Answer, Asking};
use super::super::files;

/// The name of the JSON's format.
pub const FORMAT: &str = "c3lrp-explanation";
/// The version of the format.
const VERSION: u32 = 1;

/// The scores and sums of an answer, with the question.
pub fn json(asking: &Asking, Answer { name, size: [width, height], explained }: &Answer) -> Value {
    let (info, names) = (asking.explainer.info(), &asking.names);
    let class = |(class, probability): (usize, f32)| json!({ "class": class, "label": names.name(class), "probability": probability });
    let boundaries = explained.boundaries.iter().map(
            |Boundary { name, sum, width, height, .. }| json!({ "name": name, "sum": sum, "width": width, "height": height }),
        );
    let mut report = Map::new();
    let mut put = |key: &str, value: Value| _ = report.insert(key.to_owned(), value);
    put("format", FORMAT.into());
    put("version", VERSION.into());
    put("software", concat!("c3lrp ", env!("CARGO_PKG_VERSION")).into());
    put("picture", json!({ "name": name, "width": width, "height": height }));
    put("question", asking.question.clone());
    put("target", explained.target.into());
    put("label", names.name(explained.target).into());
    put("probability", explained.probability.into());
    put("logit", explained.logit.into());
    put("against", json!(explained.against));
    put("margin", explained.margin.into());
    put("top5", top5(explained).map(class).collect());
    put("weights", asking.weights.clone().into());
    put("network", info.architecture.clone().into());
    put("facts", json!(info.facts));
    put("labels", names.from.say().into());
    put("device", info.device.to_string().into());
    put("adapter", info.adapter.clone().into());
    put("map", json!({ "width": explained.width, "height": explained.height, "crop": explained.crop }));
    put("region", explained.region.as_ref().map_or(Value::Null, |found| region(found, explained)));
    put("boundaries", boundaries.collect());
    put("fallback", explained.fallback.into());
    put("milliseconds", json!(explained.milliseconds));
    Value::Object(report)
}

/// A region's box, in the map's pixels and in the picture's.
fn region(Region { bounds, area, .. }: &Region, explanation: &Explanation) -> Value {
    let within = bounds.within(explanation.crop, [explanation.height, explanation.width]);
    json!({
        "x": bounds.x, "y": bounds.y, "width": bounds.width, "height": bounds.height, "area": area, "picture": within
    })
}

/// The five most probable classes; on a tie the lower index comes first.
pub fn top5(explanation: &Explanation) -> impl Iterator<Item = (usize, f32)> {
    let probabilities = &explanation.probabilities;
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    order.into_iter().take(5).map(|class| (class, probabilities[class]))
}

/// The relevance as `.npy`: `[channels, H, W]`, or `[1, H, W]` if the method gives only a map.
pub fn relevance(explanation: &Explanation) -> Result<Vec<u8>> {
    let channels = explanation.relevance.len() / explanation.map.len().max(1);
    files::npy_bytes(&explanation.relevance, [channels, explanation.height, explanation.width])
}

/// The filtered map over the picture as the network sees it, or the whole map by itself.
pub fn heatmap(explained: &Explained, options: &Options) -> RgbaImage {
    let under = explained.seen();
    let (map, style) = match options.filter == Filter::None {
        true => (&explained.map, Style::Diverging),
        false => (&explained.filtered, Style::Overlay),
    };
    let over = heatmap::heatmap(map, style, None);
    RgbaImage::from_fn(explained.width as u32, explained.height as u32, |x, y| {
        let at = y as usize * explained.width + x as usize;
        let alpha = f32::from(over[4 * at + 3]) / 255.0;
        let channel = |channel: usize| {
            (f32::from(over[4 * at + channel]) * alpha + f32::from(under[at][channel]) * (1.0 - alpha)).round() as u8
        };
        Rgba([channel(0), channel(1), channel(2), 255])
    })
}
