//! `c3lrp explain`: one picture, one class.

use std::path::{Path, PathBuf};

use c3lrp::heatmap::{Style, heatmap};
use c3lrp::hints::Origin;
use c3lrp::{Boundary, Explanation, Info, Options, Result};
use clap::Args;
use image::{Rgba, RgbaImage};
use serde_json::{Map, Value, json};

use super::asked::{Answer, Asked};
use super::files;
use super::names::Names;

/// Classify a picture and explain one class of it.
#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    asked: Asked,
    /// Write the heatmap as PNG: the filtered map over the picture; without a filter, the map alone.
    #[arg(long)]
    heatmap: Option<PathBuf>,
    /// Write the relevance [3, H, W] as float32 .npy; [1, H, W] where the method gives a map only.
    #[arg(long)]
    relevance: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(self) -> Result<()> {
        let Answer { options, explainer, names, explained } = self.asked.answer()?;
        if let Some(path) = &self.relevance {
            let explanation = &explained;
            let channels = explanation.relevance.len() / explanation.map.len();
            files::write_npy(path, &explanation.relevance, [channels, explanation.height, explanation.width])?;
        }
        if let Some(path) = &self.heatmap {
            write_heatmap(path, &explained.seen(), &explained, &options)?;
        }
        self.print(explainer.info(), &names, &explained);
        Ok(())
    }

    fn print(&self, info: &Info, names: &Names, explanation: &Explanation) {
        let probabilities = &explanation.probabilities;
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        let top5 = order.iter().take(5).map(|&class| (class, probabilities[class]));
        if self.json {
            let label = |class| names.name(class);
            let top5 = top5.map(
                |(class, probability)| json!({ "class": class, "label": label(class), "probability": probability }),
            );
            let top5: Vec<_> = top5.collect();
            let mut report = Map::new();
            report.insert("target".into(), explanation.target.into());
            report.insert("label".into(), label(explanation.target).into());
            report.insert("probability".into(), explanation.probability.into());
            report.insert("logit".into(), explanation.logit.into());
            report.insert("against".into(), json!(explanation.against));
            report.insert("margin".into(), explanation.margin.into());
            report.insert("labels".into(), names.from.say().into());
            report.insert("network".into(), info.architecture.clone().into());
            report.insert("facts".into(), json!(info.facts));
            report.insert("top5".into(), top5.into());
            report.insert("device".into(), info.device.to_string().into());
            report.insert("adapter".into(), info.adapter.clone().into());
            let sums =
                explanation.boundaries.iter().map(|Boundary { name, sum, .. }| json!({ "name": name, "sum": sum }));
            report.insert("boundaries".into(), sums.collect());
            report.insert("fallback".into(), explanation.fallback.into());
            report.insert("milliseconds".into(), json!(explanation.milliseconds));
            println!("{}", Value::Object(report));
        } else {
            println!("explained: {} ({:.1} %)", names.say(explanation.target), explanation.probability * 100.0);
            top5.for_each(|(class, probability)| println!("{:6.2} %  {}", probability * 100.0, names.say(class)));
            println!("read as {}; {}", info.architecture, taken(info));
            let time = explanation.milliseconds;
            println!(
                "on {} ({}): forward {:.0} ms, backward {:.0} ms, filter {:.0} ms",
                info.device, info.adapter, time.forward, time.backward, time.filter
            );
        }
    }
}

/// What nobody said of the network, in a sentence.
fn taken(info: &Info) -> String {
    let assumed: Vec<_> = info
        .facts
        .iter()
        .filter(|fact| fact.origin == Origin::Assumed)
        .map(|fact| format!("{} {}", fact.name, fact.value))
        .collect();
    if assumed.is_empty() {
        return "nothing was taken for granted".into();
    }
    format!("taken for granted: {} (each is an option)", assumed.join(", "))
}

/// The filtered map over the picture that the network saw, or the whole map by itself.
fn write_heatmap(path: &Path, under: &[[u8; 3]], explanation: &Explanation, options: &Options) -> Result<()> {
    let filtered = options.filter != c3lrp::filter::Filter::None;
    let (map, style) =
        if filtered { (&explanation.filtered, Style::Overlay) } else { (&explanation.map, Style::Diverging) };
    let over = heatmap(map, style, None);
    let pixel = |x: u32, y: u32| {
        let at = y as usize * explanation.width + x as usize;
        let alpha = f32::from(over[4 * at + 3]) / 255.0;
        let channel = |channel: usize| {
            (f32::from(over[4 * at + channel]) * alpha + f32::from(under[at][channel]) * (1.0 - alpha)).round() as u8
        };
        Rgba([channel(0), channel(1), channel(2), 255])
    };
    files::write_picture(path, &RgbaImage::from_fn(explanation.width as u32, explanation.height as u32, pixel))
}
