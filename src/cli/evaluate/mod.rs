//! `c3lrp evaluate`: how faithful maps are to the network, and how well they agree with the ground truth.

mod classes;
mod cub;
mod entry;
mod measure;
mod merge;
mod parts;
mod pictures;
mod plot;
mod records;
mod report;
mod run;
mod settings;
mod shard;
mod speed;
mod statistics;
mod table;
mod verdict;

use std::path::PathBuf;

use c3lrp::attribution::Method;
use c3lrp::device::{self, Choice};
use c3lrp::metric::Plan;
use c3lrp::options::FilterName;
use c3lrp::{Error, Explainer, Loading, Result, Words};
use clap::{Args, ValueEnum};

use super::names::Names;
use super::network::Network;
use super::{disk, files};
use classes::{Classes, Found, Rule};
use entry::Split;
use measure::Measure;
use pictures::{Drawing, Pictures};
use report::{report, require_any};
use run::measure_all;
use settings::{FORMAT, Maker, NEAREST, Settings};
use shard::Shard;

pub use merge::Merge;
pub use pictures::{is_picture, seed_and_count};
pub use run::passing;

/// Measure explanations: insertion and deletion curves, relevance on the object, conservation, sanity.
#[derive(Args)]
pub struct Evaluate {
    /// birds:SEED:COUNT (drawn birds, species in turn), a folder of pictures, or CUB-200-2011 as downloaded.
    pictures: String,
    #[command(flatten)]
    network: Network,
    /// The folder for records, tables and curves. An interrupted run continues there. Without it, no curves are
    /// measured, and the table is only printed.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Methods that `c3lrp methods` lists, by name or as JSON objects, and the baselines uniform and gaussian. A method
    /// with filters of its own is NAME@FILTER+FILTER.
    #[arg(long, default_value = "c3-lrp,uniform,gaussian")]
    methods: String,
    #[arg(long, default_value = "none,c1c,c3", help = filters())]
    filters: String,
    /// The number of RISE's masks, unless its JSON object gives it.
    #[arg(long)]
    masks: Option<usize>,
    /// Protocols of insertion and deletion: paper, rise, patch[:SIDE[:STEP]] (patch:1:500 as published); all three by
    /// default. Also parts: FunnyBirds' protocols, which remove parts from drawn birds.
    #[arg(long)]
    protocols: Option<String>,
    /// How equal values are treated: one after another (stable), or together.
    #[arg(long, default_value = "stable,together")]
    ties: String,
    /// Number of points of a curve.
    #[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u16).range(2..))]
    steps: u16,
    /// The class to explain: the picture's own class if it is known, or the most probable one.
    #[arg(long, default_value = "truth")]
    explain: Explain,
    /// Set the class against another one, by its number; against rest or softmax; or, for drawn birds, against the
    /// nearest species, where the parts that differ are then the deciding ones.
    #[arg(long)]
    against: Option<String>,
    /// Give drawn birds the tag of their own species, and measure the relevance on it.
    #[arg(long)]
    tags: bool,
    /// The classes' names: one per line, JSON, CSV, lines of a synset and a name, or a Hugging Face or timm
    /// config.json.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// How subfolders' names stand for their pictures' classes.
    #[arg(long, default_value = "auto")]
    classes: Rule,
    /// The part of CUB-200-2011 to measure.
    #[arg(long, default_value = "test")]
    split: Split,
    /// Number of pictures that run through the network at a time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    batch: u16,
    /// Measure part I of N, such as 2/8: every N-th picture. `c3lrp merge` combines the parts.
    #[arg(long)]
    shard: Option<Shard>,
    /// For this many of the first pictures, randomise the network layer by layer and see whether the maps change.
    #[arg(long, default_value_t = 0)]
    sanity: usize,
    /// The seed of the bootstrap and of randomised layers.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Which device to use.
    #[arg(long, default_value = "cpu")]
    device: DeviceArgument,
    /// Print JSON instead of Markdown.
    #[arg(long)]
    json: bool,
    /// Compare the run's rate of forward passes with that of a bare loop.
    #[arg(long, hide = true)]
    speed: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Explain {
    Truth,
    Predicted,
}

#[derive(Clone, Copy, ValueEnum)]
enum DeviceArgument {
    Cpu,
    Gpu,
}

/// The help for filters.
fn filters() -> String {
    format!("Filters for all other methods, by name ({}) or as JSON objects", FilterName::names().join(", "))
}

impl Evaluate {
    pub fn run(self) -> Result<()> {
        let weights = self.network.open()?;
        let (choice, adapter) = match self.device {
            DeviceArgument::Cpu => (Choice::Cpu, Err("the CPU was asked for".into())),
            DeviceArgument::Gpu => (Choice::WebGpu, device::adapter()),
        };
        let reading = self.network.reading()?;
        let fit = reading.hints.fit;
        let loading = Loading { device: choice, reading, ..Loading::default() };
        let explainer = pollster::block_on(Explainer::create(weights, loading, adapter, &mut |_, _, _| {}))?;
        let info = explainer.info();
        let names = Names::of(self.labels.as_deref(), info)?;
        let classes = Classes { count: info.classes, labels: names.labels.as_ref(), rule: self.classes };
        let drawing = Drawing { tagged: self.tags, nearest: self.against.as_deref() == Some(NEAREST) };
        let pictures = Pictures::open(&self.pictures, fit, explainer.preparation(), self.split, &classes, drawing)?;
        let settings = self.settings(&explainer, &pictures, &names)?;
        if let Some(classes) = &settings.classes {
            eprintln!("Folders name classes {classes}.");
        }
        let makers = settings.makers()?;
        if makers.iter().any(|maker| matches!(maker, Maker::Method(Method::AttentionMap))) && !info.attention {
            return Err(Error::Options("the method abn needs a network with an attention branch".into()));
        }
        settings.against(None)?;
        if settings.takes_parts() && !settings.birds {
            return Err(Error::Options(
                "the protocol parts takes parts of drawn birds away; give birds:SEED:COUNT".into(),
            ));
        }
        if settings.takes_parts() && settings.against.is_some() {
            return Err(Error::Options(
                "the protocol parts asks what a class loses by itself; leave --against out".into(),
            ));
        }
        let plans = settings.plans()?;
        for filter in settings.filters.iter().flatten() {
            settings::filter(filter)?;
        }
        for Plan { protocol, points, .. } in &plans {
            let (side, whole) = (protocol.side(), settings.side);
            if !whole.is_multiple_of(side) {
                return Err(Error::Options(
                    format!("patches of {side}×{side} pixels don't fill {whole}×{whole}").into(),
                ));
            }
            protocol.counts((whole / side).pow(2), *points)?;
        }
        let mut measure = Measure { explainer, settings: &settings, makers, plans, seen: 0 };
        let (folder, temporary) = match &self.out {
            Some(out) => (out.clone(), false),
            None => (std::env::temp_dir().join(format!("c3lrp-{}", std::process::id())), true),
        };
        files::create_folder(&folder)?;
        let done = measure_all(&mut measure, &pictures, &folder, self.shard, self.speed);
        if temporary {
            // Everything in it has been printed.
            _ = std::fs::remove_dir_all(&folder);
        }
        let measured = done?;
        match (self.shard, &self.out) {
            (Some(_), Some(out)) => {
                eprintln!(
                    "{}c3lrp merge {} --out FOLDER makes the tables of all shards.",
                    measured.summary(),
                    out.display()
                );
                require_any(&measured)
            }
            (_, out) => report(&measured, out.as_deref(), self.json),
        }
    }

