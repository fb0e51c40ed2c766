//! The body, with the breast on it.

use super::canvas::{Canvas, Owner};
use super::colour::{Rgb, cover, shade};
use super::coverage::Coverage;
use super::outline::{Point, ellipse, loop_through, ribbon};
use super::part::Part;
use super::plumage::{lit, plumage, rim};
use super::pose::Pose;
use super::random::{Random, Stream};
use super::species::{Breast, BreastPattern, Species};

/// An egg from the throat to the rump, in the body's frame.
const OUTLINE: [Point; 12] = [
    (-0.56, -0.05),
    (-0.32, -0.17),
    (-0.02, -0.27),
    (0.22, -0.36),
    (0.42, -0.40),
    (0.57, -0.22),
    (0.575, 0.02),
    (0.44, 0.21),
    (0.16, 0.31),
    (-0.15, 0.26),
    (-0.42, 0.12),
    (-0.57, 0.04),
];

/// The breast: the front and underside; what lies outside of the body is cut off.
const BREAST: [Point; 9] = [
    (0.30, -0.36),
    (0.44, -0.12),
    (0.33, 0.02),
    (0.12, 0.12),
    (-0.14, 0.17),
    (-0.36, 0.24),
    (-0.10, 0.55),
    (0.70, 0.40),
    (0.80, -0.30),
];

/// Draws the body, then the breast.
///
/// Both end at the same silhouette. No body is painted under the breast, except for a narrow seam along the breast's
/// inner edge: otherwise the body's colour would shine through the antialiased silhouette, far from any mask of the
/// body. A bird whose breast is left out has a whole body.
pub fn draw(canvas: &mut Canvas, pose: &Pose, species: &Species, seed: u64) {
    let outline = loop_through(&OUTLINE);
    let whole = canvas.coverage(&pose.body, std::slice::from_ref(&outline));
    let bib = loop_through(&BREAST);
    let mut body = whole.clone();
    if !canvas.leaves_out(Part::Breast) {
        let seam = canvas.coverage(&pose.body, &[ribbon(&bib, |_| 0.05)]);
        let under = canvas.coverage(&pose.body, std::slice::from_ref(&bib)).outside(&seam);
        body = body.outside(&under);
    }
    let colour = species.body.rgb();
    canvas.paint(Owner::Part(Part::Body), &body, &plumage(pose, &pose.body, colour, 0.075));
    rim(canvas, &pose.body, Part::Body, &outline, &body, colour);
    let region = canvas.coverage(&pose.body, &[bib]).within(&whole);
    draw_breast(canvas, pose, species.breast, &outline, &region, seed);
}

fn draw_breast(canvas: &mut Canvas, pose: &Pose, breast: Breast, outline: &[Point], region: &Coverage, seed: u64) {
    let Breast(colour, pattern, accent) = breast;
    canvas.paint(Owner::Part(Part::Breast), region, &plumage(pose, &pose.body, colour.rgb(), 0.065));
    let marks = match pattern {
        BreastPattern::Plain => Vec::new(),
        BreastPattern::Spots => spots(seed),
        BreastPattern::Streaks => streaks(seed),
        BreastPattern::Band => vec![ribbon(&[(0.28, -0.20), (0.38, -0.02), (0.52, 0.07), (0.72, 0.06)], |_| 0.15)],
    };
    if !marks.is_empty() {
        let marks = canvas.coverage(&pose.body, &marks).within(region);
        let (lit, accent) = (lit(pose), accent.rgb());
        canvas.paint(Owner::Mark(Part::Breast), &marks, &move |point| cover(shade(accent, lit(point)), 0.96));
    }
    rim(canvas, &pose.body, Part::Breast, outline, region, soft(colour.rgb()));
}

/// The rim of a pale breast, which is paler than the body's.
fn soft(colour: Rgb) -> Rgb {
    shade(colour, 0.9)
}

/// Drops in staggered rows, slightly displaced.
fn spots(seed: u64) -> Vec<Vec<Point>> {
    let mut random = Random::new(seed, Stream::Breast);
    let mut spots = Vec::new();
    for row in 0..5 {
        for column in 0..9 {
            let stagger = if row % 2 == 0 { 0.0 } else { 0.055 };
            let x = 0.60 - 0.11 * column as f32 + stagger + random.between(-0.012, 0.012);
            let y = -0.14 + 0.105 * row as f32 + random.between(-0.012, 0.012);
            spots.push(ellipse((x, y), random.between(0.032, 0.038), random.between(0.026, 0.032)));
        }
    }
    spots
}

/// Tapered streaks that follow the belly from the throat backwards.
fn streaks(seed: u64) -> Vec<Vec<Point>> {
    let mut random = Random::new(seed, Stream::Breast);
    (0..5)
        .map(|index| {
            let out = 0.095 * index as f32;
            let shift = random.between(-0.012, 0.012);
            let spine = [
                (0.36 + 0.6 * out, -0.22 + 0.1 * out + shift),
                (0.40 + 0.55 * out, -0.02 + 0.35 * out + shift),
                (0.24 + 0.35 * out, 0.10 + 0.6 * out),
                (0.0, 0.16 + 0.62 * out + shift),
                (-0.26 - 0.1 * out, 0.19 + 0.35 * out),
            ];
            let spine = super::outline::line_through(&spine);
            ribbon(&spine, |t| 0.050 * (4.0 * t * (1.0 - t)).sqrt().min(1.0) + 0.004)
        })
        .collect()
}
