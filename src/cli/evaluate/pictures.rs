//! The pictures that are measured: drawn birds, a folder, or CUB-200-2011 as downloaded.

use std::path::{Path, PathBuf};

use c3lrp::birds::{self, Bird, Objects, Part, Parts, Species};
use c3lrp::picture::{Crop, Fit, Input, Preparation};
use c3lrp::{Error, Result};

use super::super::names::class_of;
use super::super::{disk, files};
use super::classes::{Classes, Found, Rule};
use super::cub;
use super::entry::{Entry, Split, Truth};

/// Pictures in a fixed order, in which shards take turns.
pub struct Pictures {
    source: Source,
    preparation: Preparation,
}

enum Source {
    Birds { seed: u64, targets: Vec<usize>, count: usize, drawing: Drawing },
    Files { kind: String, entries: Vec<Entry>, found: Option<Found> },
}

/// How birds are drawn, and which parts count as deciding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawing {
    /// Whether each bird has the tag of its own species in a corner.
    pub tagged: bool,
    /// Whether the deciding parts are those that differ from the nearest other species, which the bird's own species is
    /// then set against. If several are equally near, the first one counts.
    pub nearest: bool,
}

/// A prepared picture.
pub struct Subject {
    /// The normalised picture, [3, 224, 224].
    pub values: Vec<f32>,
    pub class: Option<usize>,
    /// The object's mask, [224, 224].
    pub object: Option<Vec<u8>>,
    /// The mask of what decides its class, [224, 224].
    pub deciding: Option<Vec<u8>>,
    /// The mask of the tag that gives its class away, [224, 224].
    pub tag: Option<Vec<u8>>,
    /// The class of the nearest other species.
    pub nearest: Option<usize>,
}

/// A drawn bird, and everything that can be removed from its picture.
pub struct Scene {
    pub species: &'static Species,
    /// Its class of the network.
    pub class: usize,
    /// The network's class for each species.
    pub classes: Vec<usize>,
    /// The visible parts with their masks, [224, 224].
    pub parts: Vec<(Part, Vec<u8>)>,
    /// The visible objects of the scene with their indices and masks, [224, 224].
    pub objects: Vec<(usize, Vec<u8>)>,
}

impl Pictures {
    /// Opens `birds:SEED:COUNT` or a folder, for a network with these classes.
    pub fn open(
        text: &str,
        fit: Option<Fit>,
        preparation: Preparation,
        split: Split,
        classes: &Classes,
        drawing: Drawing,
    ) -> Result<Self> {
        let own_classes = |what: &str| match classes.rule {
            Rule::Auto => Ok(()),
            Rule::Name | Rule::FromZero | Rule::FromOne | Rule::Sorted | Rule::None => {
                Err(Error::Options(format!("--classes is for folders that name classes; {what}").into()))
            }
        };
        if let Some(rest) = text.strip_prefix("birds:") {
            let (seed, count) = seed_and_count(rest)?;
            own_classes("birds are called by their species")?;
            let target = |species| class_of(species, classes.labels);
            let targets = Species::all().iter().map(target).collect::<Result<_>>()?;
            return Ok(Self {
                source: Source::Birds { seed, targets, count, drawing },
                preparation: Preparation { fit: fit.unwrap_or(Fit::Pad), ..preparation },
            });
        }
        if drawing.tagged || drawing.nearest {
            return Err(Error::Options("--tags and --against nearest are for drawn birds, birds:SEED:COUNT".into()));
        }
        let folder = Path::new(text);
        let inner = folder.join("CUB_200_2011");
        let cub = [folder, &inner].into_iter().find(|folder| folder.join("images.txt").is_file());
        let (kind, entries, found) = match cub {
            Some(folder) => {
                own_classes("the tables of CUB-200-2011 say them")?;
                (format!("CUB-200-2011, {}", split.name()), cub::entries(folder, split, classes)?, None)
            }
            None => {
                let (entries, found) = in_folder(folder, classes)?;
                ("a folder".to_owned(), entries, found)
            }
        };
        if entries.is_empty() {
            return Err(Error::File(format!("{text} has no pictures ({})", files::KINDS).into()));
        }
        Ok(Self {
            source: Source::Files { kind, entries, found },
            preparation: Preparation { fit: fit.unwrap_or(preparation.fit), ..preparation },
        })
    }

    pub fn len(&self) -> usize {
        match &self.source {
            Source::Birds { count, .. } => *count,
            Source::Files { entries, .. } => entries.len(),
        }
    }

    /// A description of the pictures, the same in whatever folder they are: it includes a hash of their names in order.
    pub fn describe(&self) -> String {
        let fit = self.preparation.fit.word();
        match &self.source {
            Source::Birds { seed, count, drawing: Drawing { tagged, .. }, .. } => {
                let tags = if *tagged { ", with their own tags" } else { "" };
                format!("birds:{seed}:{count}{tags}, {fit}")
            }
            Source::Files { kind, entries, .. } => {
                let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
                format!(
                    "{kind}, {} pictures, {fit}, list {:016x}",
                    entries.len(),
                    disk::hash(names.join("\n").as_bytes())
                )
            }
        }
    }

