//! FunnyBirds' protocols: a drawn bird without some of its parts is shown to the network again.

use std::collections::BTreeMap;

use c3lrp::birds::{Objects, Part, Parts, Species};
use c3lrp::metric::parts::{
    Checks, Importances, Losses, rivals, single_deletion, sufficient, target_sensitivity, thresholds,
};
use c3lrp::{Error, Explainer, Result};
use pollster::block_on;

use super::pictures::{Pictures, Scene};
use super::records::Taken;
use super::settings::Settings;
use super::verdict::Verdict;

/// A picture from which things are removed, with the network's answers so far. All methods share it.
pub struct Interventions<'a> {
    explainer: Explainer,
    settings: &'a Settings,
    pictures: &'a Pictures,
    number: usize,
    scene: Scene,
    /// The network's outputs without some parts and objects.
    known: BTreeMap<(Parts, Objects), Vec<f32>>,
    losses: Losses,
    predicted: usize,
    /// Two classes, each with the parts that only it shares with the bird, if the network tells the two apart by these
    /// parts.
    rivals: Option<[(usize, Parts); 2]>,
}

const WHOLE: (Parts, Objects) = (Parts::NONE, Objects::NONE);

impl<'a> Interventions<'a> {
    /// Removes every part and every object, one at a time.
    pub fn new(
        explainer: &Explainer,
        settings: &'a Settings,
        pictures: &'a Pictures,
        number: usize,
        classes: &Verdict,
    ) -> Result<Self> {
        let scene = pictures.scene(number)?;
        let losses = Losses { whole: 0.0, parts: Vec::new(), objects: Vec::new(), sufficient: Vec::new() };
        let (known, predicted) = (BTreeMap::new(), classes.predicted);
        let explainer = explainer.clone();
        let mut all = Self { explainer, settings, pictures, number, scene, known, losses, predicted, rivals: None };
        let shown: Parts = all.scene.parts.iter().map(|(part, _)| *part).collect();
        let shared = |other: &Species| all.scene.species.parts().common(alike(all.scene.species, other));
        let others = Species::all().iter().zip(&all.scene.classes).filter(|(other, _)| *other != all.scene.species);
        let pair = rivals(&others.clone().map(|(other, class)| (*class, shared(other))).collect::<Vec<_>>());
        let alike: Vec<Parts> = others.map(|(other, _)| alike(all.scene.species, other)).collect();

        let single = |part: Part| (Parts::NONE.with(part), Objects::NONE);
        let bare = |index: usize| (Parts::NONE, std::iter::once(index).collect::<Objects>());
        let parts: Vec<Part> = shown.iter().collect();
        let objects: Vec<usize> = all.scene.objects.iter().map(|(index, _)| *index).collect();
        let mut asked = vec![WHOLE];
        asked.extend(parts.iter().map(|&part| single(part)));
        asked.extend(objects.iter().map(|&index| bare(index)));
        asked.extend(pair.iter().flatten().map(|(_, parts)| (*parts, Objects::NONE)));
        all.ask(&asked)?;

        let output = all.explainer.info().output;
        let target = output.target(classes.target);
        let logit = |key| Ok(target.logit(all.outputs(key)?));
        let losses = Losses {
            whole: logit(WHOLE)?,
            parts: parts.iter().map(|&part| Ok((part, logit(single(part))?))).collect::<Result<_>>()?,
            objects: objects.iter().map(|&index| logit(bare(index))).collect::<Result<_>>()?,
            sufficient: match all.scene.class == classes.predicted {
                true => sufficient(&alike, shown),
                false => Vec::new(),
            },
        };
        if let Some([first, second]) = pair {
            // Each class must lose more than the other one when the parts that it shares are removed.
            let lost = |class: usize, parts: Parts| -> Result<f64> {
                let class = output.target(class);
                let without = class.logit(all.outputs((parts, Objects::NONE))?);
                Ok(f64::from(class.logit(all.outputs(WHOLE)?)) - f64::from(without))
            };
            let tells = |(own, parts): (usize, Parts), (other, _): (usize, Parts)| -> Result<bool> {
                Ok(lost(own, parts)? > lost(other, parts)?)
            };
            all.rivals = (tells(first, second)? && tells(second, first)?).then_some([first, second]);
        }
        all.losses = losses;
        Ok(all)
    }

    /// The two classes whose maps target sensitivity compares.
    pub fn rivals(&self) -> Option<[usize; 2]> {
        self.rivals.map(|pair| pair.map(|(class, _)| class))
    }

    /// Number of objects of the scene that the network doesn't need, and of all visible ones.
    pub fn background(&self) -> [usize; 2] {
        [self.losses.irrelevant_objects(), self.losses.objects.len()]
    }

    /// The scores of a map, with the rivals' maps from the same method and filter.
    pub fn scores(&mut self, map: &[f32], rivals: Option<[&[f32]; 2]>) -> Result<Taken> {
        let importances = self.importances(map)?;
        let asked: Vec<(Parts, Objects)> = thresholds()
            .map(|threshold| importances.important(threshold))
            .flat_map(|important| [important, important.others()])
            .map(|parts| (parts, Objects::NONE))
            .collect();
        self.ask(&asked)?;
        let output = self.explainer.info().output;
        let kept = |parts| Ok(output.most_probable(self.outputs((parts, Objects::NONE))?) == self.predicted);
        let checks = thresholds().map(|threshold| Checks::new(&importances, &self.losses, threshold, kept));
        let checks: Vec<Checks> = checks.collect::<Result<_>>()?;
        let sensitivity = match (self.rivals, rivals) {
            (Some(pair), Some([first, second])) => {
                let maps = [&self.importances(first)?, &self.importances(second)?];
                Some(target_sensitivity(pair.map(|(_, parts)| parts), maps))
            }
            _ => None,
        };
        Ok(Taken {
            single_deletion: single_deletion(&importances, &self.losses)?,
            target_sensitivity: sensitivity,
            checks: checks
                .iter()
                .map(|checks| (checks.preservation, checks.deletion, checks.controlled, checks.distractibility))
                .collect(),
        })
    }

    fn importances(&self, map: &[f32]) -> Result<Importances> {
        let objects: Vec<Vec<u8>> = self.scene.objects.iter().map(|(_, mask)| mask.clone()).collect();
        Importances::new(map, self.settings.side, &self.scene.parts, &objects)
    }

    /// Shows the network the pictures that it hasn't seen yet, in batches.
    fn ask(&mut self, keys: &[(Parts, Objects)]) -> Result<()> {
        let mut new: Vec<(Parts, Objects)> = Vec::new();
        for key in keys {
            if !self.known.contains_key(key) && !new.contains(key) {
                new.push(*key);
            }
        }
        let side = self.settings.side;
        for keys in new.chunks(self.settings.batch.max(1)) {
            let mut inputs = Vec::new();
            for &(parts, objects) in keys {
                inputs.extend(self.pictures.without(self.number, parts, objects)?);
            }
            let outputs = block_on(self.explainer.logits(inputs, side, side))?;
            let each = outputs.chunks_exact((outputs.len() / keys.len()).max(1));
            self.known.extend(keys.iter().copied().zip(each.map(<[f32]>::to_vec)));
        }
        Ok(())
    }

    fn outputs(&self, key: (Parts, Objects)) -> Result<&[f32]> {
        self.known.get(&key).map(Vec::as_slice).ok_or_else(|| Error::Picture("the network was not asked".into()))
    }
}

/// The parts that two species have in common.
fn alike(species: &Species, other: &Species) -> Parts {
    species.differing(other).into_iter().collect::<Parts>().others()
}
