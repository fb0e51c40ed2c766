//! Compares the time of measuring with that of its forward passes alone.

use std::time::{Duration, Instant};

use c3lrp::picture::Preparation;
use c3lrp::{Error, Result};
use pollster::block_on;

use super::measure::Measure;

/// Measures a picture, then runs a bare loop of as many forward passes, in turns: on a noisy machine, only what ran
/// side by side can be compared.
#[derive(Default)]
pub struct Speed {
    seen: usize,
    run: Duration,
    bare: Duration,
    shares: Vec<f64>,
}

impl Speed {
    /// After a picture that `took` this long in all: runs as many passes again, in batches of the same size.
    pub fn compare(&mut self, measure: &Measure, took: Duration) -> Result<()> {
        let passes = measure.seen - self.seen;
        if passes == 0 {
            return Ok(());
        }
        let batch = measure.settings.batch;
        let start = Instant::now();
        for first in (0..passes).step_by(batch) {
            let Preparation { channels, side, .. } = measure.explainer.preparation();
            let pictures = vec![0.5; batch.min(passes - first) * channels * side * side];
            block_on(measure.explainer.logits(pictures, side, side))?;
        }
        let bare = start.elapsed();
        self.shares.push(bare.as_secs_f64() / took.as_secs_f64());
        self.seen += passes;
        self.run += took;
        self.bare += bare;
        Ok(())
    }

    /// Prints both rates, and the first one as a share of the second: the median over the pictures.
    pub fn report(mut self) -> Result<()> {
        self.shares.sort_by(f64::total_cmp);
        let Some(median) = self.shares.get(self.shares.len() / 2) else {
            return Err(Error::Options("no curves were measured, so there is no speed; name another --out".into()));
        };
        let [run, bare] = [self.run, self.bare].map(|took| self.seen as f64 / took.as_secs_f64());
        eprintln!(
            "{} forward passes for curves: {run:.1} a second with all else, {bare:.1} in a bare loop; {median:.2} × (median of {} pictures)",
            self.seen,
            self.shares.len()
        );
        Ok(())
    }
}
