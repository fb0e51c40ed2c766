//! `c3lrp merge`: combines shards into one result.

use std::path::PathBuf;

use c3lrp::{Error, Result};
use clap::Args;

use super::super::{disk, files};
use super::records::Results;
use super::report::report;

/// Combine shards that `c3lrp evaluate --shard` measured into the tables that a single run would have written.
#[derive(Args)]
pub struct Merge {
    /// The shards' folders, or one folder that all of them wrote to.
    #[arg(required = true)]
    shards: Vec<PathBuf>,
    /// The folder to write to; created if it is missing.
    #[arg(long)]
    out: PathBuf,
    /// Print JSON instead of Markdown.
    #[arg(long)]
    json: bool,
}

impl Merge {
    pub fn run(self) -> Result<()> {
        let mut paths = Vec::new();
        for folder in &self.shards {
            let is_records = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("records") && name.ends_with(".jsonl")
            };
            let found: Vec<PathBuf> = disk::list(folder)?.into_iter().filter(is_records).collect();
            if found.is_empty() {
                return Err(Error::File(format!("{} has no records of a shard", folder.display()).into()));
            }
            paths.extend(found);
        }
        files::create_folder(&self.out)?;
        let measured = Results::read(&paths)?;
        report(&measured, Some(&self.out), self.json)
    }
}
