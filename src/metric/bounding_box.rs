//! Bounding boxes in whole pixels.

use serde::{Deserialize, Serialize};

use crate::resample::Crop;

/// A bounding box in whole pixels, such as the smallest box around a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoundingBox {
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Number of columns.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
}

impl BoundingBox {
    /// The smallest box around a mask's pixels (values other than 0), for a mask with rows of this width; none if the
    /// mask is empty.
    pub fn of(mask: &[u8], width: usize) -> Option<Self> {
        let mut edges: Option<[usize; 4]> = None;
        for at in (0..mask.len()).filter(|&at| mask[at] != 0) {
            let (x, y) = (at % width, at / width);
            let [left, top, right, bottom] = edges.unwrap_or([x, y, x, y]);
            edges = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
        }
        edges.map(|[x, y, right, bottom]| Self { x, y, width: right + 1 - x, height: bottom + 1 - y })
    }

    /// Number of pixels.
    pub fn area(&self) -> usize {
        self.width * self.height
    }

    /// Intersection over union, 0 to 1; 0 for two empty boxes.
    pub fn iou(&self, other: &Self) -> f64 {
        let along = |one: usize, length: usize, two: usize, other: usize| {
            (one + length).min(two + other).saturating_sub(one.max(two))
        };
        let both = along(self.x, self.width, other.x, other.width) * along(self.y, self.height, other.y, other.height);
        share(both, self.area() + other.area() - both)
    }

    /// The box in the picture's pixels, for a map [height, width] that covers a part of the picture.
    pub fn within(&self, crop: Crop, [height, width]: [usize; 2]) -> Crop {
        let (across, down) = (crop.width / width as f64, crop.height / height as f64);
        Crop {
            x: crop.x + self.x as f64 * across,
            y: crop.y + self.y as f64 * down,
            width: self.width as f64 * across,
            height: self.height as f64 * down,
        }
    }
}

/// `part` as a share of `all`; 0 if `all` is 0.
pub(super) fn share(part: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_overlap_by_their_share() {
        let one = BoundingBox { x: 0, y: 0, width: 4, height: 2 };
        let other = BoundingBox { x: 2, y: 1, width: 4, height: 3 };
        assert_eq!((one.iou(&other), one.iou(&one)), (2.0 / 18.0, 1.0));
        assert_eq!(one.iou(&BoundingBox { x: 4, ..one }), 0.0);
        assert_eq!(BoundingBox::of(&[0, 0, 0, 1, 1, 0], 3), Some(BoundingBox { x: 0, y: 1, width: 2, height: 1 }));
        assert_eq!(BoundingBox::of(&[0; 6], 3), None);
    }

    #[test]
    fn a_box_lies_where_the_map_lies_in_the_picture() {
        let crop = Crop { x: 10.0, y: -4.0, width: 8.0, height: 16.0 };
        let bounds = BoundingBox { x: 1, y: 2, width: 2, height: 1 };
        let expected = Crop { x: 12.0, y: 4.0, width: 4.0, height: 4.0 };
        assert_eq!(bounds.within(crop, [4, 4]), expected);
    }
}
