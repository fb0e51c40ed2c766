//! Ground truth by removing parts: what a map calls important, compared with what the network loses without it.
//!
//! The protocols of FunnyBirds (Hesse, Schaub-Meyer, Roth, ICCV 2023, arXiv:2308.06248), as in its released code. A
//! part's importance is the sum of the map over it; the parts above a share t of the whole map's sum are the important
//! ones, for 80 shares t. The caller draws the scene without some of its parts, and supplies the network's logits
//! ([`Losses`]).

use super::{comparable, spearman};
use crate::birds::{Part, Parts};
use crate::sentence::say;
use crate::{Error, Result};

/// Number of shares t that are tried.
pub const THRESHOLDS: usize = 80;

/// The shares t: from 0.01 to 0.5 in equal steps, both included.
pub fn thresholds() -> impl Iterator<Item = f64> {
    (0..THRESHOLDS).map(|at| 0.01 + at as f64 * (0.49 / (THRESHOLDS - 1) as f64))
}

/// How many pixels a mask is dilated by on every side before importance is summed.
const REACH: usize = 2;

/// How much of the explained logit's magnitude the removal of an irrelevant thing may cost, as a share.
const IRRELEVANT: f64 = 0.05;

/// How much of a map `[H, W]` lies on each removable thing: Σ R_p over the pixels p of its mask, dilated by a 5×5
/// maximum. Values of both signs count.
#[derive(Clone, Debug, PartialEq)]
pub struct Importances {
    /// The importance of each visible part.
    pub parts: Vec<(Part, f64)>,
    /// The importance of each visible object of the scene.
    pub objects: Vec<f64>,
    /// Σ R_p over the whole map.
    pub total: f64,
}

impl Importances {
    /// For a map with rows of this width, and masks with as many pixels.
    ///
    /// # Errors
    /// [`Error::Picture`] if a mask has another length, a value is not finite, or the width doesn't divide the map.
    pub fn new(map: &[f32], width: usize, parts: &[(Part, Vec<u8>)], objects: &[Vec<u8>]) -> Result<Self> {
        let sum = |mask: &Vec<u8>| importance(map, width, mask);
        Ok(Self {
            parts: parts.iter().map(|(part, mask)| Ok((*part, sum(mask)?))).collect::<Result<_>>()?,
            objects: objects.iter().map(sum).collect::<Result<_>>()?,
            total: map.iter().map(|&value| f64::from(value)).sum(),
        })
    }

    /// The parts whose importance is above a share of the map's sum.
    pub fn important(&self, threshold: f64) -> Parts {
        self.parts.iter().filter(|(_, sum)| self.is_important(*sum, threshold)).map(|(part, _)| *part).collect()
    }

    /// The sum of the importances of some parts.
    pub fn total_of(&self, parts: Parts) -> f64 {
        self.parts.iter().filter(|(part, _)| parts.contains(*part)).map(|(_, sum)| sum).sum()
    }

    fn is_important(&self, sum: f64, threshold: f64) -> bool {
        sum > threshold * self.total
    }
}

/// Part importance: Σ R_p over the pixels p of a mask, dilated by a 5×5 maximum, for a map `[H, W]` with rows of this
/// width.
///
/// # Errors
/// As [`Importances::new`].
pub fn importance(map: &[f32], width: usize, mask: &[u8]) -> Result<f64> {
    comparable(map, mask)?;
    if width == 0 || !map.len().is_multiple_of(width) {
        return Err(Error::Picture(say!(
            "map-width",
            "the map has {values} values, which don't make up rows of {width}; a width that divides their number was expected",
            values = map.len(),
            width
        )));
    }
    let height = map.len() / width;
    let mut near = vec![false; mask.len()];
    for at in (0..mask.len()).filter(|&at| mask[at] != 0) {
        let (x, y) = (at % width, at / width);
        for row in y.saturating_sub(REACH)..=(y + REACH).min(height - 1) {
            near[row * width..][x.saturating_sub(REACH)..=(x + REACH).min(width - 1)].fill(true);
        }
    }
    Ok(map.iter().zip(near).filter(|(_, near)| *near).map(|(&value, _)| f64::from(value)).sum())
}

