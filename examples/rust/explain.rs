//! Says what a network sees in a picture, and writes the map over the picture's cut:
//!
//! cargo run --release --features cli --example explain -- PICTURE WEIGHTS MAP.png

use std::error::Error;

use c3lrp::heatmap::{Style, heatmap};
use c3lrp::weights::Bytes;
use c3lrp::{Explainer, Options};
use image::ExtendedColorType::Rgba8;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [picture, weights, map] = arguments.as_slice() else {
        return Err("three arguments are needed: PICTURE WEIGHTS MAP.png".into());
    };
    let picture = image::open(picture)?.to_rgba8();
    let [width, height] = [picture.width(), picture.height()].map(|side| side as usize);

    // A GPU where there is one, else the CPU.
    let explainer = Explainer::builder(Bytes(std::fs::read(weights)?)).build_blocking()?;
    let explained = explainer.explain_blocking(&picture, width, height, &Options::default())?;
    println!("class {}: {:.1} %", explained.target, 100.0 * explained.probability);

    let colours = heatmap(&explained.filtered, Style::Overlay, None);
    image::save_buffer(map, &colours, explained.width as u32, explained.height as u32, Rgba8)?;
    Ok(())
}
