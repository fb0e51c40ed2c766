//! C3 and C1C: keep the map only where the largest contour and the largest component agree.
//!
//! C3, "contour and component choice" (Doublet, Otsuki, Iida, Sugiura, JSAI 2024, Equation 3): the map is
//! reduced to 28×28; C1 is the region inside the largest contour, C2 the largest connected
//! component; the map is multiplied by C1 ∧ C2 and expanded again. C1C keeps C2 alone. The paper
//! doesn't say how to threshold or what "largest" means, so both are options.

use image::{GrayImage, Luma};
use imageproc::contours::{BorderType, find_contours};
use imageproc::contrast::otsu_level;
use imageproc::point::Point;
use imageproc::region_labelling::{Connectivity, connected_components};

use crate::resample::resize;
use crate::sentence::{Sentence, say};
use crate::words::words;
use crate::{Error, Result};

/// The filter applied to a map after the attribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Filter {
    /// The map as it is.
    None,
    /// The largest component.
    C1c(RegionOptions),
    /// What the largest contour and the largest component share.
    C3(RegionOptions),
    /// Each value is lowered to the nearest of `levels` equally spaced ones, the map's minimum and
    /// maximum among them (heat quantization: Otsuki et al., ECCV 2024, with 8).
    HeatQuantization {
        /// 2 to 256.
        levels: usize,
    },
}

impl Default for Filter {
    fn default() -> Self {
        Self::C3(RegionOptions::default())
    }
}

/// The options of C3 and C1C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegionOptions {
    /// Side of the reduced map, 2 to 128.
    pub size: usize,
    /// The value above which a pixel stands out.
    pub threshold: Threshold,
    /// Which pixels count as neighbours within a component: 4 or 8 around each.
    pub connectivity: Connectivity,
    /// What makes a component the largest; the lab's released C1C takes the highest peak.
    pub component: Largest,
    /// What makes a contour the largest.
    pub contour: Largest,
    /// Whether the holes inside the contour belong to its region.
    pub filled: bool,
}

impl Default for RegionOptions {
    fn default() -> Self {
        Self {
            size: 28,
            threshold: Threshold::Mean,
            connectivity: Connectivity::Eight,
            component: Largest::Peak,
            contour: Largest::Area,
            filled: true,
        }
    }
}

/// Pixels above this stand out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// The map's mean.
    Mean,
    /// A share of the map's maximum, from 0 to below 1.
    Fraction(f32),
    /// Otsu's level between the map's minimum and maximum, in 256 steps.
    Otsu,
}

words! {
    /// A [`Threshold`] without a number of its own.
    pub enum ThresholdName {
        /// The map's mean.
        Mean = "mean",
        /// Otsu's level.
        Otsu = "otsu",
    }
}

words! {
    /// The measure of "largest".
    pub enum Largest {
        /// Number of pixels.
        Area = "area",
        /// Highest relevance.
        Peak = "peak",
        /// Sum of relevance.
        Total = "total",
    }
}

/// A map after a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filtered {
    /// The map `[H, W]`, row by row.
    pub map: Vec<f32>,
    /// 1 where the reduced map was kept and 0 elsewhere, `[H, W]`, enlarged without smoothing.
    pub mask: Vec<u8>,
    /// Whether contour and component didn't overlap, so that the component alone was kept.
    pub fallback: bool,
}

impl Filter {
    /// Filters a map `[height, width]`. If all of its values are equal, nothing is kept.
    ///
    /// # Errors
    /// [`Error::Picture`] if the size is wrong or a value is not finite; [`Error::Options`] if an option is out of
    /// range.
    pub fn apply(&self, map: &[f32], width: usize, height: usize) -> Result<Filtered> {
        if width == 0 || height == 0 || width.checked_mul(height) != Some(map.len()) {
            return Err(Error::Picture(map_size(width, height, map.len())));
        }
        if let Some(at) = map.iter().position(|value| !value.is_finite()) {
            return Err(Error::Picture(say!(
                "map-infinite-at",
                "the map holds {value} at ({x}, {y}); only finite relevance can be filtered",
                value = map[at],
                x = at % width,
                y = at / width
            )));
        }
        let (choice, with_contour) = match self {
            Self::None => return Ok(Filtered::all(map.to_vec())),
            Self::HeatQuantization { levels } => return Ok(Filtered::all(quantize(map, *levels)?)),
            Self::C1c(choice) => (choice, false),
            Self::C3(choice) => (choice, true),
        };
        choice.check()?;
        let size = choice.size;
        let mut reduced = resize(map, [width, height], [size; 2])?;
        let (kept, fallback) = choice.keep(&reduced, with_contour);
        reduced.iter_mut().zip(&kept).for_each(|(value, kept)| *value *= f32::from(u8::from(*kept)));
        let mask = (0..height).flat_map(|y| (0..width).map(move |x| (y * size / height) * size + x * size / width));
        Ok(Filtered {
            map: resize(&reduced, [size; 2], [width, height])?,
            mask: mask.map(|at| kept[at].into()).collect(),
            fallback,
        })
    }
}

impl Filtered {
    /// An unfiltered map.
    fn all(map: Vec<f32>) -> Self {
        Self { mask: vec![1; map.len()], map, fallback: false }
    }
}

/// The message for a map that doesn't have the expected size.
pub(crate) fn map_size(width: usize, height: usize, found: usize) -> Sentence {
    say!("map-size", "a map of {width}×{height} was expected, but it has {found} values", width, height, found)
}

