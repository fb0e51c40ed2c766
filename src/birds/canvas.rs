//! The canvas: tiny-skia computes coverage; colours and shares are computed here.
//!
//! tiny-skia turns a polygon into coverage (16 samples per pixel, in fixed point). Everything after that is plain `f32`
//! arithmetic in a fixed order: `colour += (new - colour) · coverage`. Besides its colour, each pixel has a share for
//! every part of the bird: how much of the pixel still shows the part. Painting with coverage c leaves (1 − c) of all
//! shares and gives c to the painted part. So a share is what remains visible under wings, leaves and tags that are
//! painted later. A mask is where a share is above one half. Objects of the scene have shares as well.

use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

use super::colour::{Rgb, Rgba};
use super::coverage::Coverage;
use super::object::Object;
use super::objects::Objects;
use super::outline::{Frame, Point};
use super::part::Part;
use super::parts::Parts;

/// What a painted layer belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The scene, before or behind the bird.
    Scene,
    /// The object that was started last with [`Canvas::begin`].
    Object,
    /// A part of the bird.
    Part(Part),
    /// A mark on a part, clipped to it: it doesn't change any shares.
    Mark(Part),
}

/// A square picture while it is drawn.
pub struct Canvas {
    side: usize,
    without: Parts,
    bare: Objects,
    /// Whether any part of the bird has been painted.
    started: bool,
    colours: Vec<Rgb>,
    shares: Vec<[f32; Part::COUNT]>,
    objects: Vec<Object>,
    /// For each pixel, a bit for each part and then for each object that was painted there at all.
    painted: Vec<u32>,
    scratch: Option<Mask>,
}

impl Canvas {
    /// A black picture, on which some parts and objects will be left out.
    pub fn new(side: usize, without: Parts, bare: Objects) -> Self {
        let pixels = side * side;
        Self {
            side,
            without,
            bare,
            started: false,
            colours: vec![[0.0; 3]; pixels],
            shares: vec![[0.0; Part::COUNT]; pixels],
            objects: Vec::new(),
            painted: vec![0; pixels],
            scratch: Mask::new(side as u32, side as u32),
        }
    }

    /// Side of the picture in pixels.
    pub fn side(&self) -> f32 {
        self.side as f32
    }

    /// Whether this part is left out.
    pub fn leaves_out(&self, part: Part) -> bool {
        self.without.contains(part)
    }

    /// Starts the next object of the scene.
    pub fn begin(&mut self) {
        self.objects.push(Object::default());
    }

    /// The coverage of the union of closed outlines (nonzero rule), after a frame maps them to pixels.
    pub fn coverage(&mut self, frame: &Frame, outlines: &[Vec<Point>]) -> Coverage {
        let mut path = PathBuilder::new();
        for outline in outlines {
            let mut points: Vec<Point> = outline.iter().map(|&point| frame.apply(point)).collect();
            // All in the same direction; otherwise the nonzero rule would cut holes where two overlap.
            if turns_left(&points) {
                points.reverse();
            }
            for (index, &(x, y)) in points.iter().enumerate() {
                if index == 0 {
                    path.move_to(x, y);
                } else {
                    path.line_to(x, y);
                }
            }
            path.close();
        }
        let (Some(path), Some(mask)) = (path.finish(), &mut self.scratch) else { return Coverage::EMPTY };
        let bounds = path.bounds();
        let limit = |value: f32| (value.clamp(0.0, self.side as f32)) as usize;
        let (left, top) = (limit(bounds.left() - 1.0), limit(bounds.top() - 1.0));
        let (right, bottom) = (limit(bounds.right() + 2.0), limit(bounds.bottom() + 2.0));
        if left >= right || top >= bottom || bounds.width() < 1e-3 || bounds.height() < 1e-3 {
            return Coverage::EMPTY;
        }
        mask.fill_path(&path, FillRule::Winding, true, Transform::identity());
        let (width, height) = (right - left, bottom - top);
        let mut values = Vec::with_capacity(width * height);
        for row in mask.data_mut().chunks_exact_mut(self.side).skip(top).take(height) {
            values.extend_from_slice(&row[left..right]);
            row[left..right].fill(0);
        }
        Coverage { left, top, width, height, values }
    }

