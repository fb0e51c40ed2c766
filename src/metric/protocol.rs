//! The protocols of insertion and deletion: what hidden pixels show, and how many change in each step.

use std::fmt;
use std::str::FromStr;

use super::blur::blur;
use crate::picture::Normalisation;
use crate::sentence::say;
use crate::words::words;
use crate::{Error, Result};

/// A protocol of insertion and deletion. In all of them, pixels change in the map's order, the largest value first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// C3-LRP's Equations 5 and 6 (Doublet et al., JSAI 2024): with A_n the first n pixels, insertion shows x on A_n
    /// and 0 elsewhere, deletion 0 on A_n and x elsewhere. x is the network's input, so 0 is the mean colour; n
    /// increases in equal steps from none to all. The paper doesn't give the number of steps.
    Paper,
    /// RISE's original protocol (Petsiuk, Das, Saenko, BMVC 2018, its released code): deletion goes from x to 0 as in
    /// [`Protocol::Paper`], insertion from the blurred picture (kernel 11, σ 5) to x, both ends included. The released
    /// code changes one row's worth of pixels in each step, which makes 225 points at 224².
    Rise,
    /// The lab's variant (the released code of Otsuki et al., ECCV 2024): patches of `side`² pixels, each with the
    /// value of its strongest pixel, and black elsewhere. Point i (from 0) shows every patch at least as strong as the
    /// one with rank min(`step`·(i + 1), all − 1), counted from 0; with [`Ties::Together`](super::Ties::Together),
    /// equal patches appear at once. There are ⌈all / step⌉ points, and no point without any change. Published with
    /// side 1 and step 500: 101 points at 224².
    Patch {
        /// Side of a patch in pixels, a divisor of the picture's sides.
        side: usize,
        /// Number of patches in each step; ⌈all / points⌉ if absent.
        step: Option<usize>,
    },
}

words! {
    /// The two curves.
    #[derive(PartialOrd, Ord)]
    pub enum Direction {
        /// The first pixels show the picture, the others the filling.
        Insertion = "insertion",
        /// The first pixels show the filling, the others the picture.
        Deletion = "deletion",
    }
}

/// What a hidden pixel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filling {
    /// 0 in normalised space: the mean colour.
    Zero,
    /// The picture, blurred as RISE does.
    Blurred,
    /// Black pixels: −mean / std in normalised space.
    Black,
}

impl Protocol {
    /// What hidden pixels show in a direction.
    pub fn filling(self, direction: Direction) -> Filling {
        match (self, direction) {
            (Self::Patch { .. }, _) => Filling::Black,
            (Self::Rise, Direction::Insertion) => Filling::Blurred,
            _ => Filling::Zero,
        }
    }

    /// Side of a cell in pixels.
    pub fn side(self) -> usize {
        match self {
            Self::Patch { side, .. } => side,
            _ => 1,
        }
    }

    /// For each point of a curve with about `points` points, how many of all `cells` have had their turn.
    ///
    /// # Errors
    /// [`Error::Options`] if a curve has fewer than two points, or more than the cells allow.
    pub fn counts(self, cells: usize, points: usize) -> Result<Vec<usize>> {
        let step = match self {
            Self::Patch { step, .. } => step.unwrap_or_else(|| cells.div_ceil(points.max(1))).max(1),
            _ => 1,
        };
        let points = match self {
            Self::Patch { .. } => cells.div_ceil(step),
            _ => points,
        };
        // Checked before anything is allocated, so that 10¹⁵ points are refused.
        if points < 2 || points > cells + 1 {
            return Err(Error::Options(say!(
                "curve-points",
                "a curve of {points} points was asked for; 2 to {most} are possible with {cells} cells",
                points,
                most = cells + 1,
                cells
            )));
        }
        let steps = points - 1;
        Ok(match self {
            Self::Paper | Self::Rise => (0..points).map(|point| (point * cells + steps / 2) / steps).collect(),
            Self::Patch { .. } => (1..=points).map(|point| (step * point + 1).min(cells)).collect(),
        })
    }
}

impl Filling {
    /// The normalised picture `[channels, height, width]` with all of its pixels hidden.
    pub fn hide_all(self, picture: &[f32], width: usize, height: usize, normalisation: &Normalisation) -> Vec<f32> {
        match self {
            Self::Zero => vec![0.0; picture.len()],
            Self::Blurred => blur(picture, width, height),
            Self::Black => {
                let (black, _) = normalisation.bounds();
                let planes = black.iter().flat_map(|&value| std::iter::repeat_n(value, width * height));
                planes.take(picture.len()).collect()
            }
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paper => f.write_str("paper"),
            Self::Rise => f.write_str("rise"),
            Self::Patch { side: 1, step: None } => f.write_str("patch"),
            Self::Patch { side, step: None } => write!(f, "patch:{side}"),
            Self::Patch { side, step: Some(step) } => write!(f, "patch:{side}:{step}"),
        }
    }
}

impl FromStr for Protocol {
    type Err = Error;

    /// `paper`, `rise`, or `patch[:SIDE[:STEP]]`.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || {
            Error::Options(say!(
                "no-protocol",
                "there is no protocol \"{given}\"; there are paper, rise and patch[:SIDE[:STEP]], such as patch:1:500",
                given = text
            ))
        };
        let number = |part: &str| part.parse().ok().filter(|&number: &usize| number > 0).ok_or_else(unknown);
        match text.split(':').collect::<Vec<_>>()[..] {
            ["paper"] => Ok(Self::Paper),
            ["rise"] => Ok(Self::Rise),
            ["patch"] => Ok(Self::Patch { side: 1, step: None }),
            ["patch", side] => Ok(Self::Patch { side: number(side)?, step: None }),
            ["patch", side, step] => Ok(Self::Patch { side: number(side)?, step: Some(number(step)?) }),
            _ => Err(unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_as_published() {
        let rise = Protocol::Rise.counts(224 * 224, 225).unwrap();
        assert_eq!((rise.len(), rise[1], rise[224]), (225, 224, 224 * 224));
        let patch = Protocol::Patch { side: 1, step: Some(500) }.counts(224 * 224, 2).unwrap();
        assert_eq!((patch.len(), patch[0], patch[99], patch[100]), (101, 501, 50_001, 50_176));
        assert_eq!(Protocol::Patch { side: 1, step: None }.counts(224 * 224, 51).unwrap().len(), 51);
        assert_eq!(Protocol::Paper.counts(5, 3).unwrap(), [0, 3, 5]);
    }

    #[test]
    fn a_curve_needs_two_points_and_a_cell_a_step() {
        for (protocol, cells, points) in [
            (Protocol::Paper, 9, 1),
            (Protocol::Rise, 9, 0),
            (Protocol::Paper, 9, 11),
            (Protocol::Rise, 9, usize::MAX),
            (Protocol::Patch { side: 1, step: Some(usize::MAX) }, 9, 5),
            ("patch:1:9".parse().unwrap(), 9, 5),
        ] {
            assert!(matches!(protocol.counts(cells, points), Err(Error::Options(_))), "{protocol} {cells} {points}");
        }
    }

    #[test]
    fn names_are_read_and_written() {
        for name in ["paper", "rise", "patch", "patch:16", "patch:1:500"] {
            assert_eq!(name.parse::<Protocol>().unwrap().to_string(), name);
        }
        for name in ["", "lab", "patch:0", "patch:1:x", "paper:2"] {
            assert!(name.parse::<Protocol>().is_err(), "{name}");
        }
    }
}
