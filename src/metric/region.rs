//! The largest region in which a map stands out, and its box; usual for locating an object by a class activation map.

use super::bounding_box::{BoundingBox, share};
use super::components::Components;
use super::{comparable, finite};
use crate::filter::map_size;
use crate::{Error, Result};

/// The largest connected region in which a map stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// The smallest box around the region, in the map's pixels.
    pub bounds: BoundingBox,
    /// Number of pixels in the region.
    pub area: usize,
    /// 1 inside the region and 0 elsewhere, `[H, W]`.
    pub mask: Vec<u8>,
}

impl Region {
    /// The share of the largest value above which a pixel stands out, as in Zhou et al. (CVPR 2016).
    pub const SHARE: f32 = 0.2;

    /// The region of a map [height, width]: of the pixels above `share` (0 to below 1) of the largest value, the
    /// largest component by 8 neighbours; on a tie the first one, row by row. None if nothing is positive.
    ///
    /// # Errors
    /// [`Error::Picture`] if the size is wrong, or a value is not finite.
    pub fn of(map: &[f32], width: usize, height: usize, share: f32) -> Result<Option<Self>> {
        sized(map, width, height)?;
        // Compared by hand: `max` is a call of a function on wasm.
        let largest = map.iter().fold(0.0, |largest, &value| if value > largest { value } else { largest });
        let level = largest * share.clamp(0.0, 1.0);
        let mut components = Components::new(width, height);
        (0..map.len()).filter(|&at| map[at] > level).for_each(|at| components.add(at));
        let roots = (0..map.len()).filter(|&at| components.is_root(at));
        let Some(root) = components.largest(roots) else { return Ok(None) };
        let inside = |at| components.is_filled(at) && components.find(at) == root;
        let mask: Vec<u8> = (0..map.len()).map(inside).map(u8::from).collect();
        Ok(Some(Self { bounds: components.bounds(root), area: components.area(root), mask }))
    }
}

/// Intersection over union of two masks (values other than 0), 0 to 1. None if both are empty.
///
/// # Errors
/// [`Error::Picture`] if they have different lengths.
pub fn overlap(one: &[u8], other: &[u8]) -> Result<Option<f64>> {
    let values: Vec<f32> = one.iter().map(|&value| f32::from(u8::from(value != 0))).collect();
    comparable(&values, other)?;
    let count = |holds: fn(bool, bool) -> bool| {
        one.iter().zip(other).filter(|&(&one, &other)| holds(one != 0, other != 0)).count()
    };
    let (both, either) = (count(|one, other| one && other), count(|one, other| one || other));
    Ok((either > 0).then(|| share(both, either)))
}

/// Checks that a map has this size and that every value is finite.
pub(super) fn sized(map: &[f32], width: usize, height: usize) -> Result<()> {
    match width.checked_mul(height) {
        Some(pixels) if pixels > 0 && pixels == map.len() && u32::try_from(pixels).is_ok() => finite(map),
        _ => Err(Error::Picture(map_size(width, height, map.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: [f32; 20] = [
        5.0, 0.0, 0.0, 0.0, 9.0, //
        0.0, 5.0, 0.0, 0.0, 9.0, //
        0.0, 5.0, 1.8, 0.0, 0.0, //
        0.0, 0.0, 0.0, -9.0, 1.7,
    ];

    #[test]
    fn the_most_pixels_that_touch_make_the_region() {
        // Above 1.8: a chain of three, which a corner joins, and a pair.
        let region = Region::of(&MAP, 5, 4, 0.2).unwrap().unwrap();
        assert_eq!(region.bounds, BoundingBox { x: 0, y: 0, width: 2, height: 3 });
        assert_eq!((region.area, region.mask.iter().map(|&value| usize::from(value)).sum()), (3, 3));
        assert_eq!((region.mask[0], region.mask[6], region.mask[11], region.mask[4]), (1, 1, 1, 0));
        let lower = Region::of(&MAP, 5, 4, 0.1).unwrap().unwrap();
        assert_eq!((lower.area, lower.bounds.width), (4, 3));
        // Of two pairs the first.
        let pair = Region::of(&[0.0, 1.0, 0.0, 1.0], 1, 4, 0.2).unwrap().unwrap();
        assert_eq!(pair.bounds, BoundingBox { x: 0, y: 1, width: 1, height: 1 });
    }

    #[test]
    fn nothing_positive_has_no_region_and_what_can_not_be_is_refused() {
        assert_eq!(Region::of(&[0.0, -1.0], 2, 1, 0.2), Ok(None));
        for (map, width, height) in [(&[1.0, f32::NAN][..], 2, 1), (&[1.0], 2, 1), (&[], 0, 0), (&[1.0], usize::MAX, 2)]
        {
            assert!(matches!(Region::of(map, width, height, 0.2), Err(Error::Picture(_))));
        }
    }

    #[test]
    fn masks_overlap_by_their_share() {
        assert_eq!(overlap(&[1, 1, 0, 0], &[0, 7, 7, 0]), Ok(Some(1.0 / 3.0)));
        assert_eq!(overlap(&[0; 4], &[0; 4]), Ok(None));
        assert!(overlap(&[0; 4], &[0; 3]).is_err());
    }
}
