//! How well the box around the parts of a map that stand out fits the object's box.

use super::bounding_box::BoundingBox;
use super::comparable;
use super::components::Components;
use super::region::sized;
use crate::Result;

/// Number of levels at which a map is thresholded. The range from its minimum to its maximum has 256 steps; a pixel
/// stands out at level l if its step is above l.
pub const LEVELS: usize = 255;

/// The overlaps from which a box counts as right, for MaxBoxAccV2.
pub const OVERLAPS: [f64; 3] = [0.3, 0.5, 0.7];

/// For each of [`LEVELS`] levels, the intersection over union of a map's box and the object's box.
#[derive(Clone, Debug, PartialEq)]
pub struct Fits {
    /// For the box around the largest component; on a tie the first one.
    pub largest: Vec<f64>,
    /// For the box around the component that fits best.
    pub best: Vec<f64>,
}

/// Compares the boxes of a map `[height, width]` with the smallest box around a mask (values other than 0), as for
/// MaxBoxAcc and MaxBoxAccV2 of Choe et al. (CVPR 2020, TPAMI 2022). The map is thresholded at every level; components
/// are connected by 8 neighbours. Boxes consist of whole pixels, without the extra pixel that the released code adds at
/// their right and lower edges. A map whose values are all equal has no box. `None` for an empty mask.
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if the size is wrong, or a value is not finite.
pub fn fits(map: &[f32], mask: &[u8], width: usize, height: usize) -> Result<Option<Fits>> {
    sized(map, width, height)?;
    comparable(map, mask)?;
    let Some(object) = BoundingBox::of(mask, width) else { return Ok(None) };
    let step = |least: f64, most: f64, value: f32| ((f64::from(value) - least) / (most - least) * 255.0) as usize;
    let (least, most) = map.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &value| {
        (least.min(value.into()), most.max(value.into()))
    });
    let mut found = Fits { largest: vec![0.0; LEVELS], best: vec![0.0; LEVELS] };
    if least == most {
        return Ok(Some(found));
    }
    let mut by_step: Vec<Vec<usize>> = vec![Vec::new(); LEVELS + 1];
    map.iter().enumerate().for_each(|(at, &value)| by_step[step(least, most, value).min(LEVELS)].push(at));
    // From the highest level to the lowest, so that components only grow.
    let mut components = Components::new(width, height);
    let mut roots = Vec::new();
    for level in (0..LEVELS).rev() {
        by_step[level + 1].iter().for_each(|&at| components.add(at));
        roots.extend(&by_step[level + 1]);
        roots.retain(|&at| components.is_root(at));
        let fit = |root: usize| components.bounds(root).iou(&object);
        found.largest[level] = components.largest(roots.iter().copied()).map_or(0.0, fit);
        found.best[level] = roots.iter().map(|&root| fit(root)).fold(0.0, f64::max);
    }
    Ok(Some(found))
}

/// The levels at which a box is right, as runs: the first and the last level of each.
pub type Runs = Vec<[u8; 2]>;

/// The levels at which a picture's box overlaps the object's box by at least `overlap`.
pub fn right(fits: &[f64], overlap: f64) -> Runs {
    let mut runs: Runs = Vec::new();
    for level in (0..fits.len().min(LEVELS)).filter(|&level| fits[level] >= overlap).map(|level| level as u8) {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == level => *last = level,
            _ => runs.push([level; 2]),
        }
    }
    runs
}

/// The share of pictures whose box is right, at the single level that is best for all pictures together, from the
/// levels of each picture. `None` without pictures.
pub fn accuracy<'a>(pictures: impl IntoIterator<Item = &'a [[u8; 2]]>) -> Option<f64> {
    let (mut counts, mut all) = ([0usize; LEVELS], 0usize);
    for runs in pictures {
        all += 1;
        let levels = runs.iter().flat_map(|&[first, last]| first..=last);
        levels.for_each(|level| {
            if let Some(count) = counts.get_mut(usize::from(level)) {
                *count += 1;
            }
        });
    }
    (all > 0).then(|| counts.into_iter().fold(0, usize::max) as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A column of 1 beside a pair of 2 and a single 3, on 0.
    const MAP: [f32; 12] = [
        1.0, 0.0, 2.0, 2.0, //
        1.0, 0.0, 0.0, 0.0, //
        1.0, 0.0, 0.0, 3.0,
    ];
    /// The pair.
    const MASK: [u8; 12] = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn the_largest_box_is_not_the_best_one() {
        // Steps: 1 is 85, 2 is 170, 3 is 255.
        let fits = fits(&MAP, &MASK, 4, 3).unwrap().unwrap();
        assert_eq!((fits.best[0], fits.best[84], fits.best[169], fits.best[170]), (1.0, 1.0, 1.0, 0.0));
        assert_eq!((fits.largest[0], fits.largest[84], fits.largest[85], fits.largest[170]), (0.0, 0.0, 1.0, 0.0));
    }

    #[test]
    fn one_level_serves_all_pictures() {
        let mut fits = vec![0.0; LEVELS];
        fits[3..6].fill(0.5);
        fits[254] = 0.9;
        assert_eq!((right(&fits, 0.5), right(&fits, 0.51)), (vec![[3, 5], [254, 254]], vec![[254, 254]]));
        let (low, high) = ([[3, 5]], [[5, 9], [254, 254]]);
        assert_eq!(accuracy([&low[..], &high[..]]), Some(1.0));
        assert_eq!(accuracy([&low[..], &high[1..], &[]]), Some(1.0 / 3.0));
        assert_eq!(accuracy([]), None);
    }

    #[test]
    fn nothing_stands_out_of_a_flat_map_and_nothing_is_in_an_empty_mask() {
        let flat = fits(&[2.0; 12], &MASK, 4, 3).unwrap().unwrap();
        assert!(flat.best.iter().chain(&flat.largest).all(|&fit| fit == 0.0));
        assert_eq!(fits(&MAP, &[0; 12], 4, 3), Ok(None));
        assert!(fits(&MAP, &[1; 11], 4, 3).is_err() && fits(&MAP, &MASK, 3, 3).is_err());
    }
}
