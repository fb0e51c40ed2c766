//! The order in which a map's pixels are shown or hidden.

use super::{finite, sortable};
use crate::sentence::say;
use crate::words::words;
use crate::{Error, Result};

words! {
    /// How cells with the same value are ordered. A filtered map is zero over most of the picture, so this decides much
    /// of its curve.
    #[derive(PartialOrd, Ord)]
    pub enum Ties {
        /// One after another, row by row from the upper left: a stable sort.
        Stable = "stable",
        /// All of them at the point that reaches the first of them.
        Together = "together",
    }
}

/// A map's cells, sorted by value with the largest first.
///
/// A cell is a square patch of pixels (a single pixel for most protocols); its value is the largest in the patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// For each pixel `[H, W]`: the rank of its cell, 0 for the largest value.
    places: Vec<usize>,
    /// For each rank: where the run of cells with the same value ends.
    ends: Vec<usize>,
}

impl Order {
    /// Sorts a map `[height, width]` in patches of `side` × `side` pixels. 0 and −0 count as equal.
    ///
    /// # Errors
    /// [`Error::Picture`] if the map doesn't have width·height finite values; [`Error::Options`] if the sides are not
    /// multiples of the patches'.
    pub fn new(map: &[f32], width: usize, height: usize, side: usize) -> Result<Self> {
        if map.is_empty() || width.checked_mul(height) != Some(map.len()) {
            let found = map.len();
            return Err(Error::Picture(crate::filter::map_size(width, height, found)));
        }
        finite(map)?;
        if side == 0 || !width.is_multiple_of(side) || !height.is_multiple_of(side) {
            return Err(Error::Options(say!(
                "patches",
                "patches of {side}×{side} pixels don't fill {width}×{height}",
                side,
                width,
                height
            )));
        }
        let columns = width / side;
        let cell = |pixel: usize| pixel / width / side * columns + pixel % width / side;
        let mut values = vec![f32::NEG_INFINITY; map.len() / (side * side)];
        for (pixel, &value) in map.iter().enumerate() {
            let most = &mut values[cell(pixel)];
            *most = most.max(sortable(value));
        }
        let mut cells: Vec<usize> = (0..values.len()).collect();
        cells.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let mut place_of = vec![0; cells.len()];
        let mut ends = vec![cells.len(); cells.len()];
        for (place, &at) in cells.iter().enumerate() {
            place_of[at] = place;
        }
        for place in (1..cells.len()).rev() {
            ends[place - 1] = if values[cells[place - 1]] == values[cells[place]] { ends[place] } else { place };
        }
        Ok(Self { places: (0..map.len()).map(|pixel| place_of[cell(pixel)]).collect(), ends })
    }

    /// The number of cells.
    pub fn cells(&self) -> usize {
        self.ends.len()
    }

    /// How many cells have changed once it is the turn of the first `count`.
    pub fn reach(&self, count: usize, ties: Ties) -> usize {
        match ties {
            Ties::Stable => count.min(self.cells()),
            Ties::Together => count.min(self.cells()).checked_sub(1).map_or(0, |last| self.ends[last]),
        }
    }

    /// For each pixel `[H, W]`, whether its cell is among the first `reach`.
    pub fn first(&self, reach: usize) -> impl Iterator<Item = bool> + Clone + '_ {
        self.places.iter().map(move |&place| place < reach)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(order: &Order, count: usize, ties: Ties) -> Vec<u8> {
        order.first(order.reach(count, ties)).map(u8::from).collect()
    }

    #[test]
    fn equals_enter_in_rows_or_together() {
        let order = Order::new(&[0.0, 3.0, -0.0, 1.0, 0.0, 3.0], 3, 2, 1).unwrap();
        assert_eq!(first(&order, 1, Ties::Stable), [0, 1, 0, 0, 0, 0]);
        assert_eq!(first(&order, 1, Ties::Together), [0, 1, 0, 0, 0, 1]);
        assert_eq!(first(&order, 4, Ties::Stable), [1, 1, 0, 1, 0, 1]);
        assert_eq!(first(&order, 4, Ties::Together), [1; 6]);
        assert_eq!(first(&order, 0, Ties::Together), [0; 6]);
        assert_eq!(first(&order, 99, Ties::Stable), [1; 6]);
    }

    #[test]
    fn a_patch_is_as_strong_as_its_strongest_pixel() {
        let order = Order::new(&[0.0, 0.0, 0.0, 5.0, 1.0, 0.0, 0.0, 0.0], 4, 2, 2).unwrap();
        assert_eq!(order.cells(), 2);
        assert_eq!(first(&order, 1, Ties::Stable), [0, 0, 1, 1, 0, 0, 1, 1]);
    }

    #[test]
    fn what_has_no_order_is_refused() {
        assert!(matches!(Order::new(&[], 0, 0, 1), Err(Error::Picture(_))));
        assert!(matches!(Order::new(&[0.0; 3], 2, 2, 1), Err(Error::Picture(_))));
        assert!(matches!(Order::new(&[0.0, f32::NAN], 2, 1, 1), Err(Error::Picture(_))));
        assert!(matches!(Order::new(&[0.0; 6], 3, 2, 2), Err(Error::Options(_))));
        assert!(matches!(Order::new(&[0.0; 6], 3, 2, 0), Err(Error::Options(_))));
    }
}