    /// Paints a coverage; `colour` gives the colour at a pixel's centre (in pixels).
    pub fn paint(&mut self, owner: Owner, coverage: &Coverage, colour: &dyn Fn(Point) -> Rgba) {
        let current = self.objects.len().saturating_sub(1);
        let bit = match owner {
            Owner::Scene => 0,
            Owner::Object if self.bare.contains(current) => return,
            Owner::Object => 1 << (Part::COUNT + current),
            Owner::Part(part) | Owner::Mark(part) if self.leaves_out(part) => return,
            Owner::Part(part) | Owner::Mark(part) => 1 << part.index(),
        };
        self.started |= matches!(owner, Owner::Part(_) | Owner::Mark(_));
        if let (Owner::Object, Some(object)) = (owner, self.objects.last_mut()) {
            object.reach(coverage);
        }
        let objects = self.objects.iter_mut().enumerate().filter(|(_, object)| object.meets(coverage));
        let mut objects: Vec<(bool, &mut Object)> =
            objects.map(|(index, object)| (owner == Owner::Object && index == current, object)).collect();
        for row in 0..coverage.height {
            let y = coverage.top + row;
            for column in 0..coverage.width {
                let value = coverage.values[row * coverage.width + column];
                if value == 0 {
                    continue;
                }
                let x = coverage.left + column;
                let [r, g, b, alpha] = colour((x as f32 + 0.5, y as f32 + 0.5));
                let alpha = alpha * (f32::from(value) / 255.0);
                let at = y * self.side + x;
                let under = &mut self.colours[at];
                for (under, over) in under.iter_mut().zip([r, g, b]) {
                    *under += (over - *under) * alpha;
                }
                self.painted[at] |= bit;
                // A mark lies inside the area that its part already covers.
                if matches!(owner, Owner::Mark(_)) {
                    continue;
                }
                objects.iter_mut().for_each(|(own, object)| object.paint(x, y, alpha, *own));
                if !self.started {
                    continue;
                }
                let shares = &mut self.shares[at];
                shares.iter_mut().for_each(|share| *share *= 1.0 - alpha);
                if let Owner::Part(part) = owner {
                    shares[part.index()] += alpha;
                }
            }
        }
    }

    /// Paints outlines in one step.
    pub fn fill(&mut self, owner: Owner, frame: &Frame, outlines: &[Vec<Point>], colour: &dyn Fn(Point) -> Rgba) {
        let coverage = self.coverage(frame, outlines);
        self.paint(owner, &coverage, colour);
    }

    /// Changes every pixel's colour; `change` is given the pixel's centre.
    pub fn grade(&mut self, change: &dyn Fn(Point, Rgb) -> Rgb) {
        for (at, colour) in self.colours.iter_mut().enumerate() {
            let centre = ((at % self.side) as f32 + 0.5, (at / self.side) as f32 + 0.5);
            *colour = change(centre, *colour);
        }
    }

    /// The picture as opaque bytes: red, green, blue and alpha for each pixel.
    pub fn rgba(&self) -> Vec<u8> {
        let byte = |value: f32| (value * 255.0 + 0.5) as u8;
        let mut bytes = vec![255; 4 * self.colours.len()];
        for (pixel, colour) in bytes.chunks_exact_mut(4).zip(&self.colours) {
            pixel.iter_mut().zip(colour).for_each(|(pixel, &channel)| *pixel = byte(channel));
        }
        bytes
    }

    /// A mask for each object that was started: 1 where more than half of a pixel shows it, 0 elsewhere.
    pub fn objects(&self) -> Vec<Vec<u8>> {
        self.objects.iter().map(|object| object.mask(self.side)).collect()
    }

    /// For each pixel, a bit for each part and then for each object that was painted there at all.
    pub fn painted(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.painted)
    }

    /// A mask for each set of parts: 1 where their shares add up to more than one half, 0 elsewhere.
    pub fn masks<const N: usize>(&self, sets: [&[Part]; N]) -> [Vec<u8>; N] {
        let mut masks = [(); N].map(|()| vec![0; self.shares.len()]);
        for (at, shares) in self.shares.iter().enumerate() {
            if shares.iter().all(|&share| share == 0.0) {
                continue;
            }
            for (mask, set) in masks.iter_mut().zip(sets) {
                let sum = set.iter().fold(0.0, |sum, part| sum + shares[part.index()]);
                mask[at] = u8::from(sum > 0.5);
            }
        }
        masks
    }
}

/// Whether a closed outline's signed area is negative.
fn turns_left(points: &[Point]) -> bool {
    let next = points.iter().skip(1).chain(points.first());
    points.iter().zip(next).fold(0.0, |area, (a, b)| area + (a.0 * b.1 - b.0 * a.1)) < 0.0
}
