//! What measuring costs beside the forward passes that it is made of.

use std::time::{Duration, Instant};

use c3lrp::picture::SIDE;
use c3lrp::{Error, Result};
use pollster::block_on;

use super::measure::Measure;

/// Prints the rate of a run's forward passes, that of as many in a bare loop over batches of the same size, and
/// the first as a share of the second.
pub fn compare(measure: &Measure, took: Duration) -> Result<()> {
    if measure.seen == 0 {
        return Err(Error::Options(
            "nothing was measured in this run, so there is no speed; name another --out".into(),
        ));
    }
    let batch = measure.settings.batch;
    let start = Instant::now();
    for first in (0..measure.seen).step_by(batch) {
        let pictures = vec![0.5; batch.min(measure.seen - first) * 3 * SIDE * SIDE];
        block_on(measure.explainer.logits(pictures, SIDE, SIDE))?;
    }
    let rate = |took: Duration| measure.seen as f64 / took.as_secs_f64();
    let [run, bare] = [rate(took), rate(start.elapsed())];
    eprintln!(
        "{} forward passes for curves: {run:.1} a second with all else, {bare:.1} in a bare loop; {:.2}×",
        measure.seen,
        run / bare
    );
    Ok(())
}
