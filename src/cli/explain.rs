//! `c3lrp explain`: one picture, one class.

use std::path::{Path, PathBuf};

use c3lrp::device::{self, Choice};
use c3lrp::heatmap::{Style, heatmap};
use c3lrp::hints::Origin;
use c3lrp::options::setting::Name;
use c3lrp::{Boundary, Error, Explainer, Explanation, Info, Loading, Options, Result};
use clap::{Args, ValueEnum};
use image::{Rgba, RgbaImage};
use serde_json::{Map, Number, Value, json};

use super::files;
use super::names::Names;
use super::network::Network;

/// Classify a picture and explain one class of it.
#[derive(Args)]
pub struct Explain {
    /// A picture (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF), or a normalised tensor [1, channels, H, W] as .npy.
    input: PathBuf,
    #[command(flatten)]
    network: Network,
    #[arg(long, help = Name::Target.setting().help())]
    target: Option<String>,
    #[arg(long, help = Name::Against.setting().help())]
    against: Option<String>,
    /// The method, by a name that `c3lrp methods` lists, or with options, such as
    /// {"name":"grad-cam","stage":3} [default: c3-lrp].
    #[arg(long)]
    method: Option<String>,
    #[arg(long, help = Name::Start.setting().help())]
    start: Option<String>,
    #[arg(long, help = Name::Stabilizer.setting().help())]
    stabilizer: Option<String>,
    #[arg(long, help = Name::Epsilon.setting().help())]
    epsilon: Option<String>,
    /// c3 (default), c1c, heat-quantization or none, or a JSON object such as {"kind":"c3","threshold":"otsu"}.
    #[arg(long)]
    filter: Option<String>,
    /// Where to compute; a real GPU if there is one, unless given.
    #[arg(long)]
    device: Option<DeviceArgument>,
    /// The classes' names: one a line, JSON, CSV, lines of a synset and a name, or a Hugging Face or timm config.json.
    #[arg(long)]
    labels: Option<PathBuf>,
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

#[derive(Clone, Copy, ValueEnum)]
enum DeviceArgument {
    Cpu,
    Gpu,
}

impl Explain {
    pub fn run(self) -> Result<()> {
        let options = self.options()?;
        let choice = match self.device {
            None => Choice::Auto,
            Some(DeviceArgument::Cpu) => Choice::Cpu,
            Some(DeviceArgument::Gpu) => Choice::WebGpu,
        };
        let adapter = if choice == Choice::Cpu { Err("the CPU was asked for".into()) } else { device::adapter() };
        let weights = self.network.open()?;
        let loading = Loading { device: choice, reading: self.network.reading()?, ..Loading::default() };
        let explainer = pollster::block_on(Explainer::create(weights, loading, adapter, &mut |_, _, _| {}))?;
        let names = Names::of(self.labels.as_deref(), explainer.info())?;
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let explained = if self.input.extension().is_some_and(|extension| extension == "npy") {
            let (values, width, height) = files::tensor(&self.input)?;
            pollster::block_on(explainer.explain_tensor(values, width, height, &options, quiet))?
        } else {
            let rgba = files::picture(&self.input)?;
            let [width, height] = [rgba.width(), rgba.height()].map(|side| side as usize);
            pollster::block_on(explainer.explain(&rgba, width, height, &options, quiet))?
        };
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

    fn options(&self) -> Result<Options> {
        // A name, or a JSON object.
        let named = |argument: &str, given: &Option<String>| {
            let value = given.as_ref().map(|given| match given.trim_start().starts_with('{') {
                true => {
                    serde_json::from_str(given).map_err(|error| Error::Options(format!("{argument}: {error}").into()))
                }
                false => Ok(Value::String(given.clone())),
            });
            value.transpose()
        };
        // Numbers are read as numbers; what is none is refused by its name.
        let number = |given: &Option<String>| {
            given.as_ref().map(|given| given.parse::<Number>().map_or_else(|_| given.clone().into(), Value::Number))
        };
        let word = |given: &Option<String>| given.clone().map(Value::String);
        let given = [
            ("target", number(&self.target)),
            ("against", number(&self.against)),
            ("method", named("--method", &self.method)?),
            ("start", word(&self.start)),
            ("stabilizer", word(&self.stabilizer)),
            ("epsilon", number(&self.epsilon)),
            ("filter", named("--filter", &self.filter)?),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Options::from_json(Value::Object(given.collect()))
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
