//! `c3lrp concepts`: the channels of a layer to which a class owes its relevance.

use std::path::{Path, PathBuf};

use c3lrp::heatmap::{Style, heatmap};
use c3lrp::{Concept, Concepts, Result};
use clap::Args;
use image::RgbaImage;
use serde_json::json;

use super::asked::{Answer, Asked};
use super::files;
use super::print::line;

/// Show the channels of a layer to which a class owes its relevance, and where in the picture each of them responds.
#[derive(Args)]
pub struct ConceptsCommand {
    #[command(flatten)]
    asked: Asked,
    /// The layer, such as layer4.2; an unknown name lists all of them.
    #[arg(long)]
    layer: String,
    /// Number of channels.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..))]
    top: u16,
    /// The folder for each channel's own map as PNG; created if it is missing.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl ConceptsCommand {
    pub fn run(self) -> Result<()> {
        let asking = self.asked.load()?;
        let Answer { explained, .. } = asking.explain(self.asked.input())?;
        let (options, names) = (&asking.options, &asking.names);
        let quiet = &mut |_: f64, _: f64, _: &str| {};
        let found = pollster::block_on(explained.concepts(&self.layer, self.top.into(), options, quiet))?;
        if let Some(out) = &self.out {
            files::create_folder(out)?;
            for concept in &found.concepts {
                write(&out.join(format!("{}-{}.png", found.layer, concept.channel)), &found, concept)?;
            }
        }
        let target = explained.target;
        if self.json {
            return line!("{}", json!({ "target": target, "label": names.name(target), "concepts": found }));
        }
        line!("explained: {} ({:.1} %)", names.say(target), explained.probability * 100.0)?;
        line!("{} of {} channels of {}:", found.concepts.len(), found.channels.len(), found.layer)?;
        for Concept { channel, relevance, share, .. } in &found.concepts {
            line!("{:6.2} %  channel {channel}, relevance {relevance:.4}", share * 100.0)?;
        }
        Ok(())
    }
}

/// Writes a concept's map in diverging colours.
fn write(path: &Path, found: &Concepts, concept: &Concept) -> Result<()> {
    let colours = heatmap(&concept.map, Style::Diverging, None);
    let picture = RgbaImage::from_raw(found.width as u32, found.height as u32, colours);
    picture.map_or(Ok(()), |picture| files::write_picture(path, &picture))
}
