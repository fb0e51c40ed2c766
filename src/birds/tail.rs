//! The tail, in its own frame: from the root backwards along x.

use super::canvas::Canvas;
use super::part::Part;
use super::plumage::Feather;
use super::pose::Pose;
use super::species::{Species, Tail, TailShape};

/// Draws the tail, outer feathers first.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    let Tail(shape, colour, tip) = species.tail;
    let (colour, tip) = (colour.rgb(), tip.rgb());
    let mut feathers: Vec<(Feather, f32)> = Vec::new();
    let mut add = |degrees: f32, length: f32, width: f32, point: f32, end: f32| {
        // Symmetric pairs, the lower one first.
        for side in if degrees == 0.0 { &[1.0][..] } else { &[-1.0, 1.0] } {
            let root = (-0.06, 0.0008 * degrees * side);
            feathers.push((Feather { root, degrees: degrees * side, length, width, point }, end));
        }
    };
    match shape {
        TailShape::Short => {
            add(9.0, 0.30, 0.12, 0.0, 0.80);
            add(4.0, 0.34, 0.13, 0.0, 0.80);
            add(0.0, 0.36, 0.14, 0.0, 0.80);
        }
        TailShape::Long => {
            add(7.0, 0.52, 0.09, 0.3, 0.84);
            add(3.0, 0.66, 0.10, 0.3, 0.84);
            add(0.0, 0.74, 0.11, 0.3, 0.84);
        }
        TailShape::Forked => {
            add(17.0, 0.68, 0.12, 0.9, 0.70);
            add(11.0, 0.46, 0.12, 0.6, 2.0);
            add(4.0, 0.32, 0.13, 0.3, 2.0);
        }
        TailShape::Fan => {
            add(38.0, 0.44, 0.16, 0.0, 0.78);
            add(26.0, 0.46, 0.16, 0.0, 0.78);
            add(13.0, 0.48, 0.16, 0.0, 0.78);
            add(0.0, 0.49, 0.16, 0.0, 0.78);
        }
    }
    for (feather, end) in feathers {
        feather.draw(canvas, pose, &pose.tail, Part::Tail, colour, (end, tip));
    }
}
