//! The network of a command: its weights, and given facts about it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use c3lrp::checkpoint::Reading;
use c3lrp::hints::{Config, HintName, Hints};
use c3lrp::weights::Joined;
use c3lrp::{Error, Result};
use clap::Args;
use serde_json::{Map, Value};

use super::disk;
use super::files;

/// Weights, and facts that their tensors don't contain.
#[derive(Args)]
pub struct Network {
    /// Weights of a ResNet or a VGG: safetensors, a PyTorch checkpoint, or a folder as on Hugging Face, whose
    /// configurations are read too.
    #[arg(long)]
    pub weights: PathBuf,
    /// If the file holds several networks: how the names of the chosen one's tensors begin, such as "state_dict_ema.".
    #[arg(long)]
    pub network: Option<String>,
    /// A config.json or preprocessor_config.json that belongs to the weights; may be given several times.
    #[arg(long)]
    pub config: Vec<PathBuf>,
    #[arg(long, help = HintName::Side.setting().help())]
    side: Option<String>,
    #[arg(long, help = HintName::Fit.setting().help())]
    fit: Option<String>,
    #[arg(long, help = HintName::Crop.setting().help())]
    crop: Option<String>,
    #[arg(long, help = HintName::Interpolation.setting().help())]
    interpolation: Option<String>,
    #[arg(long, help = HintName::Mean.setting().help())]
    mean: Option<String>,
    #[arg(long, help = HintName::Std.setting().help())]
    std: Option<String>,
    #[arg(long, help = HintName::Order.setting().help())]
    order: Option<String>,
    #[arg(long, help = HintName::Output.setting().help())]
    output: Option<String>,
    #[arg(long, help = HintName::StrideIn.setting().help())]
    stride_in: Option<String>,
    #[arg(long, help = HintName::Strides.setting().help())]
    strides: Option<String>,
    #[arg(long, help = HintName::Dilations.setting().help())]
    dilations: Option<String>,
    #[arg(long, help = HintName::NormEpsilon.setting().help())]
    norm_epsilon: Option<String>,
}

impl Network {
    /// How the weights are read.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Options`] and [`Error::Weights`], naming what can't be read.
    pub fn reading(&self) -> Result<Reading> {
        // Numbers and lists are parsed, with or without brackets; anything else is a word.
        let json = |text: &String| {
            let list = || serde_json::from_str(&format!("[{text}]")).ok().filter(|_| text.contains(','));
            serde_json::from_str::<Value>(text).ok().or_else(list).unwrap_or_else(|| Value::String(text.clone()))
        };
        let mut options: Map<String, Value> = self
            .hints()
            .into_iter()
            .filter_map(|(name, text)| Some((name.key().to_owned(), json(text.as_ref()?))))
            .collect();
        let name = self.weights.file_name().map(|name| name.to_string_lossy().into_owned());
        let configs = self.configs().iter().map(|path| config(path)).collect::<Result<_>>()?;
        Ok(Reading { name, network: self.network.clone(), hints: Hints::take(&mut options)?, configs })
    }

    /// Opens the weights.
    ///
    /// # Errors
    /// [`Error::File`] and [`Error::Weights`], naming what is missing.
    pub fn open(&self) -> Result<Joined<files::Weights>> {
        let files = self.files()?;
        Ok(Joined(files.iter().map(|file| files::Weights::open(file)).collect::<Result<_>>()?))
    }

    /// The files that hold the weights.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let path = &self.weights;
        if path.is_dir() {
            let found = FILES.iter().map(|name| path.join(name)).find(|file| file.is_file());
            return match found {
                Some(file) => listed(&file),
                None => Err(Error::File(format!("{} holds none of {}", path.display(), FILES.join(", ")).into())),
            };
        }
        listed(path)
    }

    /// A text that identifies the weights: their names and hashes.
    ///
    /// # Errors
    /// [`Error::File`] if a file can't be read.
    pub fn fingerprint(&self) -> Result<String> {
        let prints = self.files()?.iter().map(|file| disk::fingerprint(file)).collect::<Result<Vec<_>>>()?;
        Ok(prints.join(" "))
    }

    /// The facts that are given beside the weights, for a report.
    ///
    /// # Errors
    /// [`Error::File`] if a configuration can't be read.
    pub fn said(&self) -> Result<String> {
        let mut said = self.network.iter().map(|network| format!(", {network}")).collect::<String>();
        for path in &self.configs() {
            said += &format!(", configuration {}", disk::fingerprint(path)?);
        }
        for (name, text) in self.hints() {
            if let Some(text) = text {
                said += &format!(", {} {text}", name.key());
            }
        }
        Ok(said)
    }

    /// The configurations that were given, and those in the folder.
    fn configs(&self) -> Vec<PathBuf> {
        let beside = CONFIGS.iter().map(|name| self.weights.join(name)).filter(|path| path.is_file());
        self.config.iter().cloned().chain(beside).collect()
    }

    fn hints(&self) -> [(HintName, &Option<String>); 12] {
        [
            (HintName::Side, &self.side),
            (HintName::Fit, &self.fit),
            (HintName::Crop, &self.crop),
            (HintName::Interpolation, &self.interpolation),
            (HintName::Mean, &self.mean),
            (HintName::Std, &self.std),
            (HintName::Order, &self.order),
            (HintName::Output, &self.output),
            (HintName::StrideIn, &self.stride_in),
            (HintName::Strides, &self.strides),
            (HintName::Dilations, &self.dilations),
            (HintName::NormEpsilon, &self.norm_epsilon),
        ]
    }
}

/// The usual names of weights files in a folder, preferred ones first.
const FILES: [&str; 4] =
    ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];

const CONFIGS: [&str; 2] = ["config.json", "preprocessor_config.json"];

/// The files that an index lists; for any other file, the file itself.
fn listed(path: &Path) -> Result<Vec<PathBuf>> {
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |what: String| Error::File(format!("{} is no index of weights: {what}", path.display()).into());
    let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let index: Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let map = index.get("weight_map").and_then(Value::as_object);
    let names: BTreeSet<&str> = map.into_iter().flat_map(Map::values).filter_map(Value::as_str).collect();
    if names.is_empty() {
        return Err(unreadable("it has no weight_map".into()));
    }
    // A name must be that of a file beside the index, not a path to another folder.
    match names.iter().find(|name| Path::new(name).file_name() != Some(name.as_ref())) {
        Some(name) => Err(unreadable(format!("{name:?} is no file's name"))),
        None => Ok(names.into_iter().map(|name| path.with_file_name(name)).collect()),
    }
}

fn config(path: &Path) -> Result<Config> {
    let text = fs::read_to_string(path)
        .map_err(|error| Error::File(format!("{} can't be read: {error}", path.display()).into()))?;
    Config::parse(&text).map_err(|error| match error {
        Error::Weights(what) => Error::Weights(format!("{}: {what}", path.display()).into()),
        other => other,
    })
}
