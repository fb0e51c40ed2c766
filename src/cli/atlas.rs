//! `c3lrp atlas`: finds what a network's channels look for, on birds whose parts are known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use c3lrp::birds::{self, Bird, Part, Species};
use c3lrp::device::Choice;
use c3lrp::metric::mass;
use c3lrp::picture::Fit;
use c3lrp::{Concept, Explainer, Loading, Options, Result};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::evaluate::seed_and_count;
use super::files;
use super::names::{Names, class_of};
use super::network::Network;
use super::print::line;
use super::progress::Progress;

/// Find the drawn birds in which each channel of every block matters most, and the part that the channel lies on.
#[derive(Args)]
pub struct Atlas {
    /// birds:SEED:COUNT, species in turn: the pictures that the channels are named from.
    birds: String,
    #[command(flatten)]
    network: Network,
    /// birds:SEED:COUNT, other birds: the pictures that the names are tested on.
    #[arg(long)]
    held_out: String,
    /// Give each bird the tag of its own species.
    #[arg(long)]
    tags: bool,
    /// How many of the most relevant channels are recorded, for each layer and picture.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..))]
    top: u16,
    /// Number of reference pictures for each channel.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    references: u16,
    /// The method; it must be an LRP method.
    #[arg(long, default_value = "lrp-epsilon-plus")]
    method: String,
    /// The JSON file to write.
    #[arg(long)]
    out: PathBuf,
}

/// The smallest side of a reference, as a share of the picture's side: smaller ones show nothing.
const SMALLEST: f64 = 0.3;
/// The share of a channel's positive relevance that a reference contains.
const SHOWN: f64 = 0.5;

/// A picture in which a channel was among the most relevant ones of its layer.
struct Sighting {
    /// The channel's share of the layer's relevance.
    share: f64,
    /// The shares of its positive relevance on each part, on the tag, and elsewhere.
    on: [f64; PLACES],
    reference: Reference,
}

/// Each part, the tag, and elsewhere.
const PLACES: usize = Part::COUNT + 2;

/// A square of a drawn bird's picture: species, seed, left edge, upper edge and side, in pixels.
#[derive(Clone, Serialize)]
struct Reference(usize, u64, usize, usize, usize);

/// A channel of a layer.
#[derive(Serialize)]
struct Entry {
    /// The part that most of its relevance lies on, and that share: the mean over its sightings.
    on: &'static str,
    share: f64,
    /// The number of pictures in which it was seen.
    seen: usize,
    /// On held-out birds: the number of pictures in which it was seen, and in how many of them most of it lay on the
    /// same part.
    held: [usize; 2],
    references: Vec<Reference>,
}

type Sightings = BTreeMap<String, BTreeMap<usize, Vec<Sighting>>>;

impl Atlas {
    pub fn run(self) -> Result<()> {
        let method = Options::from_json(json!({ "method": self.method, "filter": "none", "fit": Fit::Pad.word() }))?;
        let loading = Loading { device: Choice::Cpu, reading: self.network.reading()?, ..Loading::default() };
        let weights = self.network.open()?;
        let adapter = Err("the CPU is asked for".into());
        let explainer = pollster::block_on(Explainer::create(weights, loading, adapter, &mut |_, _, _| {}))?;
        let names = Names::of(None, explainer.info())?;
        let [found, held] = [&self.birds, &self.held_out].map(|text| self.sightings(text, &explainer, &names, &method));
        let (found, held) = (found?, held?);
        let mut layers: BTreeMap<&str, BTreeMap<usize, Entry>> = BTreeMap::new();
        for (layer, channels) in &found {
            let (mut seen, mut same) = (0, 0);
            for (&channel, sightings) in channels {
                let others = held.get(layer).and_then(|channels| channels.get(&channel));
                let entry = self.entry(sightings, others.map_or(&[], Vec::as_slice));
                seen += entry.held[0];
                same += entry.held[1];
                layers.entry(layer).or_default().insert(channel, entry);
            }
            line!(
                "{layer}: {} channels; their names hold in {same} of {seen} sightings on other birds",
                channels.len()
            )?;
        }
        let atlas = json!({
            "method": self.method,
            "birds": self.birds,
            "heldOut": self.held_out,
            "tags": self.tags,
            "side": explainer.info().side,
            "layers": layers,
        });
        files::write(&self.out, atlas.to_string().as_bytes())
    }

    fn entry(&self, sightings: &[Sighting], others: &[Sighting]) -> Entry {
        let mut mean = [0.0; PLACES];
        for sighting in sightings {
            mean.iter_mut().zip(sighting.on).for_each(|(sum, on)| *sum += on / sightings.len() as f64);
        }
        let place = largest(&mean);
        let mut best: Vec<&Sighting> = sightings.iter().collect();
        best.sort_by(|a, b| b.share.total_cmp(&a.share));
        Entry {
            on: name(place),
            share: (mean[place] * 1e3).round() / 1e3,
            seen: sightings.len(),
            held: [others.len(), others.iter().filter(|other| largest(&other.on) == place).count()],
            references: best.iter().take(self.references.into()).map(|sighting| sighting.reference.clone()).collect(),
        }
    }

