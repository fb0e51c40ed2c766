//! The regions of a reduced map: its components, and what its contours enclose.

use std::ops::Range;

use image::{GrayImage, Luma};
use imageproc::contours::{BorderType, find_contours};
use imageproc::contrast::otsu_level;
use imageproc::point::Point;
use imageproc::region_labelling::{Connectivity, connected_components};

use super::filtered::Filtered;
use super::region_options::{Largest, RegionOptions, Threshold};
use crate::Result;
use crate::resample::resize;

/// The regions of a reduced map, a square. A map whose values are all equal has none.
pub struct Regions<'a> {
    options: &'a RegionOptions,
    map: &'a [f32],
    /// White where the map stands out, within a black border, so that nothing touches the edge.
    standing: GrayImage,
}

/// Keeps a map `[height, width]` where `choose` keeps the reduced map; it also says whether C1 ∧ C2 was empty.
///
/// # Errors
/// [`Error::Options`](crate::Error::Options) if an option is out of range.
pub fn keep(
    options: &RegionOptions,
    map: &[f32],
    [width, height]: [usize; 2],
    choose: impl FnOnce(&Regions<'_>) -> (Vec<bool>, bool),
) -> Result<Filtered> {
    options.check()?;
    let size = options.size;
    let mut reduced = resize(map, [width, height], [size; 2])?;
    let (kept, fallback) = match Regions::of(options, &reduced) {
        Some(regions) => choose(&regions),
        None => (vec![false; reduced.len()], false),
    };
    reduced.iter_mut().zip(&kept).for_each(|(value, kept)| *value *= f32::from(u8::from(*kept)));
    let columns: Vec<_> = (0..width).map(|x| x * size / width).collect();
    let mut mask = Vec::with_capacity(width * height);
    for y in 0..height {
        let row = &kept[y * size / height * size..][..size];
        mask.extend(columns.iter().map(|&column| u8::from(row[column])));
    }
    Ok(Filtered { map: resize(&reduced, [size; 2], [width, height])?, mask, fallback })
}

impl<'a> Regions<'a> {
    /// The regions of a map; none if its values differ by no more than rounding.
    fn of(options: &'a RegionOptions, map: &'a [f32]) -> Option<Self> {
        let level = level(options, map)?;
        let side = options.size as u32 + 2;
        let standing = GrayImage::from_fn(side, side, |x, y| {
            let inside = (1..side - 1).contains(&x) && (1..side - 1).contains(&y);
            let white = inside && map[(y as usize - 1) * options.size + x as usize - 1] > level;
            Luma([if white { 255 } else { 0 }])
        });
        Some(Self { options, map, standing })
    }

    /// C2, the largest component.
    pub fn component(&self) -> Vec<bool> {
        self.largest(self.components(), self.options.component)
    }

    /// C1, the region inside the largest contour.
    pub fn contour(&self) -> Vec<bool> {
        self.largest(self.contours(), self.options.contour)
    }

    fn components(&self) -> Vec<Vec<bool>> {
        let labels = connected_components(&self.standing, self.options.connectivity, Luma([0]));
        let count = labels.pixels().map(|label| label[0]).max().unwrap_or(0);
        (1..=count).map(|label| self.region(|x, y| labels.get_pixel(x, y)[0] == label)).collect()
    }

    /// The region that each outer contour encloses: everything that can't be reached from the picture's edge without
    /// crossing the contour.
    fn contours(&self) -> Vec<Vec<bool>> {
        let standing = &self.standing;
        let outer =
            find_contours::<u32>(standing).into_iter().filter(|contour| contour.border_type == BorderType::Outer);
        let region = |points: Vec<Point<u32>>| {
            // The contour within a border; everything farther away is outside as well.
            let [columns, rows] =
                [bounds(points.iter().map(|point| point.x)), bounds(points.iter().map(|point| point.y))];
            let mut line = GrayImage::new(columns.len() as u32, rows.len() as u32);
            points.iter().for_each(|point| line.put_pixel(point.x - columns.start, point.y - rows.start, Luma([255])));
            let outside = connected_components(&line, Connectivity::Four, Luma([255]));
            let beyond = *outside.get_pixel(0, 0);
            let is_beyond = |x: u32, y: u32| *outside.get_pixel(x - columns.start, y - rows.start) == beyond;
            let filled = self.options.filled;
            self.region(|x, y| {
                let near = columns.contains(&x) && rows.contains(&y);
                near && !is_beyond(x, y) && (filled || standing.get_pixel(x, y)[0] > 0)
            })
        };
        outer.map(|contour| region(contour.points)).collect()
    }

    /// The pixels for which `inside` holds; its coordinates include the border.
    fn region(&self, inside: impl Fn(u32, u32) -> bool) -> Vec<bool> {
        let side = 1..self.options.size as u32 + 1;
        side.clone().flat_map(|y| side.clone().map(move |x| (x, y))).map(|(x, y)| inside(x, y)).collect()
    }

    /// The largest region, on a tie the first one; an empty region if there is none.
    fn largest(&self, regions: Vec<Vec<bool>>, by: Largest) -> Vec<bool> {
        let size = |region: &[bool]| {
            let values = region.iter().zip(self.map).filter(|(inside, _)| **inside).map(|(_, value)| f64::from(*value));
            match by {
                Largest::Area => values.count() as f64,
                Largest::Peak => values.fold(f64::MIN, f64::max),
                Largest::Total => values.sum(),
            }
        };
        let sizes: Vec<_> = regions.iter().map(|region| size(region)).collect();
        let first_of_largest = (0..regions.len()).rev().max_by(|&a, &b| sizes[a].total_cmp(&sizes[b]));
        first_of_largest.map_or_else(|| vec![false; self.map.len()], |index| regions[index].clone())
    }
}

/// From one before the least of these coordinates to one after the largest.
fn bounds(coordinates: impl Iterator<Item = u32> + Clone) -> Range<u32> {
    let [least, most] = [coordinates.clone().min(), coordinates.max()].map(Option::unwrap_or_default);
    least.saturating_sub(1)..most + 2
}

/// The threshold as a value of the map; none if the map's values differ by no more than rounding.
fn level(options: &RegionOptions, map: &[f32]) -> Option<f32> {
    let (least, most) =
        map.iter().fold((f32::MAX, f32::MIN), |(least, most), &value| (least.min(value), most.max(value)));
    if most - least <= 1e-6 * most.abs().max(least.abs()) {
        return None;
    }
    Some(match options.threshold {
        Threshold::Mean => (map.iter().map(|&value| f64::from(value)).sum::<f64>() / map.len() as f64) as f32,
        Threshold::Fraction(share) => most * share,
        Threshold::Otsu => {
            let (side, step) = (options.size, (most - least) / 255.0);
            let grey = GrayImage::from_fn(side as u32, side as u32, |x, y| {
                Luma([((map[y as usize * side + x as usize] - least) / step) as u8])
            });
            // Greys above Otsu's level stand out, so the threshold is just below the next grey.
            (least + (f32::from(otsu_level(&grey)) + 1.0) * step).next_down()
        }
    })
}
