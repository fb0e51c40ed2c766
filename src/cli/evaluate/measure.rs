//! Measures one picture with one method.

use c3lrp::attribution::Method;
use c3lrp::metric::{self, BoundingBox, Bounds, Faithfulness, OVERLAPS, Plan, Region};
use c3lrp::{Error, Explainer, Explanation, Options, Result};
use pollster::block_on;

use super::parts::Interventions;
use super::pictures::Subject;
use super::records::{Agreement, Boxes, Map, Record};
use super::settings::{Maker, Settings, filter};
use super::verdict::Verdict;

/// Measures maps; holds what is the same for every picture.
pub struct Measure<'a> {
    pub explainer: Explainer,
    pub settings: &'a Settings,
    pub makers: Vec<Maker>,
    pub plans: Vec<Plan>,
    /// Number of pictures that the network has seen for curves.
    pub seen: usize,
}

impl Measure<'_> {
    /// The class to explain, and the network's prediction.
    pub fn classes(&self, subject: &Subject) -> Result<Verdict> {
        let logits = block_on(self.explainer.logits(subject.values.clone(), self.settings.side, self.settings.side))?;
        let output = self.explainer.info().output;
        let predicted = output.most_probable(&logits);
        let own = subject.class.filter(|_| self.settings.explain == "truth");
        let target = own.unwrap_or(predicted);
        Ok(Verdict { target, predicted, probability: output.probabilities(&logits)[target] })
    }

    /// Makes the map once, filters it, and measures the result of each filter. A record doesn't depend on earlier ones,
    /// so it is the same, bit by bit, wherever a run was interrupted or split.
    pub fn record(
        &mut self,
        number: usize,
        name: &str,
        method: usize,
        subject: &Subject,
        classes: &Verdict,
        mut interventions: Option<&mut Interventions>,
    ) -> Result<Record> {
        let Verdict { target, predicted, probability } = *classes;
        let method_name = self.settings.methods[method].clone();
        let side = self.settings.side;
        let (map, sums) = match &self.makers[method] {
            Maker::Uniform => (metric::uniform(side, side), Vec::new()),
            Maker::Gaussian => (metric::gaussian(side, side), Vec::new()),
            Maker::Method(_) => {
                let explanation = self.explain(&self.explainer, method, subject, target)?;
                let sums = explanation.boundaries.iter().map(|boundary| boundary.sum).collect();
                (explanation.map, sums)
            }
        };
        let rivals = match interventions.as_deref().and_then(Interventions::rivals) {
            Some(pair) => Some(self.rivals(method, subject, pair, &map)?),
            None => None,
        };
        let values = subject.values.clone();
        let mut meter = Faithfulness::new(values, side, side, self.explainer.preparation(), self.settings.batch)?;
        let mut filtered_maps: Vec<(Vec<f32>, Map)> = Vec::new();
        for name in self.settings.filters_of(method) {
            let filtered = filter(name)?.apply(&map, side, side)?;
            // C3 often keeps the same as C1C; equal maps have equal curves.
            let same = filtered_maps.iter().find(|(map, _)| *map == filtered.map).map(|(_, same)| same.clone());
            let measured = match same {
                Some(same) => Map { filter: name.to_owned(), fallback: filtered.fallback, ..same },
                None => Map {
                    filter: name.to_owned(),
                    fallback: filtered.fallback,
                    object: agreement(&filtered.map, subject.object.as_deref())?,
                    deciding: agreement(&filtered.map, subject.deciding.as_deref())?,
                    tag: agreement(&filtered.map, subject.tag.as_deref())?,
                    boxes: boxes(&filtered.map, subject.object.as_deref(), side)?,
                    outcome: outcome(&filtered.map, subject.object.as_deref(), side)?,
                    curves: self.curves(&mut meter, &filtered.map, subject, target)?,
                    taken: None,
                },
            };
            // Equal maps may still have different rivals.
            let taken = match &mut interventions {
                Some(interventions) => {
                    let filtered_rivals = match &rivals {
                        Some([first, second]) => Some([
                            filter(name)?.apply(first, side, side)?.map,
                            filter(name)?.apply(second, side, side)?.map,
                        ]),
                        None => None,
                    };
                    let rivals = filtered_rivals.as_ref().map(|pair| pair.each_ref().map(Vec::as_slice));
                    Some(interventions.scores(&filtered.map, rivals)?)
                }
                None => None,
            };
            let measured = Map { taken, ..measured };
            filtered_maps.push((filtered.map, measured));
        }
        self.seen += meter.seen();
        let sanity =
            if number < self.settings.sanity { self.sanity(method, subject, target, &map)? } else { Vec::new() };
        Ok(Record {
            picture: number,
            name: name.to_owned(),
            method: method_name,
            class: subject.class,
            target,
            predicted,
            probability,
            conservation: metric::conservation(&sums)?,
            background: interventions.map(|interventions| interventions.background()),
            maps: filtered_maps.into_iter().map(|(_, map)| map).collect(),
            sanity,
        })
    }

    /// A method's maps of two other classes; a baseline has the same map for every class.
    fn rivals(&self, method: usize, subject: &Subject, classes: [usize; 2], map: &[f32]) -> Result<[Vec<f32>; 2]> {
        let of = |class| -> Result<Vec<f32>> {
            match &self.makers[method] {
                Maker::Uniform | Maker::Gaussian => Ok(map.to_vec()),
                Maker::Method(_) => Ok(self.explain(&self.explainer, method, subject, class)?.map),
            }
        };
        let [first, second] = classes;
        Ok([of(first)?, of(second)?])
    }

    /// The approximate number of forward passes that a method needs for a picture.
    pub fn work(&self, method: usize) -> u64 {
        // A backward pass costs about two forward passes, and needs one forward pass before it.
        let map = match self.makers[method] {
            Maker::Method(Method::Rise(rise)) => rise.masks as u64,
            Maker::Method(_) => 3,
            _ => 0,
        };
        let mut protocols: Vec<_> = self.plans.iter().map(|plan| plan.protocol).collect();
        protocols.dedup();
        let curves = 2 * self.settings.steps as u64 * protocols.len() as u64;
        let filters = self.settings.filters_of(method).len() as u64;
        // A bird without each part and object, shared by all methods; then, for each map, without the sets that the map
        // names.
        let parts = if self.settings.takes_parts() { map + 8 + 6 * filters } else { 0 };
        1 + map + filters * curves + parts
    }

    fn explain(&self, explainer: &Explainer, method: usize, subject: &Subject, target: usize) -> Result<Explanation> {
        let Maker::Method(method) = self.makers[method] else { return Err(no_network()) };
        let filter = c3lrp::filter::Filter::None;
        let against = self.settings.against(subject.nearest)?;
        let options = Options { target: Some(target), against, method, filter, ..Options::default() };
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let side = self.settings.side;
        let explained = explainer.explain_tensor(subject.values.clone(), side, side, &options, quiet);
        Ok(block_on(explained)?.into_explanation())
    }

    /// Insertion and deletion by the class's probability; for a contrast, by how sure the network is of the class
    /// rather than the others.
    fn curves(
        &self,
        meter: &mut Faithfulness,
        map: &[f32],
        subject: &Subject,
        target: usize,
    ) -> Result<Vec<[Vec<f32>; 2]>> {
        let side = self.settings.side;
        let against = self.settings.against(subject.nearest)?;
        let follow = async |pictures: Vec<f32>| {
            let Some(against) = against else {
                return self.explainer.probabilities(pictures, side, side, target).await;
            };
            let count = pictures.len() / subject.values.len();
            let logits = self.explainer.logits(pictures, side, side).await?;
            let output = self.explainer.info().output;
            let each = logits.chunks_exact(logits.len() / count.max(1));
            each.map(|logits| output.preference(target, against, logits)).collect()
        };
        let curves = block_on(meter.measure(map, &self.plans, follow))?;
        Ok(curves.into_iter().map(|curves| [curves.insertion.probabilities, curves.deletion.probabilities]).collect())
    }

    /// The map's correlation with the maps of networks that are randomised from the last layer on, layer by layer.
    fn sanity(
        &self,
        method: usize,
        subject: &Subject,
        target: usize,
        map: &[f32],
    ) -> Result<Vec<(String, Option<f64>)>> {
        // RISE would need all of its masks again for each layer, and the baselines use no network.
        if !matches!(&self.makers[method], Maker::Method(method) if !matches!(method, Method::Rise(_))) {
            return Ok(Vec::new());
        }
        let mut explainer = self.explainer.clone();
        let mut correlations = Vec::new();
        for (layer, name) in metric::layers(explainer.network()).into_iter().enumerate() {
            let network = metric::randomised(explainer.network(), layer..layer + 1, self.settings.seed);
            explainer = explainer.with_network(network);
            correlations.push((name, correlation(map, self.explain(&explainer, method, subject, target))?));
        }
        Ok(correlations)
    }
}

