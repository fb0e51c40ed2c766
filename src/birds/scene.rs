//! The place behind the bird: a wood, the sky, a shore, a meadow or dunes, out of focus.

use super::canvas::{Canvas, Owner};
use super::colour::{Rgb, blend, cover, rgb, smooth};
use super::outline::{Frame, Point, ellipse, line_through, ribbon};
use super::random::{Random, Stream, noise};

/// The kinds of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Wood,
    Sky,
    Shore,
    Meadow,
    Dune,
}

impl Place {
    /// Draws a random place.
    pub fn new(random: &mut Random) -> Self {
        random.one_of([Self::Wood, Self::Wood, Self::Sky, Self::Shore, Self::Meadow, Self::Dune])
    }
}

/// Paints a place over the whole picture, and returns which one it is.
pub fn draw(canvas: &mut Canvas, seed: u64) -> Place {
    let mut random = Random::new(seed, Stream::Place);
    let place = Place::new(&mut random);
    let texture = random.bits() as u32;
    match place {
        Place::Wood => wood(canvas, &mut random, texture),
        Place::Sky => {
            sky(canvas, &mut random, texture, 1.0);
            hills(canvas, &mut random, 0.86, rgb(0x8fb0a0));
        }
        Place::Shore => shore(canvas, &mut random, texture),
        Place::Meadow => meadow(canvas, &mut random, texture),
        Place::Dune => dune(canvas, &mut random, texture),
    }
    place
}

/// A vertical gradient with noise between two heights, as fractions of the picture. `grain` has the noise's waves
/// across and down the picture, and its strength.
fn ground(canvas: &mut Canvas, (from, to): (f32, f32), colours: (Rgb, Rgb), grain: (f32, f32, f32), texture: u32) {
    let side = canvas.side();
    let (fine_x, fine_y, strength) = grain;
    let area = vec![(0.0, from), (1.0, from), (1.0, to), (0.0, to)];
    canvas.fill(Owner::Scene, &Frame::IDENTITY.scaled(side, side), &[area], &|(x, y)| {
        let (x, y) = (x / side, y / side);
        let fine = if strength > 0.1 { 0.5 * noise(x * fine_x * 2.3, y * fine_y * 2.3, texture ^ 1) } else { 0.25 };
        let wave = noise(x * fine_x, y * fine_y, texture) + fine - 0.75;
        let colour = blend(colours.0, colours.1, (y - from) / (1.0 - from));
        cover(colour.map(|channel| (channel * (1.0 + strength * wave)).clamp(0.0, 1.0)), 1.0)
    });
}

/// A disc with a soft edge; with `softness` 1, it fades from its centre.
fn disc(canvas: &mut Canvas, centre: Point, radius: f32, colour: Rgb, alpha: f32, softness: f32) {
    let side = canvas.side();
    let (cx, cy) = (centre.0 * side, centre.1 * side);
    let r = radius * side;
    canvas.fill(Owner::Scene, &Frame::IDENTITY, &[ellipse((cx, cy), r, r)], &move |(x, y)| {
        let away = ((x - cx) * (x - cx) + (y - cy) * (y - cy)).sqrt() / r;
        cover(colour, alpha * (1.0 - smooth(1.0 - softness, 1.0, away)))
    });
}

fn wood(canvas: &mut Canvas, random: &mut Random, texture: u32) {
    let (top, bottom, spot) = random.one_of([
        (0x9dbf86, 0x3e5c3f, 0xd9e6a2),
        (0xc9d7a5, 0x587a4c, 0xf3eebb),
        (0xe0b878, 0x8a5a3c, 0xf4d89a),
        (0xe9cdd2, 0x8f9a78, 0xf7e6e6),
        (0x7fa79a, 0x2f4a4c, 0xbfdccb),
    ]);
    ground(canvas, (0.0, 1.0), (rgb(top), rgb(bottom)), (5.0, 5.0, 0.22), texture);
    let side = canvas.side();
    for _ in 0..random.below(4) {
        let x = random.between(0.0, 1.0);
        let width = random.between(0.04, 0.11);
        let lean = random.between(-0.12, 0.12);
        let colour = blend(rgb(bottom), rgb(0x4b3a30), random.between(0.3, 0.8));
        let frame = Frame::IDENTITY.scaled(side, side);
        let spine = line_through(&[(x, -0.05), (x + 0.3 * lean, 0.5), (x + lean, 1.05)]);
        canvas
            .fill(Owner::Scene, &frame, &[ribbon(&spine, |t| width * (0.8 + 0.4 * t))], &move |_| cover(colour, 0.45));
    }
    for _ in 0..26 {
        let centre = (random.between(-0.05, 1.05), random.between(-0.05, 1.05));
        let colour = blend(rgb(top), rgb(spot), random.fraction());
        let colour = blend(colour, rgb(bottom), random.between(0.0, 0.6));
        disc(canvas, centre, random.between(0.03, 0.11), colour, random.between(0.2, 0.5), 0.35);
    }
}