    /// How folders' names stand for classes, if there are folders.
    pub fn found(&self) -> Option<Found> {
        match &self.source {
            Source::Birds { .. } => None,
            Source::Files { found, .. } => *found,
        }
    }

    /// Whether the pictures are drawn birds, whose masks include the deciding parts.
    pub fn are_birds(&self) -> bool {
        matches!(self.source, Source::Birds { .. })
    }

    pub fn name(&self, number: usize) -> String {
        match &self.source {
            Source::Birds { seed, .. } => {
                let species = &Species::all()[number % Species::all().len()];
                format!("{} {}", species.name(), seed.wrapping_add(number as u64))
            }
            Source::Files { entries, .. } => entries.get(number).map_or_else(String::new, |entry| entry.name.clone()),
        }
    }

    /// Draws a bird without some parts and objects.
    fn bird(&self, number: usize, without: Parts, bare: Objects) -> Result<(&'static Species, Bird, Input)> {
        let Source::Birds { seed, drawing, .. } = &self.source else {
            return Err(Error::Options("parts can be taken away from drawn birds only".into()));
        };
        let index = number % Species::all().len();
        let species = &Species::all()[index];
        let tag = drawing.tagged.then_some(index);
        let options = birds::Options { tag, without, bare, ..birds::Options::default() };
        let bird = birds::draw(species, seed.wrapping_add(number as u64), &options);
        let input = self.preparation.prepare(&bird.rgba, bird.side, bird.side)?;
        Ok((species, bird, input))
    }

    /// A bird's picture without some parts and objects: normalised, [3, 224, 224].
    pub fn without(&self, number: usize, parts: Parts, objects: Objects) -> Result<Vec<f32>> {
        Ok(self.bird(number, parts, objects)?.2.values)
    }

    /// The parts and objects that can be removed from a bird's picture.
    pub fn scene(&self, number: usize) -> Result<Scene> {
        let (species, bird, input) = self.bird(number, Parts::NONE, Objects::NONE)?;
        let side = self.preparation.side;
        let mask = |mask: &[u8]| seen(side, input.crop, [bird.side; 2], &|[x, y]| mask[y * bird.side + x] != 0);
        let classes = match &self.source {
            Source::Birds { targets, .. } => targets.clone(),
            Source::Files { .. } => Vec::new(),
        };
        let class = classes.get(species.index()).copied().unwrap_or_default();
        let shows = |mask: &Vec<u8>| mask.contains(&1);
        let parts =
            Part::ALL.into_iter().map(|part| (part, mask(bird.part(part)))).filter(|(_, mask)| shows(mask)).collect();
        let objects =
            bird.objects.iter().map(|object| mask(object)).enumerate().filter(|(_, mask)| shows(mask)).collect();
        Ok(Scene { species, class, classes, parts, objects })
    }

    /// Draws or reads a picture.
    pub fn load(&self, number: usize) -> Result<Subject> {
        let prepare = |rgba: &[u8], [width, height]: [usize; 2]| self.preparation.prepare(rgba, width, height);
        let seen = |crop, size, inside: &dyn Fn([usize; 2]) -> bool| seen(self.preparation.side, crop, size, inside);
        match &self.source {
            Source::Birds { targets, drawing, .. } => {
                let number_of_species = number % targets.len().max(1);
                let (species, bird, input) = self.bird(number, Parts::NONE, Objects::NONE)?;
                let size = [bird.side; 2];
                let mask = |mask: &[u8]| seen(input.crop, size, &|[x, y]| mask[y * size[0] + x] != 0);
                let nearest = drawing.nearest.then(|| species.nearest().into_iter().next()).flatten();
                let deciding = match nearest {
                    None => mask(&bird.deciding),
                    Some(other) => {
                        let parts: Vec<&[u8]> = species.differing(other).iter().map(|part| bird.part(*part)).collect();
                        seen(input.crop, size, &|[x, y]| parts.iter().any(|part| part[y * size[0] + x] != 0))
                    }
                };
                Ok(Subject {
                    values: input.values,
                    class: targets.get(number_of_species).copied(),
                    object: Some(mask(&bird.whole)),
                    deciding: Some(deciding),
                    tag: bird.tag.as_deref().map(mask),
                    nearest: nearest.and_then(|other| targets.get(other.index()).copied()),
                })
            }
            Source::Files { entries, .. } => {
                let entry =
                    entries.get(number).ok_or_else(|| Error::File(format!("there is no picture {number}").into()))?;
                let class = entry.class.clone()?;
                let rgba = files::picture(&entry.path)?;
                let size = [rgba.width(), rgba.height()].map(|side| side as usize);
                let input = prepare(&rgba, size)?;
                let object = match &entry.object {
                    Truth::Unknown => None,
                    Truth::Box([left, top, width, height]) => Some(seen(input.crop, size, &|place| {
                        let [x, y] = place.map(|at| at as f64 + 0.5);
                        (*left..left + width).contains(&x) && (*top..top + height).contains(&y)
                    })),
                    Truth::Mask(path) => Some(mask(path, self.preparation.side, input.crop, size)?),
                };
                Ok(Subject { values: input.values, class, object, deciding: None, tag: None, nearest: None })
            }
        }
    }
}

