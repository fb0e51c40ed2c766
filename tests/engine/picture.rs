//! Preprocessing against torchvision's on formula-made pictures.

use c3lrp::picture::{Fit, Interpolation, Preparation};
use c3lrp::random::{mix, seed};

use crate::support::reference;

/// `generate.py`'s picture: a ramp with blocks of 12 pixels.
fn picture(width: usize, height: usize, fading: bool) -> Vec<u8> {
    let seed = seed("picture");
    let value = |c: usize, y: usize, x: usize| {
        let ramp = (x * (c + 1) * 255) / (width * (c + 1)) / 2;
        let block = (mix(seed ^ mix(((c * 64 + y / 12) * 64 + x / 12) as u32)) >> 24) as usize / 2;
        (ramp + block) as u8
    };
    let alpha = |y: usize| if fading { (255 * y / (height - 1)) as u8 } else { 255 };
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [value(0, y, x), value(1, y, x), value(2, y, x), alpha(y)]))
        .collect()
}

/// Pillow's fixed point against ours: one step of 255 at the most.
#[test]
fn other_preparations_are_within_one_step_as_well() {
    let (width, height) = (231, 640);
    let (bicubic, squash) = (Interpolation::Bicubic, Fit::Squash);
    let of = [
        ("bicubic_96.png", Preparation { side: 96, crop: 0.95, interpolation: bicubic, ..Preparation::default() }),
        ("grey_64.png", Preparation { channels: 1, side: 64, crop: 1.0, fit: squash, ..Preparation::default() }),
    ];
    for (file, preparation) in of {
        let expected = image::open(reference(file)).unwrap().into_rgb8();
        let input = preparation.prepare(&picture(width, height, false), width, height).unwrap();
        let found = preparation.pixels(&input.values);
        assert_eq!(found.len(), preparation.side * preparation.side);
        let worst =
            found.iter().zip(expected.pixels()).flat_map(|(a, b)| (0..3).map(move |c| a[c].abs_diff(b[c]))).max();
        assert!(worst <= Some(1), "{file}: {worst:?}");
    }
}

#[test]
fn within_one_step_of_torchvisions() {
    for (width, height, fading) in [(500, 375, false), (231, 640, false), (100, 90, true)] {
        let expected = image::open(reference(&format!("crop_{width}x{height}.png"))).unwrap().into_rgb8();
        let preparation = Preparation::default();
        let input = preparation.prepare(&picture(width, height, fading), width, height).unwrap();
        let found = preparation.pixels(&input.values);
        assert_eq!((found.len(), expected.width()), (224 * 224, 224));
        let worst =
            found.iter().zip(expected.pixels()).flat_map(|(a, b)| (0..3).map(move |c| a[c].abs_diff(b[c]))).max();
        println!("{width}×{height}: worst difference {worst:?} of 255");
        assert!(worst <= Some(1), "{width}×{height}: {worst:?}");
    }
}
