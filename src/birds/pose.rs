//! A pose: where the bird is and how it holds itself; it doesn't depend on the species.
//!
//! The unit of length is a body length, the body's centre is the origin, x points towards the head and y down. Frames
//! are nested: the bird's frame (upright, mirrored if it faces left), in it the body's frame (raised in front when it
//! perches), and on the body the frames of head, wings and tail. The size is chosen so that the longest beak, tail and
//! crest of any species would fit the picture.

use super::outline::{Frame, Point};
use super::random::{Random, Stream};

/// The pose of a bird.
pub struct Pose {
    /// Whether it flies; otherwise it perches.
    pub flying: bool,
    /// Pixels per body length.
    pub unit: f32,
    /// Upright, with the body length as its unit.
    pub bird: Frame,
    pub body: Frame,
    pub head: Frame,
    /// The near wing: along the body when it is folded; raised along -y in flight.
    pub wing: Frame,
    /// The wing behind the body, in flight.
    pub far_wing: Frame,
    /// From the tail's root backwards, along x.
    pub tail: Frame,
    /// Hips and feet, far leg first, in the bird's frame.
    pub legs: [(Point, Point); 2],
}

/// The height of the feet below the body's centre, in body lengths.
pub const FEET: f32 = 0.6;

impl Pose {
    /// A pose in a picture whose side has this many pixels.
    pub fn new(seed: u64, side: f32) -> Self {
        let mut random = Random::new(seed, Stream::Pose);
        let flying = random.chance(0.3);
        let mirror = if random.chance(0.5) { -1.0 } else { 1.0 };
        let (tilt, raise) = match flying {
            true => (random.between(-18.0, 12.0), random.between(-14.0, -2.0)),
            false => (random.between(-5.0, 5.0), random.between(-40.0, -20.0)),
        };
        let nod = random.between(-12.0, 10.0);
        let wag = random.between(-8.0, 12.0);
        let flap = random.between(-38.0, -8.0);
        let fill = random.between(0.74, 0.97);
        let (at_x, at_y) = (random.fraction(), random.fraction());

        let frames = |bird: Frame| {
            let body = bird.turned(raise);
            let head = body.at((0.43, -0.30)).turned(-raise + nod);
            let wing = match flying {
                true => body.at((0.08, -0.12)).turned(flap),
                false => body.at((0.30, -0.06)).turned(4.0),
            };
            let far_wing = body.at((0.20, -0.20)).turned(flap + 22.0).scaled(0.92, 0.92);
            let tail = body.at((-0.50, 0.0)).scaled(-1.0, 1.0).turned(wag);
            (body, head, wing, far_wing, tail)
        };
        // The box that any species would need, at one pixel per body length.
        let upright = Frame::IDENTITY.scaled(mirror, 1.0).turned(tilt);
        let (_, head, wing, far_wing, tail) = frames(upright);
        let head_reach = [(0.66, 0.1), (0.3, -0.48), (-0.1, -0.60), (-0.42, -0.40)].map(|point| head.apply(point));
        let tail_reach = [(0.66, -0.14), (0.66, 0.14), (0.4, 0.3), (0.4, -0.3)].map(|point| tail.apply(point));
        let other_reach = match flying {
            true => [wing, far_wing, wing, far_wing].map(|wing| wing.apply((-0.1, -0.95))),
            false => {
                [(0.3, FEET + 0.06), (-0.1, FEET + 0.06), (0.5, 0.3), (-0.5, 0.3)].map(|point| upright.apply(point))
            }
        };
        let reach = head_reach.into_iter().chain(tail_reach).chain(other_reach);
        let (low, high) = reach.fold(((0.0, 0.0), (0.0, 0.0)), |(low, high): (Point, Point), point| {
            ((low.0.min(point.0), low.1.min(point.1)), (high.0.max(point.0), high.1.max(point.1)))
        });
        let (width, height) = (high.0 - low.0, high.1 - low.1);
        let unit = fill * side / width.max(height);
        let x = (side - width * unit) * at_x - low.0 * unit;
        let y = (side - height * unit) * (0.2 + 0.6 * at_y) - low.1 * unit;
        let bird = Frame::IDENTITY.at((x, y)).scaled(mirror * unit, unit).turned(tilt);

        let (body, head, wing, far_wing, tail) = frames(bird);
        let raised = Frame::IDENTITY.turned(raise);
        let legs = [(0.04, 0.24), (-0.10, 0.25)].map(|hip| {
            let hip = raised.apply(hip);
            (hip, if flying { (hip.0 - 0.26, hip.1 + 0.20) } else { (hip.0 + 0.02, FEET) })
        });
        Self { flying, unit, bird, body, head, wing, far_wing, tail, legs }
    }

    /// From 0 at the bird's top to 1 at its bottom; for shading.
    pub fn depth(&self) -> impl Fn(Point) -> f32 + use<> {
        let back = self.bird.inverse();
        move |point| (back.apply(point).1 + 0.6) / 1.1
    }

    /// Points spread over each part, in pixels. Leaves must not cover more than a third of any part's points.
    pub fn marks(&self) -> Vec<Vec<Point>> {
        let on = |frame: &Frame, points: &[Point]| points.iter().map(|&point| frame.apply(point)).collect::<Vec<_>>();
        let wing: &[Point] = match self.flying {
            true => &[(0.05, -0.3), (-0.1, -0.4), (-0.1, -0.6), (-0.25, -0.3)],
            false => &[(-0.2, 0.02), (-0.4, 0.04), (-0.55, 0.06), (-0.7, 0.08)],
        };
        let legs: Vec<Point> = self
            .legs
            .iter()
            .flat_map(|&(hip, foot)| [((hip.0 + foot.0) / 2.0, (hip.1 + foot.1) / 2.0), foot])
            .collect();
        vec![
            on(&self.head, &[(0.26, 0.02), (0.4, 0.05)]),
            on(&self.head, &[(-0.05, -0.3), (-0.2, -0.35)]),
            on(&self.head, &[(0.06, -0.04), (-0.08, -0.12)]),
            on(&self.body, &[(0.5, 0.0), (0.4, 0.18), (0.2, 0.26)]),
            on(&self.wing, wing),
            on(&self.tail, &[(0.15, 0.0), (0.3, 0.1), (0.3, -0.1)]),
            on(&self.bird, &legs),
        ]
    }
}
