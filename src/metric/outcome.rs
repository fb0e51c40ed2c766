//! The kind of error that an explanation makes, compared with a mask of the object.

use std::fmt;

use super::{comparable, mass};
use crate::Result;
use crate::resample::resize;

/// Side of the reduced map on which attention is determined: that of the paper's filter.
const SIZE: usize = 28;

/// The kinds of explanations in the error analysis of the C3-LRP paper. The paper sorts failures into these by eye, and
/// gives no rule; here the rule is [`outcome`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The object is covered, and little relevance lies outside of it.
    Attended,
    /// IA, insufficiently attended: attention lies on the object, but covers too little of it.
    Insufficient,
    /// OA, over-attended: the object is covered, but much relevance lies outside of it.
    Over,
    /// WA, wrongly attended: the object is not covered, and much relevance lies outside of it.
    Wrong,
}

/// The limits between the kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The share of the object that must be covered, 0 to 1.
    pub covered: f64,
    /// The share of the relevance that may lie outside of the object, 0 to 1.
    pub outside: f64,
}

impl Default for Bounds {
    /// One half each.
    fn default() -> Self {
        Self { covered: 0.5, outside: 0.5 }
    }
}

/// The kind of a map [height, width] against a mask (values other than 0) of the object, from two shares:
///
/// - covered: of the mask's pixels, those attended to. The map is reduced to 28×28 and a pixel is attended
///   to where its place is above the reduced map's mean, as the lab's filter takes what stands out.
/// - outside: of the positive relevance, what lies outside the mask: 1 − [`mass`].
///
/// At least half covered and at most half outside is right. Insufficiently attended covers less, over-attended has more
/// outside, and wrongly attended both. The halves are [`Bounds`]. A map without positive relevance has nothing outside.
/// `None` for an empty mask.
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if the size is wrong, or a value is not finite.
pub fn outcome(map: &[f32], mask: &[u8], width: usize, height: usize, bounds: &Bounds) -> Result<Option<Outcome>> {
    comparable(map, mask)?;
    let reduced = resize(map, [width, height], [SIZE; 2])?;
    let mean = reduced.iter().map(|&value| f64::from(value)).sum::<f64>() / reduced.len() as f64;
    // A constant map attends to nothing, however its mean is rounded.
    let rounding = 1e-6 * reduced.iter().fold(0f64, |most, value| most.max(f64::from(value.abs())));
    let attended = |pixel: usize| {
        let (x, y) = (pixel % width * SIZE / width, pixel / width * SIZE / height);
        f64::from(reduced[y * SIZE + x]) > mean + rounding
    };
    let object: Vec<usize> = (0..mask.len()).filter(|&pixel| mask[pixel] != 0).collect();
    if object.is_empty() {
        return Ok(None);
    }
    let covered = object.iter().filter(|&&pixel| attended(pixel)).count() as f64 / object.len() as f64;
    let outside = mass(map, mask)?.map_or(0.0, |within| 1.0 - within);
    Ok(Some(match (covered >= bounds.covered, outside <= bounds.outside) {
        (true, true) => Outcome::Attended,
        (false, true) => Outcome::Insufficient,
        (true, false) => Outcome::Over,
        (false, false) => Outcome::Wrong,
    }))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attended => "attended",
            Self::Insufficient => "IA",
            Self::Over => "OA",
            Self::Wrong => "WA",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 56;

    /// 1 in the columns of `range`, 0 beside them.
    fn columns(range: std::ops::Range<usize>) -> Vec<u8> {
        (0..SIDE * SIDE).map(|at| u8::from(range.contains(&(at % SIDE)))).collect()
    }

    fn kind(attended: std::ops::Range<usize>) -> Option<Outcome> {
        let map: Vec<f32> = columns(attended).into_iter().map(f32::from).collect();
        outcome(&map, &columns(8..28), SIDE, SIDE, &Bounds::default()).unwrap()
    }

    #[test]
    fn four_kinds() {
        assert_eq!(kind(8..28), Some(Outcome::Attended));
        assert_eq!(kind(8..12), Some(Outcome::Insufficient));
        assert_eq!(kind(8..54), Some(Outcome::Over));
        assert_eq!(kind(26..40), Some(Outcome::Wrong));
    }

    #[test]
    fn nothing_attended_is_insufficient_and_nothing_there_has_no_kind() {
        let flat = outcome(&[0.0; SIDE * SIDE], &columns(8..28), SIDE, SIDE, &Bounds::default());
        assert_eq!(flat, Ok(Some(Outcome::Insufficient)));
        assert_eq!(outcome(&[0.0; SIDE * SIDE], &columns(0..0), SIDE, SIDE, &Bounds::default()), Ok(None));
        assert!(outcome(&[0.0; 3], &[1; 3], 2, 2, &Bounds::default()).is_err());
        assert!(outcome(&[0.0; 4], &[1; 3], 2, 2, &Bounds::default()).is_err());
        assert!(outcome(&[0.0, f32::NAN, 0.0, 0.0], &[1; 4], 2, 2, &Bounds::default()).is_err());
    }
}
