//! Feathers: the texture of plumage, single feathers, and the dark rim that sets off a part.

use super::canvas::{Canvas, Owner};
use super::colour::{Rgb, Rgba, blend, cover, shade, smooth};
use super::coverage::Coverage;
use super::outline::{Frame, Point, feather, ribbon};
use super::part::Part;
use super::pose::Pose;
use super::random::{noise, rest, whole};

/// Light from above: brighter on the bird's back, darker towards its belly.
pub fn lit(pose: &Pose) -> impl Fn(Point) -> f32 + use<> {
    let depth = pose.depth();
    move |point| 1.10 - 0.26 * depth(point)
}

/// Plumage: light from above, and rows of small feathers with darker ends along the frame's x axis.
///
/// `size` is the length of a feather in the frame's units. If it is below a few pixels, the texture would only be
/// noise, so it fades.
pub fn plumage(pose: &Pose, frame: &Frame, colour: Rgb, size: f32) -> impl Fn(Point) -> Rgba + use<> {
    let (back, lit) = (frame.inverse(), lit(pose));
    let strength = smooth(2.0, 6.0, size * pose.unit);
    move |point| {
        let (u, v) = back.apply(point);
        let (row, across) = (-u / size, v / (0.72 * size));
        let stagger = if whole(row) & 1 == 0 { 0.0 } else { 0.5 };
        let middle = rest(across + stagger) - 0.5;
        let along = rest(row + 1.1 * middle * middle);
        let end = smooth(0.62, 0.90, along) - smooth(0.92, 1.0, along);
        let brush = noise(u * 10.0, v * 42.0, 11) + 0.5 * noise(u * 26.0, v * 90.0, 12) - 0.75;
        cover(shade(colour, lit(point) * (1.0 - 0.09 * strength * end) + 0.13 * brush), 1.0)
    }
}

/// A single feather: its root in the frame, its direction and its size.
pub struct Feather {
    pub root: Point,
    pub degrees: f32,
    pub length: f32,
    pub width: f32,
    /// 0 for a round end, 1 for a pointed one.
    pub point: f32,
}

impl Feather {
    /// Draws the feather with a shaft, a dark lower edge, and an end of another colour; `end` has the fraction at which
    /// that starts.
    pub fn draw(&self, canvas: &mut Canvas, pose: &Pose, frame: &Frame, part: Part, colour: Rgb, end: (f32, Rgb)) {
        let outline = feather(self.root, self.degrees, self.length, self.width, self.point);
        let back = frame.at(self.root).turned(self.degrees).inverse();
        let (length, half, lit) = (self.length, 0.5 * self.width, lit(pose));
        let soft = 0.5 / (pose.unit * length).max(1.0);
        canvas.fill(Owner::Part(part), frame, &[outline], &move |point| {
            let (u, v) = back.apply(point);
            let (along, across) = (u / length, v / half);
            let base = blend(colour, end.1, smooth(end.0 - soft, end.0 + soft, along - 0.05 * across * across));
            let shaft = 0.10 * (1.0 - smooth(0.05, 0.16, across.abs()));
            let edge = 0.24 * smooth(0.45, 1.0, across.abs());
            cover(shade(base, lit(point) - shaft - edge + 0.06 * (1.0 - along)), 1.0)
        });
    }
}

/// A thin dark line just inside an outline.
pub fn rim(canvas: &mut Canvas, frame: &Frame, part: Part, outline: &[Point], inside: &Coverage, colour: Rgb) {
    let mut spine = outline.to_vec();
    spine.extend(outline.first());
    let line = canvas.coverage(frame, &[ribbon(&spine, |_| 0.034)]).within(inside);
    let dark = shade(colour, 0.42);
    canvas.paint(Owner::Mark(part), &line, &move |_| cover(dark, 0.5));
}
