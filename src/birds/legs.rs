//! The legs, in the bird's upright frame: from the hips to the toes.

use super::canvas::{Canvas, Owner};
use super::colour::{cover, shade};
use super::outline::{Point, line_through, ribbon};
use super::part::Part;
use super::plumage::lit;
use super::pose::Pose;
use super::species::{LegStyle, Legs, Species};

/// Draws both legs, the far one darker. The body comes later and covers the hips.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    for (&(hip, foot), light) in pose.legs.iter().zip([0.80, 1.06]) {
        draw_leg(canvas, pose, species.legs, (hip, foot), light);
    }
}

fn draw_leg(canvas: &mut Canvas, pose: &Pose, legs: Legs, (hip, foot): (Point, Point), light: f32) {
    let Legs(style, colour, second) = legs;
    let (colour, second) = (shade(colour.rgb(), light), shade(second.rgb(), light));
    let lit = lit(pose);
    let frame = &pose.bird;
    let along = |t: f32| (hip.0 + (foot.0 - hip.0) * t, hip.1 + (foot.1 - hip.1) * t);
    let heel = {
        let middle = along(0.45);
        (middle.0 - 0.02, middle.1)
    };
    let shin = ribbon(&line_through(&[hip, heel, foot]), |t| 0.062 - 0.012 * t);
    let mut outlines = vec![shin];
    outlines.extend(toes(foot, pose.flying));
    let ink = move |point: Point| cover(shade(colour, lit(point) + 0.08), 1.0);
    canvas.fill(Owner::Part(Part::Legs), frame, &outlines, &ink);
    let other = super::plumage::lit(pose);
    let paint = move |point: Point| cover(shade(second, other(point) + 0.08), 1.0);
    match style {
        LegStyle::Slim => {}
        LegStyle::Ringed => {
            let rings: Vec<_> =
                [0.42, 0.66, 0.88].iter().map(|&t| ribbon(&[along(t - 0.05), along(t + 0.05)], |_| 0.085)).collect();
            canvas.fill(Owner::Part(Part::Legs), frame, &rings, &paint);
        }
        LegStyle::Trousers => {
            let puff = ribbon(&line_through(&[hip, along(0.4), along(0.78)]), |t| 0.19 - 0.10 * t);
            canvas.fill(Owner::Part(Part::Legs), frame, &[puff], &paint);
        }
    }
}

/// Three toes in front and one behind; curled in flight.
fn toes(foot: Point, flying: bool) -> Vec<Vec<Point>> {
    let ends: [Point; 4] = match flying {
        true => [(-0.10, 0.02), (-0.09, 0.055), (-0.07, 0.085), (-0.03, 0.07)],
        false => [(0.13, 0.012), (0.10, 0.045), (0.045, 0.062), (-0.075, 0.03)],
    };
    let toe = |end: &Point| {
        let knuckle = (foot.0 + 0.55 * end.0, foot.1 + 0.55 * end.1 - 0.022);
        ribbon(&line_through(&[foot, knuckle, (foot.0 + end.0, foot.1 + end.1)]), |t| 0.046 - 0.014 * t)
    };
    ends.iter().map(toe).collect()
}
