//! Birds: pictures with a known ground truth.
//!
//! A [`Species`] is a choice of shape and colour for each [`Part`]. [`draw`] shows it in a pose, a place and a light
//! that depend on the seed alone, with masks of the visible area of each part; in the spirit of FunnyBirds (Hesse,
//! Schaub-Meyer, Roth, ICCV 2023), but in two dimensions.
//!
//! Drawn from back to front: the place, out of focus; distractors in the birds' own colours and shapes; a perch; the
//! far wing, legs, tail, body, breast, crest, beak, head, eye and near wing; leaves in front; the light over
//! everything; and, if asked for, a tag in a corner.
//!
//! A seed and a species (with the options) determine the picture bit by bit on every platform: random numbers are
//! integers; curves are flattened here, so that tiny-skia only fills polygons, with 8-bit coverage and fixed-point
//! arithmetic; colours are `f32` sums and products in a fixed order; and the only transcendental functions are libm's
//! own sine and cosine.
//!
//! Limits: birds are only seen from the side, with both wings raised or the near one folded; light casts no shadows;
//! and all legs have the same length, since the perch must not reveal the species.

mod beak;
mod body;
mod canvas;
mod clutter;
mod colour;
mod coverage;
mod crest;
mod head;
mod legs;
mod light;
mod object;
mod objects;
mod outline;
mod part;
mod parts;
mod perch;
mod plumage;
mod pose;
mod random;
mod scene;
mod species;
mod table;
mod tag;
mod tail;
#[cfg(test)]
mod tests;
mod wing;

pub use objects::Objects;
pub use part::Part;
pub use parts::Parts;
pub use species::Species;

use canvas::Canvas;
use pose::Pose;

/// How a bird is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Side of the picture in pixels, from 96 to 1024; values outside of this range are clamped.
    pub side: usize,
    /// The index of the species whose tag is planted in a corner: the bird's own for a spurious cue that is right,
    /// another one for a misleading cue.
    pub tag: Option<usize>,
    /// Parts to leave out; nothing else changes.
    pub without: Parts,
    /// For each part, by its index: the index of a species whose shape and colours it gets instead. Nothing else
    /// changes, except for the ring of the eye, which belongs to the head.
    pub swap: [Option<usize>; Part::COUNT],
    /// Objects of the scene to leave out; nothing else changes.
    pub bare: Objects,
}

impl Default for Options {
    fn default() -> Self {
        Self { side: 224, tag: None, without: Parts::NONE, swap: [None; Part::COUNT], bare: Objects::NONE }
    }
}

/// A picture of a bird with its ground truth. Masks have one byte per pixel, row by row: 1 where more than half of the
/// pixel shows the thing, 0 elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bird {
    /// Side of the picture in pixels.
    pub side: usize,
    /// Red, green, blue and alpha (255) of each pixel, row by row.
    pub rgba: Vec<u8>,
    /// Mask of the whole bird.
    pub whole: Vec<u8>,
    /// Mask of the parts that distinguish its species from the nearest ones.
    pub deciding: Vec<u8>,
    /// Mask of the planted tag, if there is one.
    pub tag: Option<Vec<u8>>,
    /// Masks of the scene's objects, by their indices: distractors, the perch (with its twigs) unless the bird flies,
    /// and the leaves in front. A mask is all 0 if the object is hidden or was left out.
    pub objects: Vec<Vec<u8>>,
    painted: Vec<u32>,
    parts: [Vec<u8>; Part::COUNT],
}

impl Bird {
    /// Mask of a part; all 0 if the species has no such part or it was left out.
    pub fn part(&self, part: Part) -> &[u8] {
        &self.parts[part.index()]
    }

    /// Where anything of a part was painted, one byte per pixel, even if only a trace at its edge, or hidden by
    /// something else. Outside of this area, the picture without the part is the same to the byte; and outside of both
    /// species' areas, so is the picture with the part of the other species.
    pub fn area(&self, part: Part) -> Vec<u8> {
        self.bits(part.index())
    }

    /// Where anything of an object of the scene was painted, as in [`Bird::area`]; all 0 if there is no such object.
    pub fn object_area(&self, index: usize) -> Vec<u8> {
        self.bits(Part::COUNT + index.min(Objects::MOST))
    }

    fn bits(&self, bit: usize) -> Vec<u8> {
        self.painted.iter().map(|bits| u8::from(bits >> bit & 1 == 1)).collect()
    }
}

/// Draws a bird of a species; the seed decides everything else.
pub fn draw(species: &Species, seed: u64, options: &Options) -> Bird {
    let side = options.side.clamp(96, 1024);
    let mut canvas = Canvas::new(side, options.without, options.bare);
    let others =
        Part::ALL.into_iter().zip(options.swap).filter_map(|(part, other)| Some((part, Species::all().get(other?)?)));
    let drawn = &others.fold(*species, |drawn, (part, other)| drawn.with(part, other));
    let pose = Pose::new(seed, side as f32);
    let place = scene::draw(&mut canvas, seed);
    clutter::draw(&mut canvas, &pose, seed);
    perch::draw(&mut canvas, &pose, place, seed);
    wing::draw_far(&mut canvas, &pose, drawn);
    legs::draw(&mut canvas, &pose, drawn);
    tail::draw(&mut canvas, &pose, drawn);
    body::draw(&mut canvas, &pose, drawn, seed);
    crest::draw(&mut canvas, &pose, drawn);
    beak::draw(&mut canvas, &pose, drawn);
    head::draw(&mut canvas, &pose, drawn);
    head::draw_eye(&mut canvas, &pose, drawn);
    wing::draw_near(&mut canvas, &pose, drawn);
    perch::draw_leaves(&mut canvas, &pose, seed);
    light::draw(&mut canvas, seed);
    let tag = options.tag.map(|index| tag::draw(&mut canvas, index));
    let [whole, deciding] = canvas.masks([&Part::ALL, &species.deciding_parts()]);
    let parts = canvas.masks(Part::ALL.each_ref().map(std::slice::from_ref));
    let (objects, painted) = (canvas.objects(), canvas.painted());
    Bird { side, rgba: canvas.rgba(), whole, deciding, tag, objects, painted, parts }
}
