//! What is asked of one picture: the network, the class, the method.

use std::path::PathBuf;

use c3lrp::device::{self, Choice};
use c3lrp::options::setting::Name;
use c3lrp::{Error, Explained, Explainer, Loading, Options, Result};
use clap::{Args, ValueEnum};
use serde_json::{Number, Value};

use super::files;
use super::names::Names;
use super::network::Network;

/// A picture, and a question about it.
#[derive(Args)]
pub struct Asked {
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
}

#[derive(Clone, Copy, ValueEnum)]
enum DeviceArgument {
    Cpu,
    Gpu,
}

/// A picture that was explained as it was asked.
pub struct Answer {
    pub options: Options,
    pub explainer: Explainer,
    pub names: Names,
    pub explained: Explained,
}

impl Asked {
    /// Loads the network and explains the picture.
    pub fn answer(&self) -> Result<Answer> {
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
        Ok(Answer { options, explainer, names, explained })
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
}