fn sky(canvas: &mut Canvas, random: &mut Random, texture: u32, until: f32) {
    let (top, bottom) = random.one_of([
        (0x6fa8d6, 0xdcecf2),
        (0x8fbfe0, 0xf3ecdc),
        (0x9aa9c0, 0xe4e2e0),
        (0xe7a58c, 0xf8e3bb),
        (0x6b7fb0, 0xf0c9b8),
    ]);
    ground(canvas, (0.0, (until + 0.4).min(1.0)), (rgb(top), rgb(bottom)), (3.0, 6.0, 0.05), texture);
    for _ in 0..random.below(4) + 1 {
        let (x, y) = (random.fraction(), random.between(0.02, 0.75) * until);
        let size = random.between(0.05, 0.10);
        for puff in 0..7 {
            let t = puff as f32 / 6.0 - 0.5;
            let centre = (x + 3.4 * size * t, y - size * (0.6 - 2.0 * t * t) + random.between(-0.2, 0.2) * size);
            disc(canvas, centre, size * random.between(0.8, 1.2), rgb(0xfdfaf4), 0.5, 0.8);
        }
    }
}

/// A soft line of hills from a height downwards.
fn hills(canvas: &mut Canvas, random: &mut Random, height: f32, colour: Rgb) {
    let side = canvas.side();
    for layer in 0..2 {
        let down = height + 0.05 * layer as f32;
        let mut outline = vec![(-0.1, 1.1), (-0.1, down)];
        outline.extend((0..6).map(|index| (0.22 * index as f32 - 0.05, down + random.between(-0.05, 0.05))));
        let mut outline = line_through(&outline);
        outline.extend([(1.2, down), (1.2, 1.1)]);
        let colour = blend(colour, rgb(0x56705e), 0.35 * layer as f32);
        canvas.fill(Owner::Scene, &Frame::IDENTITY.scaled(side, side), &[outline], &move |(_, y)| {
            cover(blend(colour, [0.25, 0.35, 0.25], 0.9 * (y / side - down)), 0.92)
        });
    }
}

fn shore(canvas: &mut Canvas, random: &mut Random, texture: u32) {
    sky(canvas, random, texture, 0.4);
    let (horizon, beach) = (random.between(0.28, 0.45), random.between(0.70, 0.86));
    let (far, near) = random.one_of([(0x8fb9c9, 0x3f7f93), (0xa7c4b8, 0x5b8f86), (0x8aa3c4, 0x4a678f)]);
    ground(canvas, (horizon, beach + 0.01), (rgb(far), rgb(near)), (4.0, 40.0, 0.22), texture ^ 2);
    let side = canvas.side();
    let ripples: Vec<_> = (0..22)
        .map(|_| {
            let y = random.between(horizon + 0.02, beach);
            let (x, length) = (random.between(-0.1, 1.0), random.between(0.05, 0.22));
            let rise = random.between(-0.006, 0.006);
            ribbon(&line_through(&[(x, y), (x + 0.5 * length, y + rise), (x + length, y)]), |t| {
                0.008 * (4.0 * t * (1.0 - t))
            })
        })
        .collect();
    canvas.fill(Owner::Scene, &Frame::IDENTITY.scaled(side, side), &ripples, &|_| cover([0.93, 0.97, 0.97], 0.5));
    ground(canvas, (beach, 1.0), (rgb(0xe6d2a8), rgb(0xc9a977)), (90.0, 90.0, 0.07), texture ^ 3);
    let foam = line_through(&[
        (-0.05, beach),
        (0.25, beach + 0.012),
        (0.5, beach - 0.008),
        (0.8, beach + 0.01),
        (1.05, beach),
    ]);
    canvas.fill(Owner::Scene, &Frame::IDENTITY.scaled(side, side), &[ribbon(&foam, |_| 0.016)], &|_| {
        cover([0.97; 3], 0.75)
    });
}

fn meadow(canvas: &mut Canvas, random: &mut Random, texture: u32) {
    sky(canvas, random, texture, 0.4);
    let line = random.between(0.45, 0.62);
    hills(canvas, random, line, rgb(0x9fbf8a));
    ground(canvas, (line + 0.08, 1.0), (rgb(0xb7c873), rgb(0x5c7f3f)), (14.0, 22.0, 0.16), texture ^ 4);
    let side = canvas.side();
    for _ in 0..46 {
        let x = random.between(-0.05, 1.05);
        let (height, lean) = (random.between(0.06, 0.24), random.between(-0.06, 0.06));
        let foot = random.between(0.92, 1.08);
        let spine = line_through(&[(x, foot), (x + 0.3 * lean, foot - 0.6 * height), (x + lean, foot - height)]);
        let colour = blend(rgb(0xc8d07a), rgb(0x4c7038), random.fraction());
        let blade = ribbon(&spine, |t| 0.014 * (1.0 - t) + 0.002);
        canvas.fill(Owner::Scene, &Frame::IDENTITY.scaled(side, side), &[blade], &move |_| cover(colour, 0.85));
    }
}

fn dune(canvas: &mut Canvas, random: &mut Random, texture: u32) {
    sky(canvas, random, texture, 0.4);
    let line = random.between(0.4, 0.6);
    hills(canvas, random, line, rgb(0xd9bd8c));
    ground(canvas, (line + 0.1, 1.0), (rgb(0xecd7aa), rgb(0xbb9462)), (5.0, 46.0, 0.16), texture ^ 5);
    for _ in 0..10 {
        let centre = (random.fraction(), random.between(line + 0.12, 1.0));
        disc(canvas, centre, random.between(0.01, 0.03), rgb(0x8d7558), 0.5, 0.5);
    }
}
