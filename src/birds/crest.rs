//! The crest, in the head's frame; the head is drawn over the crest's roots.

use super::canvas::{Canvas, Owner};
use super::colour::{blend, cover, shade, smooth};
use super::outline::{Pen, Point, ellipse, line_through, ribbon};
use super::part::Part;
use super::plumage::{Feather, lit};
use super::pose::Pose;
use super::species::{Crest, CrestShape, Species};

/// Draws the crest, if the species has one.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    let Crest(shape, colour, tip) = species.crest;
    let (colour, tip) = (colour.rgb(), tip.rgb());
    match shape {
        CrestShape::None => {}
        CrestShape::Tuft => {
            // A swept-back sheet with a notched rear edge, and a lighter one on it.
            let outer = Pen::start((0.17, -0.13))
                .curve((0.06, -0.33), (-0.14, -0.38), (-0.43, -0.43))
                .bend((-0.31, -0.33), (-0.28, -0.27))
                .bend((-0.34, -0.24), (-0.38, -0.22))
                .bend((-0.27, -0.16), (-0.2, -0.02))
                .close();
            let inner = Pen::start((0.08, -0.17))
                .curve((-0.02, -0.28), (-0.16, -0.32), (-0.34, -0.35))
                .curve((-0.25, -0.27), (-0.22, -0.18), (-0.18, -0.06))
                .close();
            sheet(canvas, pose, outer, (shade(colour, 0.84), tip, 0.40));
            sheet(canvas, pose, inner, (shade(colour, 1.04), tip, 0.40));
        }
        CrestShape::Fan => {
            for index in 0..6 {
                let t = index as f32 / 5.0;
                let feather = Feather {
                    root: (0.05 - 0.13 * t, -0.10),
                    degrees: -48.0 - 112.0 * t,
                    length: 0.40 - 0.05 * (2.0 * t - 1.0) * (2.0 * t - 1.0),
                    width: 0.13,
                    point: 0.25,
                };
                feather.draw(canvas, pose, &pose.head, Part::Crest, colour, (0.78, tip));
            }
        }
        CrestShape::Mohawk => {
            for index in 0..6 {
                let t = index as f32 / 5.0;
                let degrees = -70.0 - 85.0 * t;
                let feather = Feather {
                    root: (0.12 - 0.27 * t, -0.13 + 0.10 * t * t),
                    degrees,
                    length: 0.27 - 0.10 * (t - 0.4) * (t - 0.4),
                    width: 0.10,
                    point: 1.0,
                };
                feather.draw(canvas, pose, &pose.head, Part::Crest, colour, (0.62, tip));
            }
        }
        CrestShape::Plume => {
            for (lean, drop) in [(-0.02, 0.065), (0.12, 0.08)] {
                let spine = [(-0.02, -0.17), (-0.05 + lean, -0.38), (0.06 + lean, -0.50), (0.17 + lean, -0.44)];
                let (spine, end) = (line_through(&spine), spine[3]);
                let stalk = ribbon(&spine, |t| 0.046 + 0.012 * t);
                sheet(canvas, pose, stalk, (colour, colour, 9.0));
                sheet(canvas, pose, ellipse((end.0, end.1 + 0.03), drop, 1.15 * drop), (tip, tip, 9.0));
            }
        }
    }
}

/// Draws an outline in one colour, with another colour from a distance to the head's centre on.
fn sheet(canvas: &mut Canvas, pose: &Pose, outline: Vec<Point>, (colour, tip, from): ([f32; 3], [f32; 3], f32)) {
    let (back, lit) = (pose.head.inverse(), lit(pose));
    canvas.fill(Owner::Part(Part::Crest), &pose.head, &[outline], &move |point| {
        let (x, y) = back.apply(point);
        let away = (x * x + y * y).sqrt();
        cover(shade(blend(colour, tip, smooth(from, from + 0.05, away)), lit(point) - 0.1), 1.0)
    });
}