/// The correlation with the map of a randomised network. Its numbers may overflow, in which case there is none; every
/// other error concerns the run.
fn correlation(map: &[f32], changed: Result<Explanation>) -> Result<Option<f64>> {
    match changed {
        Ok(changed) => metric::spearman(map, &changed.map),
        Err(Error::Weights(_) | Error::Options(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn no_network() -> c3lrp::Error {
    c3lrp::Error::Options("a baseline asks no network".into())
}

fn agreement(map: &[f32], mask: Option<&[u8]>) -> Result<Option<Agreement>> {
    let Some(mask) = mask else { return Ok(None) };
    let [pointing, mass, rank] = [metric::pointing, metric::mass, metric::rank].map(|metric| metric(map, mask));
    Ok(Some(Agreement { pointing: pointing?, mass: mass?, rank: rank? }))
}

fn boxes(map: &[f32], mask: Option<&[u8]>, side: usize) -> Result<Option<Boxes>> {
    let Some(mask) = mask else { return Ok(None) };
    let Some(fits) = metric::fits(map, mask, side, side)? else { return Ok(None) };
    let region = Region::of(map, side, side, Region::SHARE)?;
    let overlap = region.as_ref().map(|region| metric::overlap(&region.mask, mask)).transpose()?.flatten();
    let bounds = region.zip(BoundingBox::of(mask, side)).map(|(region, object)| region.bounds.iou(&object));
    Ok(Some(Boxes {
        region: overlap.unwrap_or_default(),
        bounds: bounds.unwrap_or_default(),
        largest: metric::right(&fits.largest, 0.5),
        best: OVERLAPS.map(|overlap| metric::right(&fits.best, overlap)),
    }))
}

fn outcome(map: &[f32], mask: Option<&[u8]>, side: usize) -> Result<Option<String>> {
    let Some(mask) = mask else { return Ok(None) };
    let outcome = metric::outcome(map, mask, side, side, &Bounds::default())?;
    Ok(outcome.map(|outcome| outcome.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn only_a_map_that_is_not_finite_has_no_correlation() {
        for missing in [Error::Weights, Error::Options] {
            assert_eq!(correlation(&[1.0], Err(missing("not finite".into()))), Ok(None));
        }
        for fatal in [Error::Device, Error::DeviceLost, Error::DeviceWrong, Error::Picture, Error::File] {
            assert_eq!(correlation(&[1.0], Err(fatal("it".into()))), Err(fatal("it".into())));
        }
    }
}