/// A limit: more birds would take years.
const MOST_BIRDS: usize = 10_000_000;

pub fn seed_and_count(text: &str) -> Result<(u64, usize)> {
    let numbers = text.split_once(':').map(|(seed, count)| (seed.parse(), count.parse()));
    match numbers {
        Some((Ok(seed), Ok(count))) if (1..=MOST_BIRDS).contains(&count) => Ok((seed, count)),
        _ => Err(Error::Options(
            format!("birds:SEED:COUNT was expected, such as birds:4000000:200, and at most {MOST_BIRDS} birds").into(),
        )),
    }
}

/// The pictures of a folder, and of its subfolders, whose names stand for classes; sorted by name. Masks of the objects
/// may be in a subfolder `masks`, as NAME.png or NAME-bird.png.
///
/// How subfolders' names stand for classes is determined from all subfolders with pictures; none if there are no such
/// subfolders.
fn in_folder(folder: &Path, classes: &Classes) -> Result<(Vec<Entry>, Option<Found>)> {
    let masks = folder.join("masks");
    let mut entries = Vec::new();
    let mut add = |path: PathBuf, class: Result<Option<usize>>| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let candidates = ["", "-bird"].map(|end| masks.join(format!("{stem}{end}.png")));
        let object = candidates.into_iter().find(|path| path.is_file()).map_or(Truth::Unknown, Truth::Mask);
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        entries.push(Entry { name, path, class, object });
    };
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let paths = disk::list(folder)?.into_iter().filter(|path| *path != masks && !is_hidden(path));
    let paths: Vec<PathBuf> = paths.collect();
    let is_folder = |path: &&PathBuf| path.is_dir();
    let mut folders = Vec::new();
    for path in paths.iter().filter(is_folder) {
        let pictures: Vec<PathBuf> = disk::list(path)?.into_iter().filter(|path| is_picture(path)).collect();
        // With sorted folders, an empty folder counts as a class too.
        if !pictures.is_empty() || classes.rule == Rule::Sorted {
            folders.push((name(path), pictures));
        }
    }
    let names: Vec<String> = folders.iter().map(|(name, _)| name.clone()).collect();
    let found = classes.find(&names)?;
    paths.iter().filter(|path| !is_folder(path) && is_picture(path)).for_each(|path| add(path.clone(), Ok(None)));
    for (place, (name, pictures)) in folders.into_iter().enumerate() {
        let class = classes.class_of(found, place, &name);
        pictures.into_iter().for_each(|path| add(path, class.clone()));
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((entries, (!names.is_empty()).then_some(found)))
}

/// Whether a file's name has a picture's extension; hidden files belong to the system.
pub fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    files::EXTENSIONS.contains(&extension.as_str()) && !is_hidden(path)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// A mask file in the network's square: pixels brighter than half.
fn mask(path: &Path, side: usize, crop: Crop, size: [usize; 2]) -> Result<Vec<u8>> {
    let mask = image::DynamicImage::ImageRgba8(files::picture(path)?).into_luma8();
    let found = [mask.width(), mask.height()].map(|side| side as usize);
    if found != size {
        let (path, [width, height]) = (path.display(), size);
        return Err(Error::Picture(
            format!("{path} is {}×{}, but its picture {width}×{height}", found[0], found[1]).into(),
        ));
    }
    Ok(seen(side, crop, size, &|[x, y]| mask.get_pixel(x as u32, y as u32)[0] > 127))
}

/// 1 where a pixel of the network's square shows a pixel that is `inside`, 0 elsewhere and on the border.
fn seen(square: usize, crop: Crop, [width, height]: [usize; 2], inside: &dyn Fn([usize; 2]) -> bool) -> Vec<u8> {
    let along = |at: usize, start: f64, length: f64, side: usize| {
        let place = (start + (at as f64 + 0.5) * length / square as f64).floor();
        (place >= 0.0 && place < side as f64).then_some(place as usize)
    };
    let pixel = |at: usize| {
        let x = along(at % square, crop.x, crop.width, width);
        let y = along(at / square, crop.y, crop.height, height);
        u8::from(x.zip(y).is_some_and(|(x, y)| inside([x, y])))
    };
    (0..square * square).map(pixel).collect()
}