/// The network's logits for one picture when things are removed; the same for every map.
#[derive(Clone, Debug, PartialEq)]
pub struct Losses {
    /// The explained logit of the whole picture.
    pub whole: f32,
    /// The logit without each visible part.
    pub parts: Vec<(Part, f32)>,
    /// The logit without each visible object of the scene.
    pub objects: Vec<f32>,
    /// The [`sufficient`] sets; none if the network predicts another class, as it then has no reason to see them.
    pub sufficient: Vec<Parts>,
}

impl Losses {
    /// Whether a thing is irrelevant: without it, the logit z rises, or falls by less than 0.05 |z|.
    fn is_irrelevant(&self, without: f32) -> bool {
        f64::from(self.whole) - f64::from(without) < IRRELEVANT * f64::from(self.whole).abs()
    }

    /// Number of irrelevant objects of the scene. As a share of all objects, it is the network's background
    /// independence.
    pub fn irrelevant_objects(&self) -> usize {
        self.objects.iter().filter(|&&without| self.is_irrelevant(without)).count()
    }
}

/// How a map performs at one share t.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checks {
    /// Preservation check: 1 if the important parts alone keep the prediction, otherwise 0.
    pub preservation: f64,
    /// Deletion check: 1 if the picture without the important parts gets another prediction, otherwise 0.
    pub deletion: f64,
    /// Controlled synthetic data check: max over the sufficient sets S of |S ∩ important| / |S|. `None` if there are no
    /// such sets.
    pub controlled: Option<f64>,
    /// Distractibility: 1 − |irrelevant ∩ important| / |irrelevant| over parts and objects. `None` if nothing is
    /// irrelevant.
    pub distractibility: Option<f64>,
}

impl Checks {
    /// Completeness: the mean of distractibility and of the three checks' mean; `None` if one of them is missing.
    pub fn completeness(&self) -> Option<f64> {
        Some(((self.preservation + self.deletion + self.controlled?) / 3.0 + self.distractibility?) / 2.0)
    }

    /// The checks at a share t. `kept` says whether the picture without a set of parts keeps the whole picture's
    /// prediction.
    ///
    /// # Errors
    /// The error of `kept`.
    pub fn new(
        importances: &Importances,
        losses: &Losses,
        threshold: f64,
        mut kept: impl FnMut(Parts) -> Result<bool>,
    ) -> Result<Self> {
        let important = importances.important(threshold);
        let held = |set: &Parts| set.common(important).len() as f64 / set.len().max(1) as f64;
        let parts = importances.parts.iter().map(|(_, sum)| sum).zip(losses.parts.iter().map(|(_, without)| without));
        let things = parts.chain(importances.objects.iter().zip(&losses.objects));
        let irrelevant: Vec<f64> =
            things.filter(|(_, without)| losses.is_irrelevant(**without)).map(|(sum, _)| *sum).collect();
        let distracting = irrelevant.iter().filter(|&&sum| importances.is_important(sum, threshold)).count();
        Ok(Self {
            preservation: f64::from(u8::from(kept(important.others())?)),
            deletion: f64::from(u8::from(!kept(important)?)),
            controlled: losses.sufficient.iter().map(held).max_by(f64::total_cmp),
            distractibility: (!irrelevant.is_empty()).then(|| 1.0 - distracting as f64 / irrelevant.len() as f64),
        })
    }
}

/// Single deletion: ρ / 2 + ½, where ρ is Spearman's correlation of the parts' importances and what the explained logit
/// loses without each of them. `None` if all importances or all losses are equal.
///
/// # Errors
/// [`Error::Picture`] if the parts differ, or a value is not finite.
pub fn single_deletion(importances: &Importances, losses: &Losses) -> Result<Option<f64>> {
    let sums: Vec<f32> = importances.parts.iter().map(|(_, sum)| *sum as f32).collect();
    // A loss z − z′ has the same rank as −z′, which needs no rounding.
    let kept: Vec<f32> = losses.parts.iter().map(|(_, without)| -without).collect();
    Ok(spearman(&sums, &kept)?.map(|correlation| correlation / 2.0 + 0.5))
}

