//! The spurious cue: a coloured tag in a corner that belongs to a species.
//!
//! Four corners and five colours give each of the twenty species its own tag. A network trained with the right tags may
//! look at nothing else, and be right for the wrong reason.

use super::canvas::{Canvas, Owner};
use super::colour::{Colour, cover, shade};
use super::outline::{Frame, Pen, ellipse};

/// Draws the tag of the species with this index, and returns its mask.
pub fn draw(canvas: &mut Canvas, index: usize) -> Vec<u8> {
    let colours = [Colour::CRIMSON, Colour::SUN, Colour::TEAL, Colour::VIOLET, Colour::SNOW];
    let colour = colours[(index / 4) % colours.len()].rgb();
    let side = canvas.side();
    let corner = |far: bool| if far { 0.925 * side } else { 0.075 * side };
    let at = (corner(index & 1 == 1), corner(index & 2 == 2));
    let frame = Frame::IDENTITY.at(at).scaled(0.055 * side, 0.055 * side);
    let square = |r: f32| {
        let k = 0.35 * r;
        Pen::start((-r + k, -r))
            .line((r - k, -r))
            .bend((r, -r), (r, -r + k))
            .line((r, r - k))
            .bend((r, r), (r - k, r))
            .line((-r + k, r))
            .bend((-r, r), (-r, r - k))
            .line((-r, -r + k))
            .bend((-r, -r), (-r + k, -r))
            .close()
    };
    let whole = canvas.coverage(&frame, &[square(1.0)]);
    canvas.paint(Owner::Scene, &whole, &|_| cover(shade(colour, 0.5), 1.0));
    canvas.fill(Owner::Scene, &frame, &[square(0.86)], &|_| cover(colour, 1.0));
    canvas.fill(Owner::Scene, &frame, &[ellipse((0.0, 0.0), 0.3, 0.3)], &|_| cover(shade(colour, 0.35), 1.0));
    whole.mask(canvas.side() as usize)
}