    fn settings(&self, explainer: &Explainer, pictures: &Pictures, names: &Names) -> Result<Settings> {
        let common = settings::split(&self.filters, ',');
        let (mut methods, mut filters) = (Vec::new(), Vec::new());
        for text in settings::split(&self.methods, ',') {
            let (method, own) = settings::method_and_filters(&text, &common)?;
            if methods.contains(&method) {
                return Err(Error::Options(
                    format!("the method {method} is asked for twice; NAME@FILTER+FILTER takes all of its filters")
                        .into(),
                ));
            }
            if own.is_empty() {
                return Err(Error::Options(format!("{method} needs a filter, such as none").into()));
            }
            methods.push(method);
            filters.push(own);
        }
        let protocols = match (&self.protocols, &self.out) {
            (Some(protocols), _) => settings::split(protocols, ','),
            (None, Some(_)) => ["paper", "rise", "patch"].map(str::to_owned).into(),
            (None, None) => Vec::new(),
        };
        let ties = settings::split(&self.ties, ',');
        if methods.is_empty() || ties.is_empty() {
            return Err(Error::Options("at least one method and one tie policy is needed".into()));
        }
        let explain = match self.explain {
            Explain::Truth => "truth",
            Explain::Predicted => "predicted",
        };
        Ok(Settings {
            format: FORMAT,
            pictures: pictures.describe(),
            count: pictures.len(),
            birds: pictures.are_birds(),
            weights: format!("{}{}", self.network.fingerprint()?, self.network.said()?),
            side: explainer.info().side,
            labels: match &self.labels {
                Some(path) => Some(disk::fingerprint(path)?),
                None => names.from.say().map(str::to_owned),
            },
            classes: pictures.found().map(|found| match (found, names.from.say()) {
                (Found::Name | Found::Synset, Some(from)) => format!("{found}, from {from}"),
                (found, _) => found.to_string(),
            }),
            device: explainer.info().device.to_string(),
            explain: explain.to_owned(),
            against: self.against.clone(),
            methods,
            filters,
            masks: self.masks,
            protocols,
            ties,
            steps: self.steps.into(),
            batch: self.batch.into(),
            sanity: self.sanity,
            seed: self.seed,
        })
    }
}