    /// The most relevant channels of every block in every picture, for the species of the bird.
    fn sightings(&self, text: &str, explainer: &Explainer, names: &Names, options: &Options) -> Result<Sightings> {
        let rest = text.strip_prefix("birds:").unwrap_or_default();
        let (seed, count) = seed_and_count(rest)?;
        let (mut all, side) = (Sightings::new(), explainer.info().side);
        let mut progress = Progress::new(count as u64, 0);
        for (number, species) in Species::all().iter().cycle().take(count).enumerate() {
            let seed = seed.wrapping_add(number as u64);
            let tag = self.tags.then(|| species.index());
            let bird = birds::draw(species, seed, &birds::Options { side, tag, ..birds::Options::default() });
            let options = Options { target: Some(class_of(species, names.labels.as_ref())?), ..options.clone() };
            let quiet = &mut |_: f64, _: f64, _: &str| {};
            let explained = pollster::block_on(explainer.explain(&bird.rgba, bird.side, bird.side, &options, quiet))?;
            for boundary in explained.boundaries.iter().filter(|boundary| boundary.name.starts_with("layer")) {
                let quiet = &mut |_: f64, _: f64, _: &str| {};
                let found = explained.concepts(&boundary.name, self.top.into(), &options, quiet);
                for concept in pollster::block_on(found)?.concepts {
                    if let Some(sighting) = sighting(&bird, (species, seed), &concept)? {
                        all.entry(boundary.name.clone())
                            .or_default()
                            .entry(concept.channel)
                            .or_default()
                            .push(sighting);
                    }
                }
            }
            progress.add(1, species.name());
        }
        progress.clear();
        Ok(all)
    }
}

/// None if the channel has no positive relevance.
fn sighting(
    bird: &Bird,
    (species, seed): (&Species, u64),
    Concept { share, map, .. }: &Concept,
) -> Result<Option<Sighting>> {
    let mut on = [0.0; PLACES];
    for part in Part::ALL {
        match mass(map, bird.part(part))? {
            Some(share) => on[part.index()] = share,
            None => return Ok(None),
        }
    }
    if let Some(tag) = &bird.tag {
        on[Part::COUNT] = mass(map, tag)?.unwrap_or_default();
    }
    on[PLACES - 1] = (1.0 - on.iter().sum::<f64>()).max(0.0);
    let [x, y, side] = square(map, bird.side);
    Ok(Some(Sighting { share: *share, on, reference: Reference(species.index(), seed, x, y, side) }))
}

/// The smallest square around the centre of the positive relevance that contains a share of it: left, top, side.
fn square(map: &[f32], side: usize) -> [usize; 3] {
    let positive = |at: usize| f64::from(map[at].max(0.0));
    let total: f64 = (0..map.len()).map(positive).sum();
    // The median along an axis, which outliers don't move.
    let middle = |axis: fn(usize, usize) -> usize| {
        let mut along = vec![0.0; side];
        (0..map.len()).for_each(|at| along[axis(at, side)] += positive(at));
        let mut sum = 0.0;
        along.iter().position(|value| {
            sum += value;
            sum >= total / 2.0
        })
    };
    let x = middle(|at, side| at % side).unwrap_or(side / 2);
    let y = middle(|at, side| at / side).unwrap_or(side / 2);
    let square = |edge: usize| [x, y].map(|middle| middle.saturating_sub(edge / 2).min(side - edge));
    let held = |edge: usize| {
        let [left, top] = square(edge);
        let rows = (top..top + edge).flat_map(|row| row * side + left..row * side + left + edge);
        rows.map(positive).sum::<f64>()
    };
    let least = ((side as f64 * SMALLEST) as usize).max(1);
    let edge = (least..side).step_by(4).find(|&edge| held(edge) >= SHOWN * total).unwrap_or(side);
    let [left, top] = square(edge);
    [left, top, edge]
}

fn largest(shares: &[f64]) -> usize {
    (0..shares.len()).rev().max_by(|&a, &b| shares[a].total_cmp(&shares[b])).unwrap_or_default()
}

fn name(place: usize) -> &'static str {
    match Part::ALL.get(place) {
        Some(part) => part.name(),
        None if place == Part::COUNT => "tag",
        None => "background",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_holds_half_of_what_speaks_for_the_class() {
        let mut map = vec![0.0; 100];
        map[77] = 4.0;
        map[78] = 1.0;
        map[0] = 2.0;
        map[50] = -90.0;
        assert_eq!(square(&map, 10), [6, 6, 3]);
        assert_eq!(square(&[0.0; 100], 10)[2], 3);
        assert_eq!((largest(&[0.2, 0.5, 0.5]), name(0), name(9), name(10)), (1, "beak", "tag", "background"));
    }
}
