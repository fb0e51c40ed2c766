//! The wings, each in its own frame: folded along the body (x forward), or raised along -y.

use super::canvas::{Canvas, Owner};
use super::colour::{Rgb, cover, shade, smooth};
use super::coverage::Coverage;
use super::outline::{Frame, Pen, Point, ellipse, line_through, loop_through, ribbon};
use super::part::Part;
use super::plumage::{Feather, plumage, rim};
use super::pose::Pose;
use super::species::{Species, Wing, WingPattern};

const PART: Owner = Owner::Part(Part::Wing);
const MARK: Owner = Owner::Mark(Part::Wing);

/// Draws the wing behind the body, in flight.
pub fn draw_far(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    if pose.flying {
        draw_raised(canvas, pose, &pose.far_wing, species.wing, 0.84);
    }
}

/// Draws the near wing, which is seen in full.
pub fn draw_near(canvas: &mut Canvas, pose: &Pose, species: &Species) {
    if pose.flying {
        draw_raised(canvas, pose, &pose.wing, species.wing, 1.0);
    } else {
        draw_folded(canvas, pose, species.wing);
    }
}

/// Paints a pattern's outlines within the wing.
fn mark(canvas: &mut Canvas, pose: &Pose, frame: &Frame, outlines: &[Vec<Point>], wing: &Coverage, colour: Rgb) {
    let marks = canvas.coverage(frame, outlines).within(wing);
    canvas.paint(MARK, &marks, &plumage(pose, frame, colour, 0.07));
}

fn draw_folded(canvas: &mut Canvas, pose: &Pose, wing: Wing) {
    let Wing(colour, pattern, accent) = wing;
    let (colour, accent) = (colour.rgb(), accent.rgb());
    let frame = &pose.wing;
    let outline = line_through(&[
        (-0.92, 0.12),
        (-0.66, 0.165),
        (-0.42, 0.205),
        (-0.18, 0.205),
        (0.0, 0.13),
        (0.065, 0.02),
        (0.01, -0.10),
        (-0.16, -0.145),
        (-0.42, -0.09),
        (-0.68, 0.01),
        (-0.92, 0.12),
    ]);
    let base = canvas.coverage(frame, std::slice::from_ref(&outline));
    let feathers = plumage(pose, frame, colour, 0.085);
    let back = frame.inverse();
    canvas.paint(PART, &base, &move |point| {
        // The long feathers at the back: no rows there, and slightly darker.
        let [r, g, b, alpha] = feathers(point);
        let (x, y) = back.apply(point);
        cover(shade([r, g, b], 1.0 - 0.22 * smooth(-0.15, -0.4, x + 0.4 * y)), alpha)
    });
    match pattern {
        WingPattern::Plain => {}
        WingPattern::Bars => {
            let bar = |x: f32| {
                ribbon(&line_through(&[(x + 0.09, -0.20), (x, 0.0), (x - 0.02, 0.12), (x + 0.04, 0.30)]), |_| 0.072)
            };
            mark(canvas, pose, frame, &[bar(-0.17), bar(-0.36)], &base, accent);
        }
        WingPattern::Patch => {
            let patch = Pen::start((-0.14, 0.02))
                .curve((-0.22, -0.08), (-0.46, -0.06), (-0.56, 0.04))
                .curve((-0.50, 0.16), (-0.24, 0.18), (-0.14, 0.02))
                .close();
            mark(canvas, pose, frame, &[patch], &base, accent);
        }
        WingPattern::Tips => {
            let tips = Pen::start((-0.50, -0.3))
                .bend((-0.62, 0.05), (-0.46, 0.4))
                .line((-1.1, 0.4))
                .line((-1.1, -0.3))
                .close();
            mark(canvas, pose, frame, &[tips], &base, accent);
        }
    }
    // The gaps between the long feathers.
    let gaps: Vec<_> = (0..6)
        .map(|index| {
            let t = index as f32 / 5.0;
            let spine =
                [(-0.22 - 0.06 * t, 0.15 - 0.20 * t), (-0.48, 0.155 - 0.15 * t), (-0.74 - 0.1 * t, 0.145 - 0.05 * t)];
            ribbon(&line_through(&spine), |s| 0.016 * (1.0 - 0.5 * s))
        })
        .collect();
    let gaps = canvas.coverage(frame, &gaps).within(&base);
    let dark = shade(colour, 0.4);
    canvas.paint(MARK, &gaps, &move |_| cover(dark, 0.42));
    rim(canvas, frame, Part::Wing, &outline, &base, colour);
}

/// The long feathers from the body to the tip: root, direction and length.
fn long_feathers() -> Vec<Feather> {
    (0..11)
        .map(|index| {
            let t = index as f32 / 10.0;
            // Along the arm to the wrist, then along the hand.
            let root = if t < 0.5 {
                (0.02 + 0.24 * t, -0.84 * t)
            } else {
                (0.14 - 0.14 * (t - 0.5), -0.42 - 0.20 * (t - 0.5))
            };
            Feather {
                root,
                degrees: -200.0 + 100.0 * t * (0.55 + 0.45 * t),
                length: 0.34 + 0.12 * t,
                width: 0.15 - 0.03 * t,
                point: 0.1 + 0.3 * t,
            }
        })
        .collect()
}

fn draw_raised(canvas: &mut Canvas, pose: &Pose, frame: &Frame, wing: Wing, light: f32) {
    let Wing(colour, pattern, accent) = wing;
    let (colour, accent) = (shade(colour.rgb(), light), shade(accent.rgb(), light));
    let end = if pattern == WingPattern::Tips { (0.60, accent) } else { (2.0, accent) };
    let mut outlines = Vec::new();
    for feather in long_feathers() {
        feather.draw(canvas, pose, frame, Part::Wing, shade(colour, 0.92), end);
        outlines.push(super::outline::feather(
            feather.root,
            feather.degrees,
            feather.length,
            feather.width,
            feather.point,
        ));
    }
    for long in long_feathers() {
        let short = Feather { length: 0.52 * long.length, width: 1.1 * long.width, point: 0.0, ..long };
        short.draw(canvas, pose, frame, Part::Wing, shade(colour, 1.03), (2.0, accent));
    }
    // The arm, with a rounded shoulder that lies on the body.
    let arm = loop_through(&[
        (-0.17, 0.17),
        (0.02, 0.20),
        (0.13, 0.06),
        (0.16, -0.16),
        (0.20, -0.40),
        (0.13, -0.62),
        (0.07, -0.50),
        (0.03, -0.28),
        (-0.12, -0.04),
        (-0.26, 0.08),
    ]);
    outlines.push(arm.clone());
    let whole = canvas.coverage(frame, &outlines);
    canvas.fill(PART, frame, &[arm], &plumage(pose, frame, shade(colour, 1.08), 0.07));
    match pattern {
        WingPattern::Plain | WingPattern::Tips => {}
        WingPattern::Bars => {
            let bar = |away: f32| {
                let spine = [
                    (-0.08 - away, 0.10),
                    (0.05 - away, -0.2),
                    (0.08 - 0.9 * away, -0.42),
                    (0.06 - 0.4 * away, -0.60 - 0.3 * away),
                ];
                ribbon(&line_through(&spine), |_| 0.072)
            };
            mark(canvas, pose, frame, &[bar(0.05), bar(0.20)], &whole, accent);
        }
        WingPattern::Patch => mark(canvas, pose, frame, &[ellipse((-0.06, -0.34), 0.14, 0.20)], &whole, accent),
    }
}
