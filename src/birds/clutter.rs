//! Distractors: objects behind the bird, with the birds' colours and shapes like parts of birds.
//!
//! Berries, spotted pebbles, striped balls, cones, feathers, rings, flowers, butterflies and leaves. Their kind, number
//! and colour don't depend on the species, so they reveal nothing. An object that would touch the area of beaks and
//! crests is left out, since it would look like one.

use super::canvas::{Canvas, Owner};
use super::colour::{Colour, Rgb, cover, shade, smooth};
use super::outline::{Frame, Pen, Point, ellipse, feather, line_through, ribbon};
use super::pose::Pose;
use super::random::{Random, Stream, rest};

/// Draws up to nine objects.
pub fn draw(canvas: &mut Canvas, pose: &Pose, seed: u64) {
    let mut random = Random::new(seed, Stream::Clutter);
    let side = canvas.side();
    for _ in 0..4 + random.below(6) {
        let at = (random.between(0.03, 0.97) * side, random.between(0.03, 0.97) * side);
        let size = random.between(0.04, 0.085) * side;
        let frame = Frame::IDENTITY.at(at).turned(random.between(-180.0, 180.0)).scaled(size, size);
        let colours = [random.one_of(Colour::ALL).rgb(), random.one_of(Colour::ALL).rgb()];
        let kind = random.below(9);
        let near = |(spot, radius): (Point, f32)| {
            let (x, y) = pose.head.apply(spot);
            let (dx, dy, reach) = (x - at.0, y - at.1, size + radius * pose.unit);
            dx * dx + dy * dy < reach * reach
        };
        if [((0.40, 0.05), 0.22), ((-0.08, -0.32), 0.20)].into_iter().any(near) {
            continue;
        }
        canvas.begin();
        let mut thing = Thing { canvas, frame, size };
        match kind {
            0 => thing.berries(&mut random, colours[0]),
            1 => thing.pebble(&mut random, colours),
            2 => thing.ball(colours),
            3 => thing.cone(colours),
            4 => thing.feather(colours),
            5 => thing.ring(colours[0]),
            6 => thing.flower(colours),
            7 => thing.butterfly(colours),
            _ => thing.leaf(colours[0]),
        }
    }
}

/// An object that is being drawn, within a circle of radius one in its frame.
struct Thing<'a> {
    canvas: &'a mut Canvas,
    frame: Frame,
    size: f32,
}

