//! The beak, in the head's frame; the head is drawn over the beak's root, near (0.2, 0.03).

use super::canvas::{Canvas, Owner};
use super::colour::{cover, shade};
use super::outline::{Pen, Point};
use super::part::Part;
use super::plumage::lit;
use super::pose::Pose;
use super::species::{Beak, BeakShape, Species};

/// The outlines of the upper and the lower half, which meet along the gape.
fn halves(shape: BeakShape) -> [Vec<Point>; 2] {
    match shape {
        BeakShape::Cone => [
            Pen::start((0.185, -0.085)).bend((0.36, -0.06), (0.455, 0.055)).bend((0.3, 0.035), (0.18, 0.055)).close(),
            Pen::start((0.18, 0.05)).bend((0.32, 0.035), (0.43, 0.06)).bend((0.32, 0.14), (0.18, 0.135)).close(),
        ],
        BeakShape::Long => [
            Pen::start((0.19, -0.05)).bend((0.36, -0.01), (0.62, 0.03)).bend((0.36, 0.045), (0.18, 0.042)).close(),
            Pen::start((0.18, 0.038)).bend((0.38, 0.04), (0.60, 0.034)).bend((0.36, 0.085), (0.18, 0.095)).close(),
        ],
        BeakShape::Hooked => [
            Pen::start((0.16, -0.12))
                .curve((0.36, -0.15), (0.46, -0.02), (0.40, 0.20))
                .curve((0.38, 0.10), (0.34, 0.065), (0.17, 0.065))
                .close(),
            Pen::start((0.17, 0.06)).bend((0.30, 0.06), (0.335, 0.085)).bend((0.30, 0.18), (0.16, 0.145)).close(),
        ],
        BeakShape::Flat => [
            Pen::start((0.18, -0.075))
                .curve((0.30, -0.02), (0.36, -0.03), (0.44, -0.045))
                .curve((0.58, -0.05), (0.60, 0.05), (0.52, 0.055))
                .curve((0.40, 0.05), (0.30, 0.055), (0.17, 0.055))
                .close(),
            Pen::start((0.17, 0.05))
                .curve((0.30, 0.05), (0.40, 0.05), (0.52, 0.055))
                .curve((0.50, 0.115), (0.40, 0.11), (0.17, 0.115))
                .close(),
        ],
        BeakShape::Curved => [
            Pen::start((0.18, -0.06))
                .curve((0.34, -0.07), (0.52, -0.02), (0.565, 0.26))
                .curve((0.48, 0.08), (0.36, 0.03), (0.17, 0.04))
                .close(),
            Pen::start((0.17, 0.035))
                .curve((0.36, 0.025), (0.49, 0.09), (0.555, 0.24))
                .curve((0.44, 0.12), (0.34, 0.085), (0.17, 0.105))
                .close(),
        ],
    }
}

/// Draws the beak.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    let Beak(shape, colour) = species.beak;
    let [upper, lower] = halves(shape);
    let colour = colour.rgb();
    let frame = pose.head.at((0.035, 0.0));
    let back = frame.inverse();
    let lit = lit(pose);
    let owner = Owner::Part(Part::Beak);
    canvas.fill(owner, &frame, &[lower], &|point| cover(shade(colour, 0.72 * lit(point)), 1.0));
    canvas.fill(owner, &frame, &[upper], &|point| {
        let (x, y) = back.apply(point);
        // A lit ridge, and a darker root and gape.
        let light = 1.18 - 2.6 * (y + 0.05).max(0.0) - 0.5 * (0.24 - x).max(0.0) / 0.08;
        cover(shade(colour, light.max(0.7) * lit(point)), 1.0)
    });
    let nostril = super::outline::ellipse((0.262, -0.006), 0.018, 0.009);
    let nostril = canvas.coverage(&frame, &[nostril]);
    canvas.paint(Owner::Mark(Part::Beak), &nostril, &|_| cover(shade(colour, 0.3), 0.8));
}