/// Lowers each value to the nearest of `levels` equally spaced ones.
fn quantize(map: &[f32], levels: usize) -> Result<Vec<f32>> {
    if !(2..=256).contains(&levels) {
        return Err(Error::Options(say!(
            "filter-levels",
            "the filter's levels are {levels}; 2 to 256 was expected",
            levels
        )));
    }
    let (least, most) = map
        .iter()
        .fold((f64::MAX, f64::MIN), |(least, most), &value| (least.min(value.into()), most.max(value.into())));
    let step = (most - least) / (levels - 1) as f64;
    if step == 0.0 {
        return Ok(map.to_vec());
    }
    Ok(map.iter().map(|&value| (least + ((f64::from(value) - least) / step).floor() * step) as f32).collect())
}

impl RegionOptions {
    pub(crate) fn check(&self) -> Result<()> {
        if !(2..=128).contains(&self.size) {
            return Err(Error::Options(say!(
                "filter-size",
                "the filter's size is {size}; 2 to 128 was expected",
                size = self.size
            )));
        }
        match self.threshold {
            Threshold::Fraction(share) if !(0.0..1.0).contains(&share) => Err(Error::Options(say!(
                "filter-threshold",
                "the threshold is {share} of the maximum; 0 to below 1 was expected",
                share
            ))),
            _ => Ok(()),
        }
    }

    /// Which pixels of the reduced map are kept, and whether C1 ∧ C2 was empty and the component was kept instead.
    fn keep(&self, map: &[f32], with_contour: bool) -> (Vec<bool>, bool) {
        let Some(level) = self.level(map) else { return (vec![false; map.len()], false) };
        let standing = self.grid(|at| map[at] > level);
        let component = self.largest(self.components(&standing), self.component, map);
        if !with_contour {
            return (component, false);
        }
        let contour = self.largest(self.contour_regions(&standing), self.contour, map);
        let both: Vec<_> = contour.iter().zip(&component).map(|(c1, c2)| *c1 && *c2).collect();
        let fallback = !both.contains(&true) && component.contains(&true);
        (if fallback { component } else { both }, fallback)
    }

    /// The threshold as a value of the map; none if the map's values differ by no more than rounding.
    fn level(&self, map: &[f32]) -> Option<f32> {
        let (least, most) =
            map.iter().fold((f32::MAX, f32::MIN), |(least, most), &value| (least.min(value), most.max(value)));
        if most - least <= 1e-6 * most.abs().max(least.abs()) {
            return None;
        }
        Some(match self.threshold {
            Threshold::Mean => (map.iter().map(|&value| f64::from(value)).sum::<f64>() / map.len() as f64) as f32,
            Threshold::Fraction(share) => most * share,
            Threshold::Otsu => {
                let step = (most - least) / 255.0;
                let grey = GrayImage::from_fn(self.size as u32, self.size as u32, |x, y| {
                    Luma([((map[y as usize * self.size + x as usize] - least) / step) as u8])
                });
                // Greys above Otsu's level stand out, so the threshold is just below the next grey.
                (least + (f32::from(otsu_level(&grey)) + 1.0) * step).next_down()
            }
        })
    }

    /// A black and white picture of the map with a black border, so that nothing touches the edge.
    fn grid(&self, white: impl Fn(usize) -> bool) -> GrayImage {
        let side = self.size as u32 + 2;
        GrayImage::from_fn(side, side, |x, y| {
            let inside = (1..side - 1).contains(&x) && (1..side - 1).contains(&y);
            Luma([if inside && white((y as usize - 1) * self.size + x as usize - 1) { 255 } else { 0 }])
        })
    }

    /// The pixels for which `inside` holds; its coordinates include the border.
    fn region(&self, inside: impl Fn(u32, u32) -> bool) -> Vec<bool> {
        let side = 1..self.size as u32 + 1;
        side.clone().flat_map(|y| side.clone().map(move |x| (x, y))).map(|(x, y)| inside(x, y)).collect()
    }

    fn components(&self, standing: &GrayImage) -> Vec<Vec<bool>> {
        let labels = connected_components(standing, self.connectivity, Luma([0]));
        let count = labels.pixels().map(|label| label[0]).max().unwrap_or(0);
        (1..=count).map(|label| self.region(|x, y| labels.get_pixel(x, y)[0] == label)).collect()
    }

    /// The region that each outer contour encloses: everything that can't be reached from the picture's edge without
    /// crossing the contour.
    fn contour_regions(&self, standing: &GrayImage) -> Vec<Vec<bool>> {
        let outer =
            find_contours::<u32>(standing).into_iter().filter(|contour| contour.border_type == BorderType::Outer);
        let region = |points: Vec<Point<u32>>| {
            let mut line = GrayImage::new(standing.width(), standing.height());
            points.iter().for_each(|point| line.put_pixel(point.x, point.y, Luma([255])));
            let outside = connected_components(&line, Connectivity::Four, Luma([255]));
            let beyond = *outside.get_pixel(0, 0);
            let inside = |x, y| *outside.get_pixel(x, y) != beyond && (self.filled || standing.get_pixel(x, y)[0] > 0);
            self.region(inside)
        };
        outer.map(|contour| region(contour.points)).collect()
    }

    /// The largest region, on a tie the first one; an empty region if there is none.
    fn largest(&self, regions: Vec<Vec<bool>>, by: Largest, map: &[f32]) -> Vec<bool> {
        let size = |region: &[bool]| {
            let values = region.iter().zip(map).filter(|(inside, _)| **inside).map(|(_, value)| f64::from(*value));
            match by {
                Largest::Area => values.count() as f64,
                Largest::Peak => values.fold(f64::MIN, f64::max),
                Largest::Total => values.sum(),
            }
        };
        let sizes: Vec<_> = regions.iter().map(|region| size(region)).collect();
        let first_of_largest = (0..regions.len()).rev().max_by(|&a, &b| sizes[a].total_cmp(&sizes[b]));
        first_of_largest.map_or_else(|| vec![false; map.len()], |index| regions[index].clone())
    }
}