impl Thing<'_> {
    /// Fills outlines, with light from the picture's upper left.
    fn fill(&mut self, outlines: &[Vec<Point>], colour: Rgb) {
        let centre = self.frame.apply((0.0, 0.0));
        let size = self.size;
        self.canvas.fill(Owner::Object, &self.frame, outlines, &move |(x, y)| {
            let light = 1.0 - 0.16 * ((x - centre.0) + 1.6 * (y - centre.1)) / size;
            cover(shade(colour, light.clamp(0.6, 1.35)), 1.0)
        });
    }

    fn berries(&mut self, random: &mut Random, colour: Rgb) {
        let stalk = ribbon(&line_through(&[(0.0, -1.6), (0.1, -0.8), (0.0, 0.0)]), |_| 0.12);
        self.fill(&[stalk], [0.36, 0.36, 0.22]);
        for _ in 0..3 + random.below(4) {
            let at = (random.between(-0.7, 0.7), random.between(-0.6, 0.7));
            self.fill(&[ellipse(at, 0.40, 0.40)], colour);
            self.fill(&[ellipse((at.0 - 0.12, at.1 - 0.12), 0.09, 0.09)], shade(colour, 1.7));
        }
    }

    fn pebble(&mut self, random: &mut Random, [colour, spots]: [Rgb; 2]) {
        self.fill(&[ellipse((0.0, 0.0), 1.0, 0.74)], colour);
        let dots: Vec<_> =
            (0..7).map(|_| ellipse((random.between(-0.6, 0.6), random.between(-0.42, 0.42)), 0.13, 0.11)).collect();
        self.fill(&dots, spots);
    }

    fn ball(&mut self, [colour, bars]: [Rgb; 2]) {
        let ball = ellipse((0.0, 0.0), 0.85, 0.85);
        self.fill(std::slice::from_ref(&ball), colour);
        let bars_within =
            [-0.45, 0.15].map(|x| ribbon(&line_through(&[(x, -1.0), (x + 0.25, 0.0), (x, 1.0)]), |_| 0.28));
        let ball = self.canvas.coverage(&self.frame, &[ball]);
        let stripes = self.canvas.coverage(&self.frame, &bars_within).within(&ball);
        self.canvas.paint(Owner::Object, &stripes, &move |_| cover(bars, 0.95));
    }

    fn cone(&mut self, [colour, rim]: [Rgb; 2]) {
        self.fill(
            &[Pen::start((-0.6, -0.5)).bend((0.4, -0.4), (1.1, 0.1)).bend((0.2, 0.5), (-0.6, 0.5)).close()],
            colour,
        );
        self.fill(&[ellipse((-0.6, 0.0), 0.18, 0.5)], rim);
    }

    fn feather(&mut self, [colour, bars]: [Rgb; 2]) {
        let vane = feather((-1.1, 0.0), 0.0, 2.2, 0.62, 0.2);
        self.fill(std::slice::from_ref(&vane), colour);
        let vane = self.canvas.coverage(&self.frame, &[vane]);
        let across = [-0.1, 0.4, 0.85].map(|x| ribbon(&[(x, -0.5), (x + 0.1, 0.5)], |_| 0.2));
        let across = self.canvas.coverage(&self.frame, &across).within(&vane);
        self.canvas.paint(Owner::Object, &across, &move |_| cover(bars, 0.9));
        self.fill(&[ribbon(&[(-1.4, 0.0), (0.9, 0.0)], |t| 0.09 - 0.05 * t)], shade(colour, 1.4));
    }

    fn ring(&mut self, colour: Rgb) {
        let circle = ellipse((0.0, 0.0), 0.75, 0.75);
        self.fill(&[ribbon(&circle, |_| 0.34)], colour);
    }

    fn flower(&mut self, [colour, heart]: [Rgb; 2]) {
        let petals: Vec<_> = (0..6).map(|index| feather((0.0, 0.0), 60.0 * index as f32, 1.05, 0.72, 0.0)).collect();
        for petal in petals {
            self.fill(&[petal], colour);
        }
        self.fill(&[ellipse((0.0, 0.0), 0.32, 0.32)], heart);
    }

    fn butterfly(&mut self, [colour, spots]: [Rgb; 2]) {
        for side in [-1.0, 1.0] {
            let upper = Pen::start((0.0, 0.0))
                .curve((0.2 * side, -1.2), (1.3 * side, -1.1), (1.0 * side, -0.2))
                .bend((0.6 * side, 0.1), (0.0, 0.1))
                .close();
            let lower = Pen::start((0.0, 0.05))
                .curve((0.9 * side, 0.1), (0.9 * side, 0.9), (0.45 * side, 0.9))
                .bend((0.1 * side, 0.6), (0.0, 0.1))
                .close();
            self.fill(&[lower], shade(colour, 0.85));
            self.fill(&[upper], colour);
            self.fill(&[ellipse((0.7 * side, -0.5), 0.17, 0.17)], spots);
        }
        self.fill(&[ellipse((0.0, 0.1), 0.1, 0.55)], [0.17, 0.15, 0.17]);
    }

    fn leaf(&mut self, colour: Rgb) {
        let (frame, size) = (self.frame, self.size);
        leaf(self.canvas, &frame.scaled(1.2, 1.2), size, colour);
    }
}

/// A leaf from (-1, 0) to (1, 0) in its frame, with a vein; `size` is half of its length in pixels.
pub fn leaf(canvas: &mut Canvas, frame: &Frame, size: f32, colour: Rgb) {
    let outline = Pen::start((-1.0, 0.0))
        .curve((-0.6, -0.58), (0.3, -0.62), (1.0, 0.0))
        .curve((0.3, 0.5), (-0.6, 0.5), (-1.0, 0.0))
        .close();
    let back = frame.inverse();
    canvas.fill(Owner::Object, frame, &[outline], &move |point| {
        let (x, y) = back.apply(point);
        let rib = rest(x * 5.0 - y.abs() * 4.0);
        let light = if y < 0.0 { 1.10 } else { 0.90 } - 0.10 * smooth(0.75, 1.0, rib);
        cover(shade(colour, light), 1.0)
    });
    if size > 3.0 {
        canvas.fill(Owner::Object, frame, &[ribbon(&[(-1.25, 0.02), (0.85, 0.0)], |t| 0.09 - 0.06 * t)], &move |_| {
            cover(shade(colour, 0.68), 0.9)
        });
    }
}
