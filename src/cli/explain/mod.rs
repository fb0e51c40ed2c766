//! `c3lrp explain`: explains one class of a picture, or of each picture in a folder.

mod folder;
mod report;
mod sheet;

use std::path::PathBuf;

use c3lrp::hints::Origin;
use c3lrp::{Error, Explained, Info, Result};
use clap::Args;

use super::asked::{Answer, Asked, Asking};
use super::files;
use super::print::line;

/// Classify a picture, or each picture of a folder, and explain one class of it.
#[derive(Args)]
pub struct Explain {
    #[command(flatten)]
    asked: Asked,
    /// The folder for what is saved of each picture: its explanation as JSON, the heatmap as PNG, the relevance as
    /// .npy, and index.html, which shows all of them. Pictures that were explained before with the same question are
    /// skipped.
    #[arg(long, conflicts_with_all = ["heatmap", "relevance", "json"])]
    out: Option<PathBuf>,
    /// Write the heatmap as PNG: the filtered map over the picture; without a filter, the map alone.
    #[arg(long)]
    heatmap: Option<PathBuf>,
    /// Write the relevance `[channels, H, W]` as float32 .npy; `[1, H, W]` if the method gives only a map.
    #[arg(long)]
    relevance: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(self) -> Result<()> {
        if let Some(out) = &self.out {
            return folder::explain(&self.asked, out);
        }
        if self.asked.input().is_dir() {
            return Err(Error::Options("a folder of pictures needs --out, the folder to write to".into()));
        }
        let asking = self.asked.load()?;
        let answer = asking.explain(self.asked.input())?;
        let Answer { explained, .. } = &answer;
        if let Some(path) = &self.relevance {
            files::write(path, &report::relevance(explained)?)?;
        }
        if let Some(path) = &self.heatmap {
            files::write_picture(path, &report::heatmap(explained, &asking.options))?;
        }
        if self.json { line!("{}", report::json(&asking, &answer)) } else { print(&asking, explained) }
    }
}

fn print(asking: &Asking, explained: &Explained) -> Result<()> {
    let (names, info) = (&asking.names, asking.explainer.info());
    line!("explained: {} ({:.1} %)", names.say(explained.target), explained.probability * 100.0)?;
    for (class, probability) in report::top5(explained) {
        line!("{:6.2} %  {}", probability * 100.0, names.say(class))?;
    }
    line!("read as {}; {}", info.architecture, taken(info))?;
    let time = explained.milliseconds;
    line!(
        "on {} ({}): forward {:.0} ms, backward {:.0} ms, filter {:.0} ms",
        info.device,
        info.adapter,
        time.forward,
        time.backward,
        time.filter
    )
}

/// The facts about the network that were assumed, in a sentence.
fn taken(info: &Info) -> String {
    let assumed: Vec<_> = info
        .facts
        .iter()
        .filter(|fact| fact.origin == Origin::Assumed)
        .map(|fact| format!("{} {}", fact.name, fact.value))
        .collect();
    if assumed.is_empty() {
        return "nothing was taken for granted".into();
    }
    format!("taken for granted: {} (each is an option)", assumed.join(", "))
}
