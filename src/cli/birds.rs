//! `c3lrp birds`: pictures with a known ground truth.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use c3lrp::birds::{self, Bird, Objects, Part, Parts, Species};
use c3lrp::{Error, Result};
use clap::Args;
use image::{GrayImage, RgbaImage};

use super::files;

/// Draw birds with masks of their parts: PNGs, and a table of what is in them.
#[derive(Args)]
pub struct Birds {
    /// The folder to write to; created if it is missing.
    #[arg(long)]
    out: PathBuf,
    /// Number of pictures; species take turns.
    #[arg(long)]
    count: usize,
    /// The first picture's seed; each following picture has the next one.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Species by name, such as "Masked Sunwren,Capped Sunwren"; all twenty by default.
    #[arg(long, value_delimiter = ',')]
    species: Vec<String>,
    /// Plant each species' own tag in a corner.
    #[arg(long)]
    spurious: bool,
    /// Plant the tag of this species on every bird, whatever its own species is.
    #[arg(long, conflicts_with = "spurious")]
    tag: Option<String>,
    /// Leave out these parts, such as "beak,crest"; nothing else changes.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// Draw parts as another species has them, such as wing="Masked Sunwren"; nothing else changes.
    #[arg(long, value_delimiter = ',', value_name = "PART=SPECIES")]
    swap: Vec<String>,
    /// Leave out these objects of the scene, by their numbers from 0, such as "0,2"; birds.csv says how many there are.
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS")]
    without_objects: Vec<u8>,
    /// Side of the pictures in pixels.
    #[arg(long, default_value_t = 224, value_parser = clap::value_parser!(u16).range(96..=1024))]
    side: u16,
}

impl Birds {
    pub fn run(self) -> Result<()> {
        let all = Species::all();
        let chosen: Vec<&Species> = match self.species.is_empty() {
            true => all.iter().collect(),
            false => self.species.iter().map(|name| by_name(name.trim())).collect::<Result<_>>()?,
        };
        let planted = self.tag.as_deref().map(by_name).transpose()?.map(Species::index);
        let without = self.without.iter().map(|name| Part::by_name(name.trim())).collect::<Result<Parts>>()?;
        let bare: Objects = self.without_objects.iter().map(|&number| number.into()).collect();
        let swap = swap(&self.swap)?;
        for folder in [&self.out, &self.out.join("masks")] {
            files::create_folder(folder)?;
        }
        let mut table = String::from("file,species,seed,label,tag,deciding,objects\n");
        for (number, species) in chosen.iter().cycle().take(self.count).enumerate() {
            let seed = self.seed.wrapping_add(number as u64);
            let tag = if self.spurious { Some(species.index()) } else { planted };
            let bird = birds::draw(species, seed, &birds::Options { side: self.side.into(), tag, without, swap, bare });
            let name = format!("bird-{number:06}");
            write_picture(&self.out.join(format!("{name}.png")), &bird)?;
            write_masks(&self.out.join("masks"), &name, &bird)?;
            let tag = tag.map_or_else(String::new, |tag| tag.to_string());
            let deciding: Vec<&str> = species.deciding_parts().iter().map(|part| part.name()).collect();
            let row = (species.name(), seed, species.index(), tag, deciding.join("+"), bird.objects.len());
            // Writing to a string can't fail.
            let _ = writeln!(table, "{name}.png,{},{},{},{},{},{}", row.0, row.1, row.2, row.3, row.4, row.5);
        }
        files::write(&self.out.join("birds.csv"), table.as_bytes())
    }
}

fn by_name(name: &str) -> Result<&'static Species> {
    Species::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = Species::all().iter().map(Species::name).collect();
        Error::Options(format!("there is no species {name:?}; there are {}", names.join(", ")).into())
    })
}

/// For each part, by its index: the index of the species that it is taken from.
fn swap(pairs: &[String]) -> Result<[Option<usize>; Part::COUNT]> {
    let mut swap = [None; Part::COUNT];
    for pair in pairs {
        let (part, species) = pair.split_once('=').ok_or_else(|| {
            Error::Options(format!("--swap has {pair:?}; PART=SPECIES was expected, as wing=\"Masked Sunwren\"").into())
        })?;
        swap[Part::by_name(part.trim())?.index()] = Some(by_name(species.trim())?.index());
    }
    Ok(swap)
}

fn write_picture(path: &Path, bird: &Bird) -> Result<()> {
    let side = bird.side as u32;
    match RgbaImage::from_raw(side, side, bird.rgba.clone()) {
        Some(picture) => files::write_picture(path, &picture),
        None => Err(Error::Picture(format!("{} pixels don't make a square of {side}", bird.rgba.len() / 4).into())),
    }
}

/// Writes the masks of the whole bird, the deciding parts, and each visible part and object, as white on black.
fn write_masks(folder: &Path, name: &str, bird: &Bird) -> Result<()> {
    let parts = Part::ALL.into_iter().map(|part| (part.name().to_owned(), bird.part(part)));
    let objects = bird.objects.iter().enumerate().map(|(index, mask)| (format!("object-{index}"), &mask[..]));
    let masks = [("bird".to_owned(), &bird.whole[..]), ("deciding".to_owned(), &bird.deciding[..])];
    for (what, mask) in masks.into_iter().chain(parts).chain(objects).filter(|(_, mask)| mask.contains(&1)) {
        let side = bird.side as u32;
        let white =
            GrayImage::from_fn(side, side, |x, y| image::Luma([255 * mask[y as usize * bird.side + x as usize]]));
        files::write_mask(&folder.join(format!("{name}-{what}.png")), &white)?;
    }
    Ok(())
}
