//! The light of the hour over the bird and its place: its colour, strength and direction.

use super::canvas::Canvas;
use super::random::{Random, Stream};

/// Grades the picture with a light that doesn't depend on the species.
pub fn draw(canvas: &mut Canvas, seed: u64) {
    let mut random = Random::new(seed, Stream::Light);
    let tint = random.one_of([
        [1.00, 1.00, 1.00],
        [1.05, 1.00, 0.92],
        [1.08, 0.98, 0.85],
        [0.95, 1.00, 1.06],
        [0.90, 0.97, 1.07],
    ]);
    let strength = random.one_of([1.0, 1.0, 1.04, 0.92, 0.82]) * random.between(0.96, 1.03);
    let slope = (random.between(-0.09, 0.09), random.between(-0.10, 0.04));
    let half = 0.5 * canvas.side();
    canvas.grade(&move |(x, y), colour| {
        let (x, y) = (x / half - 1.0, y / half - 1.0);
        let light = strength * (1.0 + slope.0 * x + slope.1 * y) - 0.05 * (x * x + y * y);
        [0, 1, 2].map(|channel| (colour[channel] * tint[channel] * light).clamp(0.0, 1.0))
    });
}
