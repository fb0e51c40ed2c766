//! A question about a picture, from the command line: the network, the class, the method.

use std::path::{Path, PathBuf};

use c3lrp::device::{self, Choice};
use c3lrp::options::{FilterName, Name};
use c3lrp::{Error, Explained, Explainer, Loading, Options, Result, Words};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::files;
use super::names::Names;
use super::network::Network;

/// A picture and a question about it.
#[derive(Args)]
pub struct Asked {
    /// A picture (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF), or a normalised tensor `[1, channels, H, W]` as .npy; with
    /// --out, also a folder of pictures.
    input: PathBuf,
    #[command(flatten)]
    pub network: Network,
    #[arg(long, help = Name::Target.setting().help())]
    target: Option<String>,
    #[arg(long, help = Name::Against.setting().help())]
    against: Option<String>,
    /// The method: a name that `c3lrp methods` lists, or JSON with options, such as {"name":"grad-cam","stage":3}
    /// `[default: c3-lrp]`.
    #[arg(long)]
    method: Option<String>,
    #[arg(long, help = Name::Start.setting().help())]
    start: Option<String>,
    #[arg(long, help = Name::Stabilizer.setting().help())]
    stabilizer: Option<String>,
    #[arg(long, help = Name::Epsilon.setting().help())]
    epsilon: Option<String>,
    #[arg(long, help = filters())]
    filter: Option<String>,
    /// Which device to use; by default a real GPU if there is one, otherwise the CPU.
    #[arg(long)]
    device: Option<DeviceArgument>,
    /// The classes' names: one per line, JSON, CSV, lines of a synset and a name, or a Hugging Face or timm
    /// config.json.
    #[arg(long)]
    labels: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum DeviceArgument {
    Cpu,
    Gpu,
}

/// A loaded network, and the question that it is asked.
pub struct Asking {
    pub options: Options,
    /// The question as it was given.
    pub question: Value,
    /// The name of the weights' file or folder.
    pub weights: String,
    pub explainer: Explainer,
    pub names: Names,
}

/// An explained picture.
pub struct Answer {
    /// The name of the picture's file.
    pub name: String,
    /// The picture's width and height.
    pub size: [usize; 2],
    pub explained: Explained,
}

impl Asked {
    /// The picture, or the folder of pictures.
    pub fn input(&self) -> &Path {
        &self.input
    }

    /// Loads the network.
    pub fn load(&self) -> Result<Asking> {
        let question = self.question()?;
        let options = Options::from_json(Value::Object(question.clone()))?;
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
        Ok(Asking { options, question: whole(question), weights: file_name(&self.network.weights), explainer, names })
    }

    /// The options that were given.
    fn question(&self) -> Result<Map<String, Value>> {
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
        // Numbers and lists are parsed; anything else stays text, and its option refuses it by name.
        let number = |given: &Option<String>| {
            given.as_ref().map(|given| {
                let read = serde_json::from_str(given).ok();
                let read = read.filter(|value| matches!(value, Value::Number(_) | Value::Array(_)));
                read.unwrap_or_else(|| given.clone().into())
            })
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
        Ok(given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    }
}

impl Asking {
    /// Explains a picture.
    pub fn explain(&self, input: &Path) -> Result<Answer> {
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let (size, explained) = if input.extension().is_some_and(|extension| extension == "npy") {
            let (values, width, height) = files::tensor(input)?;
            let work = self.explainer.explain_tensor(values, width, height, &self.options, quiet);
            ([width, height], pollster::block_on(work)?)
        } else {
            let rgba = files::picture(input)?;
            let size = [rgba.width(), rgba.height()].map(|side| side as usize);
            (size, pollster::block_on(self.explainer.explain(&rgba, size[0], size[1], &self.options, quiet))?)
        };
        Ok(Answer { name: file_name(input), size, explained })
    }
}

/// The help for a filter: the names of all, of which the first one is the default.
fn filters() -> String {
    let (mut all, object) = (FilterName::names(), r#"{"kind":"c3","threshold":"otsu"}"#);
    let last = all.pop().unwrap_or_default();
    let names = all.join(", ").replacen(',', " (default),", 1);
    format!("{names} or {last}, or a JSON object such as {object}")
}

/// The question for files: the method is an object with its options, and every default is written out.
fn whole(mut given: Map<String, Value>) -> Value {
    let mut method = match given.remove("method") {
        Some(Value::Object(method)) => method,
        Some(name) => Map::from_iter([("name".to_owned(), name)]),
        None => Map::from_iter([("name".to_owned(), "c3-lrp".into())]),
    };
    for beside in ["start", "stabilizer", "epsilon"] {
        given.remove(beside).and_then(|value| method.insert(beside.to_owned(), value));
    }
    given.insert("method".to_owned(), Value::Object(method));
    given.entry("filter").or_insert_with(|| json!("c3"));
    Value::Object(given)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
