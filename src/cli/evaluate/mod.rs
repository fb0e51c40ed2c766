//! `c3lrp evaluate`: how faithful maps are to the network, and how well they agree with what is truly there.

mod classes;
mod cub;
mod entry;
mod measure;
mod merge;
mod parts;
mod pictures;
mod plot;

mod records;
mod settings;
mod speed;
mod statistics;
mod table;
mod verdict;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Instant;

use c3lrp::attribution::Method;
use c3lrp::device::{self, Choice};
use c3lrp::metric::Plan;
use c3lrp::{Error, Explainer, Loading, Result};
use clap::{Args, ValueEnum};

use super::names::Names;
use super::network::Network;
use super::print::{line, print};
use super::progress::Progress;
use super::{disk, files};
use classes::{Classes, Found, Rule};
use entry::Split;
use measure::Measure;
use parts::Interventions;
use pictures::{Drawing, Pictures};
use records::{Failure, Records, Results};
use settings::{FORMAT, Maker, NEAREST, Settings};
use speed::Speed;

pub use merge::Merge;
pub use pictures::{is_picture, seed_and_count};

/// Measure explanations: insertion and deletion curves, relevance on the object, conservation, sanity.
#[derive(Args)]
pub struct Evaluate {
    /// birds:SEED:COUNT (drawn birds, species in turn), a folder of pictures, or CUB-200-2011 as downloaded.
    pictures: String,
    #[command(flatten)]
    network: Network,
    /// The folder for records, tables and curves. A run that was broken off goes on there. Without it, no curves
    /// are measured, and the table is printed only.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Methods that `c3lrp methods` lists, by name or as JSON objects, and the baselines uniform and gaussian. One
    /// with filters of its own is NAME@FILTER+FILTER.
    #[arg(long, default_value = "c3-lrp,uniform,gaussian")]
    methods: String,
    /// Filters of the other methods, by name (none, c1c, c3, heat-quantization) or as JSON objects.
    #[arg(long, default_value = "none,c1c,c3")]
    filters: String,
    /// The number of masks of rise, unless its JSON object says.
    #[arg(long)]
    masks: Option<usize>,
    /// Protocols of insertion and deletion: paper, rise, patch[:SIDE[:STEP]] (patch:1:500 as published); all three
    /// unless given. And parts: FunnyBirds' protocols, which take parts away from drawn birds.
    #[arg(long)]
    protocols: Option<String>,
    /// How equal values are treated: one after the other (stable), or together.
    #[arg(long, default_value = "stable,together")]
    ties: String,
    /// Points of a curve.
    #[arg(long, default_value_t = 51, value_parser = clap::value_parser!(u16).range(2..))]
    steps: u16,
    /// The class to explain: the picture's own where it is known, or the most probable one.
    #[arg(long, default_value = "truth")]
    explain: Explain,
    /// Hold the class against another, by its number; against the rest or the softmax; or a drawn bird's against the
    /// nearest species, whose differing parts are then the deciding ones.
    #[arg(long)]
    against: Option<String>,
    /// Have drawn birds wear their own species' tag, and measure relevance on it.
    #[arg(long)]
    tags: bool,
    /// The classes' names: one a line, JSON, CSV, lines of a synset and a name, or a Hugging Face or timm config.json.
    #[arg(long)]
    labels: Option<PathBuf>,
    /// How subfolders name their pictures' classes.
    #[arg(long, default_value = "auto")]
    classes: Rule,
    /// The part of CUB-200-2011 to measure.
    #[arg(long, default_value = "test")]
    split: Split,
    /// Pictures that run through the network together.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    batch: u16,
    /// Measure part I of N, such as 2/8: every N-th picture. `c3lrp merge` puts the parts together.
    #[arg(long)]
    shard: Option<Shard>,
    /// On so many of the first pictures, randomise the network layer by layer and see whether the maps change.
    #[arg(long, default_value_t = 0)]
    sanity: usize,
    /// The seed of bootstrap resamples and random layers.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Where to compute.
    #[arg(long, default_value = "cpu")]
    device: DeviceArgument,
    /// Print JSON instead of Markdown.
    #[arg(long)]
    json: bool,
    /// Compare the run's forward passes a second with those of a bare loop.
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

/// `I/N`, from 1.
#[derive(Clone, Copy)]
struct Shard {
    part: usize,
    of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once('/').map(|(part, of)| (part.parse(), of.parse())) {
            Some((Ok(part), Ok(of))) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("I/N was expected, from 1/N to N/N".into()),
        }
    }
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
        let done = self.measure(&mut measure, &pictures, &folder);
        if temporary {
            // It holds nothing that is not printed.
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
                any(&measured)
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

    /// Measures what the folder's records lack, picture by picture, and reads all of them.
    fn measure(&self, measure: &mut Measure, pictures: &Pictures, folder: &Path) -> Result<Results> {
        let settings = measure.settings;
        let (file, numbers): (_, Vec<usize>) = match self.shard {
            None => ("records.jsonl".to_owned(), (0..pictures.len()).collect()),
            Some(Shard { part, of }) => {
                (format!("records-{part}-of-{of}.jsonl"), (part - 1..pictures.len()).step_by(of).collect())
            }
        };
        let path = folder.join(file);
        let mut records = Records::open(&path, settings)?;
        let works: Vec<u64> = (0..settings.methods.len()).map(|method| measure.work(method)).collect();
        let names = || settings.methods.iter().enumerate();
        let left = |records: &Records, number: usize| -> Vec<usize> {
            names().filter(|(_, name)| !records.has(number, name)).map(|(method, _)| method).collect()
        };
        let work = |methods: &[usize]| methods.iter().map(|&method| works[method]).sum::<u64>();
        let total = works.iter().sum::<u64>() * numbers.len() as u64;
        let to_do: u64 = numbers.iter().map(|&number| work(&left(&records, number))).sum();
        let mut progress = Progress::new(total, total - to_do);
        let mut speed = self.speed.then(Speed::default);
        for number in numbers {
            let methods = left(&records, number);
            if methods.is_empty() {
                continue;
            }
            let start = Instant::now();
            let name = pictures.name(number);
            let ready = || {
                let subject = pictures.load(number)?;
                let classes = measure.classes(&subject)?;
                let taken = settings.takes_parts();
                let interventions =
                    taken.then(|| Interventions::new(&measure.explainer, settings, pictures, number, &classes));
                Ok((subject, classes, interventions.transpose()?))
            };
            let (subject, classes, mut interventions) = match ready() {
                Ok(ready) => ready,
                Err(error) => {
                    let error = passing(error)?;
                    progress.say(&format!("{name}: {error}"));
                    records.failed(Failure { picture: number, name, method: None, reason: error.to_string() })?;
                    progress.add(work(&methods), "");
                    continue;
                }
            };
            for method in methods {
                match measure.record(number, &name, method, &subject, &classes, interventions.as_mut()) {
                    Ok(record) => records.measured(record)?,
                    Err(error) => {
                        let error = passing(error)?;
                        let method = settings.methods[method].clone();
                        progress.say(&format!("{name} by {method}: {error}"));
                        let (method, reason) = (Some(method), error.to_string());
                        records.failed(Failure { picture: number, name: name.clone(), method, reason })?;
                    }
                }
                progress.add(works[method], &name);
            }
            if let Some(speed) = &mut speed {
                speed.compare(measure, start.elapsed())?;
            }
        }
        progress.clear();
        speed.map_or(Ok(()), Speed::report)?;
        drop(records);
        Results::read(&[path])
    }
}

/// An error that the next picture need not have. A device that failed or computed wrongly may have been wrong
/// before as well: the run stops, so that nothing that is wrong is added to its records.
pub fn passing(error: Error) -> Result<Error> {
    match error {
        Error::Device(_) | Error::DeviceLost(_) | Error::DeviceWrong(_) | Error::Engine(_) => Err(error),
        Error::Weights(_) | Error::Picture(_) | Error::Options(_) | Error::Labels(_) | Error::File(_) => Ok(error),
    }
}

/// Writes the tables and curves to the folder, and prints the means.
fn report(measured: &Results, folder: Option<&Path>, json: bool) -> Result<()> {
    let markdown = measured.markdown()?;
    if let Some(folder) = folder {
        files::write(&folder.join("results.csv"), measured.csv()?.as_bytes())?;
        files::write(&folder.join("failures.csv"), measured.failures_csv().as_bytes())?;
        files::write(&folder.join("curves.csv"), measured.curves_csv()?.as_bytes())?;
        files::write(&folder.join("evaluation.md"), markdown.as_bytes())?;
        measured.plot(folder)?;
    }
    if json {
        let json = serde_json::to_string_pretty(&measured.json()?);
        line!("{}", json.map_err(|error| Error::File(error.to_string().into()))?)?;
    } else {
        print(format_args!("{markdown}"))?;
    }
    any(measured)
}

/// Some pictures may fail, but not all.
fn any(measured: &Results) -> Result<()> {
    match (measured.records.is_empty(), measured.failures.values().next()) {
        (true, Some(failure)) => Err(Error::Picture(
            format!("none could be measured, the first one, {}, as: {}", failure.name, failure.reason).into(),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_device_that_is_wrong_stops_the_run() {
        for fatal in [Error::Device, Error::DeviceLost, Error::DeviceWrong] {
            assert_eq!(passing(fatal("it".into())), Err(fatal("it".into())));
        }
        for passed in [Error::Weights, Error::Picture, Error::Options, Error::File] {
            assert_eq!(passing(passed("it".into())), Ok(passed("it".into())));
        }
    }
}
