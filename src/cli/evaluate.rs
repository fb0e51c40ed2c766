//! `c3lrp evaluate`: how well maps agree with what is truly in the pictures.

use std::path::PathBuf;
use std::str::FromStr;

use c3lrp::birds::{self, Bird, Species};
use c3lrp::device::Choice;
use c3lrp::filter::{self, Filter};
use c3lrp::metric;
use c3lrp::picture::Fit;
use c3lrp::{Error, Explainer, Options, Result};
use clap::Args;
use serde::Serialize;

use super::files;

/// Measure how much relevance lies on drawn birds and on the parts that decide their species.
#[derive(Args)]
pub struct Evaluate {
    /// Pictures to measure on, as birds:SEED:COUNT; species are taken in turn.
    pictures: Birds,
    /// Weights of a network whose labels are the birds' species, as safetensors.
    #[arg(long)]
    weights: PathBuf,
    /// Print JSON instead of a Markdown table.
    #[arg(long)]
    json: bool,
}

/// `birds:SEED:COUNT`.
#[derive(Clone, Copy)]
struct Birds {
    seed: u64,
    count: usize,
}

impl FromStr for Birds {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        match (parts[..].first(), parts.get(1).map(|seed| seed.parse()), parts.get(2).map(|count| count.parse())) {
            (Some(&"birds"), Some(Ok(seed)), Some(Ok(count))) if count > 0 && parts.len() == 3 => {
                Ok(Self { seed, count })
            }
            _ => Err("birds:SEED:COUNT was expected, such as birds:4000000:200".into()),
        }
    }
}

/// Means over all pictures.
#[derive(Serialize)]
struct Report {
    pictures: usize,
    accuracy: f64,
    maps: Vec<Row>,
}

#[derive(Default, Serialize)]
struct Row {
    map: &'static str,
    bird: Agreement,
    deciding: Agreement,
}

/// With a mask. A map in which nothing is positive has no mass there.
#[derive(Default, Serialize)]
struct Agreement {
    pointing: f64,
    mass: f64,
}

impl Agreement {
    fn add(&mut self, map: &[f32], mask: &[u8], share: f64) {
        self.pointing += share * metric::pointing(map, mask);
        self.mass += share * metric::mass(map, mask).unwrap_or_default();
    }
}

impl Evaluate {
    pub fn run(self) -> Result<()> {
        let weights = files::Weights::open(&self.weights)?;
        let cpu = Err("the CPU serves the command line".into());
        let mut explainer = pollster::block_on(Explainer::create(weights, Choice::Cpu, cpu, &mut |_, _, _| {}))?;
        let report = self.measure(&mut explainer)?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report).map_err(|error| Error::File(error.to_string()))?);
        } else {
            report.print();
        }
        Ok(())
    }

    /// Explains each bird's true species, and takes the maps apart.
    fn measure(&self, explainer: &mut Explainer) -> Result<Report> {
        let labels = explainer.info().labels.clone().unwrap_or_default();
        let Birds { seed, count } = self.pictures;
        let share = 1.0 / count as f64;
        let names = ["C3-LRP without a filter", "C3-LRP, C1C", "C3-LRP, C3", "uniform", "Gaussian in the middle"];
        let mut report =
            Report { pictures: count, accuracy: 0.0, maps: names.map(|map| Row { map, ..Row::default() }).into() };
        for (species, seed) in Species::all().iter().cycle().zip(seed..).take(count) {
            let bird = birds::draw(species, seed, &birds::Options::default());
            let target = labels.iter().position(|label| label == species.name()).ok_or_else(|| {
                Error::Weights(format!(
                    "the network's labels have no {:?}; a network of the birds was expected",
                    species.name()
                ))
            })?;
            let options = Options { target: Some(target), filter: Filter::None, fit: Fit::Whole, ..Options::default() };
            let quiet = &mut |_: f64, _: f64, _: &str| {};
            let explained = explainer.explain(&bird.rgba, bird.side, bird.side, &options, quiet);
            let explanation = pollster::block_on(explained)?;
            let best = explanation.logits.iter().copied().fold(f32::MIN, f32::max);
            report.accuracy += if explanation.logits[target] == best { share } else { 0.0 };

            let (width, height) = (explanation.width, explanation.height);
            let choice = filter::Choice::default();
            let filtered = |filter: Filter| filter.apply(&explanation.map, width, height).map(|filtered| filtered.map);
            let maps = [
                explanation.map.clone(),
                filtered(Filter::C1c(choice))?,
                filtered(Filter::C3(choice))?,
                metric::uniform(width, height),
                metric::gaussian(width, height),
            ];
            for (row, map) in report.maps.iter_mut().zip(&maps) {
                let Bird { whole, deciding, .. } = &bird;
                row.bird.add(map, whole, share);
                row.deciding.add(map, deciding, share);
            }
        }
        Ok(report)
    }
}

impl Report {
    fn print(&self) {
        println!("{} pictures, {:.1} % called by their species.\n", self.pictures, 100.0 * self.accuracy);
        println!(
            "| Map | Points at the bird | Points at a deciding part | Mass on the bird | Mass on the deciding parts |"
        );
        println!("| --- | ---: | ---: | ---: | ---: |");
        for Row { map, bird, deciding } in &self.maps {
            let [a, b, c, d] = [bird.pointing, deciding.pointing, bird.mass, deciding.mass].map(|share| 100.0 * share);
            println!("| {map} | {a:.1} % | {b:.1} % | {c:.1} % | {d:.1} % |");
        }
    }
}