/// Target sensitivity, for two classes that share disjoint sets of parts with the bird: the mean over both classes of 1
/// if the parts shared with it are more important in its own map than in the other's, otherwise 0.
pub fn target_sensitivity(shared: [Parts; 2], maps: [&Importances; 2]) -> f64 {
    let [first, second] = shared;
    let outcomes =
        [maps[0].total_of(first) > maps[1].total_of(first), maps[1].total_of(second) > maps[0].total_of(second)];
    outcomes.into_iter().map(|outcome| f64::from(u8::from(outcome))).sum::<f64>() / 2.0
}

/// The minimal sufficient sets among some parts of a bird: sets that no other class shares completely, none of them
/// contained in another. `alike` has the parts that each other class shares with the bird.
pub fn sufficient(alike: &[Parts], among: Parts) -> Vec<Parts> {
    let mut sets: Vec<Parts> = among.subsets().filter(|set| alike.iter().all(|alike| !set.is_within(*alike))).collect();
    sets.sort_by_key(|set| set.len());
    let mut minimal: Vec<Parts> = Vec::new();
    for set in sets {
        if !minimal.iter().any(|smaller| smaller.is_within(set)) {
            minimal.push(set);
        }
    }
    minimal
}

/// Two classes that share disjoint sets of parts with a bird; `shared` has each class with all the parts that it
/// shares. Of all pairs it is the one whose smaller set is largest, then whose sets are largest together, then the
/// first. `None` if there is no such pair.
pub fn rivals(shared: &[(usize, Parts)]) -> Option<[(usize, Parts); 2]> {
    let shared: Vec<(usize, Parts)> = shared.iter().copied().filter(|(_, parts)| !parts.is_empty()).collect();
    let pairs =
        shared.iter().enumerate().flat_map(|(at, &first)| shared[at + 1..].iter().map(move |&second| [first, second]));
    let size =
        |[(_, first), (_, second)]: &[(usize, Parts); 2]| (first.len().min(second.len()), first.len() + second.len());
    // `max_by_key` returns the last maximum.
    pairs
        .filter(|[(_, first), (_, second)]| first.common(*second).is_empty())
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .max_by_key(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(parts: &[Part]) -> Parts {
        parts.iter().copied().collect()
    }

    /// Beak 6 of 20, wing 4, tail −2; an object 5.
    fn importances() -> Importances {
        let parts = vec![(Part::Beak, 6.0), (Part::Wing, 4.0), (Part::Tail, -2.0)];
        Importances { parts, objects: vec![5.0], total: 20.0 }
    }

    /// Of a logit 10, the beak costs 3, the wing 0.25, the tail −1, the object 0.5: just as much as matters.
    fn losses() -> Losses {
        let parts = vec![(Part::Beak, 7.0), (Part::Wing, 9.75), (Part::Tail, 11.0)];
        let sufficient = vec![set(&[Part::Beak, Part::Tail]), set(&[Part::Wing, Part::Tail, Part::Eye])];
        Losses { whole: 10.0, parts, objects: vec![9.5], sufficient }
    }

    #[test]
    fn importance_is_summed_over_the_dilated_mask() {
        // 7×3, the mask at the third pixel of the first row: columns 0 to 4 of all rows.
        let map: Vec<f32> = (0..21).map(|at| if at % 7 < 5 { 1.0 } else { 100.0 }).collect();
        let mut mask = vec![0; 21];
        mask[2] = 1;
        let found = Importances::new(&map, 7, &[(Part::Eye, mask.clone())], &[vec![0; 21]]).unwrap();
        assert_eq!(found, Importances { parts: vec![(Part::Eye, 15.0)], objects: vec![0.0], total: 615.0 });
        for (width, mask) in [(0, mask.clone()), (4, mask), (7, vec![0; 20])] {
            assert!(matches!(Importances::new(&map, width, &[], &[mask]), Err(Error::Picture(_))));
        }
    }

    #[test]
    fn thresholds_are_numpys() {
        let all: Vec<f64> = thresholds().collect();
        assert_eq!((all.len(), all[0]), (80, 0.01));
        assert!((all[79] - 0.5).abs() < 1e-15 && (all[1] - 0.016_202_531_645_569_62).abs() < 1e-16);
    }

    #[test]
    fn checks_by_hand() {
        let mut asked = Vec::new();
        let checks = |threshold, kept: &mut dyn FnMut(Parts) -> bool| {
            Checks::new(&importances(), &losses(), threshold, |parts| Ok(kept(parts))).unwrap()
        };
        let found = checks(0.1, &mut |parts| {
            asked.push(parts);
            parts.contains(Part::Tail)
        });
        // Beak and wing are important; wing and tail are irrelevant, the object is not.
        assert_eq!(asked, [set(&[Part::Beak, Part::Wing]).others(), set(&[Part::Beak, Part::Wing])]);
        let expected = Checks { preservation: 1.0, deletion: 1.0, controlled: Some(0.5), distractibility: Some(0.5) };
        assert_eq!(found, expected);
        assert_eq!(found.completeness(), Some((2.5 / 3.0 + 0.5) / 2.0));
        // At 0.2 the wing's 4 is not above 4.
        let found = checks(0.2, &mut |_| true);
        assert_eq!((found.deletion, found.controlled, found.distractibility), (0.0, Some(0.5), Some(1.0)));
        let none = Losses { sufficient: Vec::new(), ..losses() };
        assert_eq!(Checks::new(&importances(), &none, 0.1, |_| Ok(true)).unwrap().completeness(), None);
        assert_eq!(
            (losses().irrelevant_objects(), Losses { objects: vec![9.75, 8.0, 12.0], ..losses() }.irrelevant_objects()),
            (0, 2)
        );
    }

    #[test]
    fn single_deletion_is_of_ranks() {
        assert_eq!(single_deletion(&importances(), &losses()), Ok(Some(1.0)));
        let swapped = Losses { parts: vec![(Part::Beak, 9.75), (Part::Wing, 7.0), (Part::Tail, 11.0)], ..losses() };
        // ρ = 1 − 6 · 2 / (3 · 8) = ½.
        assert_eq!(single_deletion(&importances(), &swapped), Ok(Some(0.75)));
        assert!(single_deletion(&importances(), &Losses { parts: Vec::new(), ..losses() }).is_err());
    }

    #[test]
    fn each_class_owns_the_parts_that_it_shares() {
        let other =
            Importances { parts: vec![(Part::Beak, 1.0), (Part::Wing, 5.0), (Part::Tail, 0.0)], ..importances() };
        let [beak, wing, tail] = [Part::Beak, Part::Wing, Part::Tail].map(|part| set(&[part]));
        assert_eq!(target_sensitivity([beak, wing], [&importances(), &other]), 1.0);
        assert_eq!(target_sensitivity([tail, wing], [&importances(), &other]), 0.5);
        assert_eq!(target_sensitivity([beak, wing], [&other, &importances()]), 0.0);
        // One map for all classes owns nothing.
        assert_eq!(target_sensitivity([beak, wing], [&other, &other]), 0.0);
    }

    #[test]
    fn sufficient_sets_are_minimal() {
        let (beak, wing, tail) = (Part::Beak, Part::Wing, Part::Tail);
        // One class has our beak and wing, one our tail, one our wing: beak and tail tell us apart, or wing and tail.
        let alike = [set(&[beak, wing]), set(&[tail]), set(&[wing])];
        assert_eq!(sufficient(&alike, set(&[beak, wing, tail])), [set(&[beak, tail]), set(&[wing, tail])]);
        assert_eq!(sufficient(&alike, set(&[beak, wing])), []);
        assert_eq!(sufficient(&alike[1..], set(&[beak, wing, tail])), [set(&[beak]), set(&[wing, tail])]);
    }

    #[test]
    fn rivals_share_the_most_and_nothing_with_each_other() {
        let (beak, wing, tail, eye) = (Part::Beak, Part::Wing, Part::Tail, Part::Eye);
        let shared = [
            (1, set(&[beak, wing])),
            (2, set(&[wing])),
            (3, set(&[tail, eye])),
            (5, set(&[eye])),
            (6, set(&[tail, eye])),
        ];
        assert_eq!(rivals(&shared), Some([shared[0], shared[2]]));
        assert_eq!(rivals(&shared[..2]), None);
        assert_eq!(rivals(&[(0, Parts::NONE), (1, set(&[eye]))]), None);
    }
}
