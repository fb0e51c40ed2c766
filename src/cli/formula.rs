//! `c3lrp formula`: a known network without a download.

use std::path::PathBuf;

use c3lrp::weights::{Architecture, formula};
use c3lrp::{Error, Result};
use clap::Args;

/// Write weights made by a formula: a known network for tests and benchmarks, which has learnt nothing.
#[derive(Args)]
pub struct Formula {
    /// Number of blocks in each stage; 3,4,6,3 is ResNet-50.
    #[arg(long, value_delimiter = ',', default_value = "3,4,6,3")]
    depths: Vec<usize>,
    /// Number of channels of the stem.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    width: u16,
    /// Number of classes.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    classes: u32,
    /// The safetensors file to write.
    #[arg(long)]
    out: PathBuf,
}

impl Formula {
    pub fn run(self) -> Result<()> {
        let depths: [usize; 4] = self
            .depths
            .try_into()
            .ok()
            .filter(|depths: &[usize; 4]| depths.iter().all(|depth| (1..=100).contains(depth)))
            .ok_or_else(|| Error::Options("--depths takes four numbers from 1 to 100, such as 3,4,6,3".into()))?;
        let bytes = formula::checkpoint(&Architecture::resnet(depths, self.width.into(), self.classes as usize))?;
        super::files::write(&self.out, &bytes)
    }
}
