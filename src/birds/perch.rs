//! The bird's perch, and the leaves in front of it.

use super::canvas::{Canvas, Owner};
use super::clutter::leaf;
use super::colour::{Rgb, blend, cover, rgb, shade, smooth};
use super::outline::{Frame, Point, line_through, ribbon};
use super::pose::{FEET, Pose};
use super::random::{Random, Stream, noise};
use super::scene::Place;

/// Draws a branch, a post or a stone under the feet; nothing for a flying bird.
pub fn draw(canvas: &mut Canvas, pose: &Pose, place: Place, seed: u64) {
    if pose.flying {
        return;
    }
    let mut random = Random::new(seed, Stream::Perch);
    canvas.begin();
    let middle = (0.5 * (pose.legs[0].1.0 + pose.legs[1].1.0) + 0.03, FEET + 0.02);
    let feet = pose.bird.apply(middle);
    match (place, random.below(3)) {
        (Place::Shore | Place::Dune, 0 | 1) => stone(canvas, &mut random, feet, pose.unit),
        (Place::Shore | Place::Meadow, _) => post(canvas, &mut random, feet, pose.unit),
        _ => branch(canvas, &mut random, pose, middle),
    }
}

/// Bark: streaks along a frame's x, lit from above.
fn bark(frame: &Frame, colour: Rgb, thickness: f32) -> impl Fn(Point) -> [f32; 4] + use<> {
    let back = frame.inverse();
    move |point| {
        let (x, y) = back.apply(point);
        let streak = noise(x * 5.0, y * 34.0, 7) - 0.5;
        let light = 1.0 - 0.42 * y / thickness + 0.30 * streak;
        cover(shade(colour, light.clamp(0.6, 1.3)), 1.0)
    }
}

fn branch(canvas: &mut Canvas, random: &mut Random, pose: &Pose, (x, y): Point) {
    let thickness = random.between(0.10, 0.17);
    let slope = random.between(-14.0, 14.0);
    let frame = pose.bird.at((x, y + 0.42 * thickness)).turned(slope);
    // Flat under the feet, bent beyond them, thinner towards one end.
    let bends = [random.between(-0.35, 0.35), random.between(-0.25, 0.25)];
    let spine = line_through(&[
        (-3.2, bends[0]),
        (-1.2, 0.3 * bends[0]),
        (-0.3, 0.0),
        (0.3, 0.0),
        (1.2, 0.3 * bends[1]),
        (3.2, bends[1]),
    ]);
    let taper = random.between(-0.3, 0.3);
    let colour = blend(rgb(0x7a5c45), rgb(0x5b5148), random.fraction());
    let twigs = 1 + random.below(3);
    for _ in 0..twigs {
        let root = random.between(0.5, 1.4) * if random.chance(0.5) { 1.0 } else { -1.0 };
        let (dx, dy) = (random.between(0.2, 0.5), random.between(-0.5, 0.5));
        let end = (root + dx, dy);
        let twig = ribbon(&line_through(&[(root, 0.0), (root + 0.5 * dx, 0.7 * dy), end]), |t| 0.05 * (1.0 - 0.6 * t));
        canvas.fill(Owner::Object, &frame, &[twig], &bark(&frame, colour, thickness));
        let green = foliage(random);
        leaf(
            canvas,
            &frame.at(end).turned(random.between(-50.0, 50.0)).at((0.12, 0.0)).scaled(0.15, 0.12),
            0.15 * pose.unit,
            green,
        );
    }
    let outline = ribbon(&spine, |t| thickness * (1.0 + taper * (t - 0.5) + 0.06 * (noise(t * 24.0, 0.0, 5) - 0.5)));
    canvas.fill(Owner::Object, &frame, &[outline], &bark(&frame, colour, thickness));
}

fn post(canvas: &mut Canvas, random: &mut Random, feet: Point, unit: f32) {
    let frame = Frame::IDENTITY.at(feet).turned(90.0 + random.between(-5.0, 5.0)).scaled(unit, unit);
    let width = random.between(0.38, 0.5);
    let colour = blend(rgb(0x9b866c), rgb(0x6d5a48), random.fraction());
    let outline =
        vec![(0.0, -0.5 * width), (-0.03, 0.1 * width), (0.02, 0.5 * width), (5.0, 0.55 * width), (5.0, -0.55 * width)];
    canvas.fill(Owner::Object, &frame, &[outline], &bark(&frame, colour, 2.0 * width));
}

fn stone(canvas: &mut Canvas, random: &mut Random, feet: Point, unit: f32) {
    let frame = Frame::IDENTITY.at(feet).scaled(unit, unit);
    let (width, height) = (random.between(0.5, 0.8), random.between(0.35, 0.6));
    let colour = blend(rgb(0xa3a09a), rgb(0xb29f84), random.fraction());
    let outline = line_through(&[
        (-width - 0.1, height),
        (-width, 0.5 * height),
        (-0.55 * width, 0.02),
        (0.0, -0.01),
        (0.5 * width, 0.02),
        (0.95 * width, 0.4 * height),
        (width + 0.1, height),
        (0.0, 1.15 * height),
        (-width - 0.1, height),
    ]);
    let back = frame.inverse();
    canvas.fill(Owner::Object, &frame, &[outline], &move |point| {
        let (x, y) = back.apply(point);
        let grain = noise(x * 12.0, y * 12.0, 3) - 0.5;
        let side = smooth(-1.0, 1.0, x);
        cover(shade(colour, 1.2 - 0.5 * y / height - 0.2 * side + 0.18 * grain), 1.0)
    });
}

/// A colour of leaves.
fn foliage(random: &mut Random) -> Rgb {
    rgb(random.one_of([0x6f9440, 0x88a94c, 0x4f7a48, 0xa9a845, 0xb9803c, 0x5d8a68]))
}

/// Draws up to five leaves in front of the bird.
///
/// A leaf is left out if it would cover more than a third of a part's marks (or any mark of a beak, crest or head), so
/// that each part stays visible.
pub fn draw_leaves(canvas: &mut Canvas, pose: &Pose, seed: u64) {
    let mut random = Random::new(seed, Stream::Leaves);
    let marks = pose.marks();
    let mut covered = vec![0; marks.len()];
    for _ in 0..random.below(6) {
        let at = pose.body.apply((random.between(-0.95, 0.55), random.between(-0.40, 0.55)));
        let size = random.between(0.13, 0.22);
        let degrees = random.between(-180.0, 180.0);
        let colour = foliage(&mut random);
        let frame = Frame::IDENTITY.at(at).turned(degrees).scaled(size * pose.unit, size * pose.unit);
        let back = frame.inverse();
        let under = |point: &&Point| {
            let (x, y) = back.apply(**point);
            x * x + 2.2 * y * y < 1.5
        };
        let counts: Vec<usize> = marks.iter().map(|points| points.iter().filter(under).count()).collect();
        let fits = |((points, &before), &more): ((&Vec<Point>, &usize), &usize)| {
            more == 0 || 3 * (before + more) <= points.len()
        };
        if marks.iter().zip(&covered).zip(&counts).all(fits) {
            covered.iter_mut().zip(&counts).for_each(|(before, more)| *before += more);
            canvas.begin();
            leaf(canvas, &frame, size * pose.unit, colour);
        }
    }
}
