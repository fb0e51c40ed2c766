//! The head with its pattern, and the eye, in the head's frame: its centre at the origin.

use super::canvas::{Canvas, Owner};
use super::colour::{cover, shade, smooth};
use super::outline::{Pen, Point, ellipse, line_through, loop_through, ribbon};
use super::part::Part;
use super::plumage::{lit, plumage};
use super::pose::Pose;
use super::species::{Head, HeadPattern, Species};

/// A round head with a forehead; its underside lies on the throat.
const OUTLINE: [Point; 9] = [
    (0.245, 0.03),
    (0.20, -0.13),
    (0.07, -0.225),
    (-0.10, -0.215),
    (-0.225, -0.10),
    (-0.245, 0.06),
    (-0.14, 0.20),
    (0.04, 0.235),
    (0.18, 0.16),
];

/// The eye's centre.
const EYE: Point = (0.085, -0.04);

/// Draws the head and its pattern.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    let Head(colour, pattern, accent) = species.head;
    let outline = loop_through(&OUTLINE);
    let head = canvas.coverage(&pose.head, std::slice::from_ref(&outline));
    canvas.paint(Owner::Part(Part::Head), &head, &plumage(pose, &pose.head, colour.rgb(), 0.052));
    let mark = match pattern {
        HeadPattern::Plain => None,
        HeadPattern::Cap => Some(
            Pen::start((0.40, -0.02))
                .curve((0.15, -0.09), (0.02, -0.10), (-0.08, -0.05))
                .curve((-0.15, 0.0), (-0.2, 0.06), (-0.4, 0.08))
                .line((-0.4, -0.5))
                .line((0.4, -0.5))
                .close(),
        ),
        HeadPattern::Mask => Some(
            Pen::start((0.34, -0.02))
                .curve((0.16, -0.14), (0.04, -0.17), (-0.06, -0.10))
                .curve((-0.14, -0.05), (-0.2, -0.03), (-0.36, -0.02))
                .line((-0.36, 0.05))
                .curve((-0.14, 0.09), (-0.02, 0.10), (0.05, 0.08))
                .curve((0.14, 0.07), (0.2, 0.06), (0.34, 0.08))
                .close(),
        ),
        HeadPattern::Brow => {
            let spine = line_through(&[(0.22, -0.07), (0.12, -0.145), (0.0, -0.15), (-0.11, -0.10), (-0.21, -0.01)]);
            Some(ribbon(&spine, |t| 0.075 - 0.03 * t))
        }
        HeadPattern::Cheek => Some(ellipse((-0.03, 0.075), 0.125, 0.085)),
    };
    if let Some(mark) = mark {
        let mark = canvas.coverage(&pose.head, &[mark]).within(&head);
        canvas.paint(Owner::Mark(Part::Head), &mark, &plumage(pose, &pose.head, accent.rgb(), 0.052));
    }
    // The rim fades where the head lies on the throat.
    let back = pose.head.inverse();
    let mut spine = outline.clone();
    spine.extend(outline.first());
    let line = canvas.coverage(&pose.head, &[ribbon(&spine, |_| 0.034)]).within(&head);
    let dark = shade(colour.rgb(), 0.38);
    canvas.paint(Owner::Mark(Part::Head), &line, &move |point| {
        let (x, y) = back.apply(point);
        cover(dark, 0.5 - 0.34 * smooth(0.0, 0.12, y - 0.4 * x))
    });
}

/// Draws the eye: a pale ring, the iris, the pupil and a glint.
pub fn draw_eye(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    let iris = species.eye.rgb();
    let ring = shade(species.head.0.rgb(), 1.45);
    let lit = lit(pose);
    let at = |x: f32, y: f32| (EYE.0 + x, EYE.1 + y);
    canvas.fill(Owner::Part(Part::Eye), &pose.head, &[ellipse(EYE, 0.068, 0.066)], &move |p| {
        cover(shade(ring, lit(p)), 1.0)
    });
    canvas.fill(Owner::Part(Part::Eye), &pose.head, &[ellipse(EYE, 0.056, 0.055)], &move |_| {
        cover(shade(iris, 0.95), 1.0)
    });
    canvas.fill(Owner::Part(Part::Eye), &pose.head, &[ellipse(at(0.006, 0.0), 0.039, 0.041)], &|_| {
        cover([0.07, 0.06, 0.09], 1.0)
    });
    canvas.fill(Owner::Part(Part::Eye), &pose.head, &[ellipse(at(0.018, -0.019), 0.016, 0.016)], &|_| {
        cover([1.0; 3], 0.95)
    });
}
