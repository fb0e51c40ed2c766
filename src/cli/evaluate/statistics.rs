//! Means over pictures, with their uncertainty.

use c3lrp::random::mix;

/// Number of bootstrap resamples.
pub const RESAMPLES: usize = 2000;

/// A mean over pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    pub count: usize,
    pub mean: f64,
    /// Sample standard deviation over the pictures; 0 for a single one.
    pub deviation: f64,
    /// The 95 % confidence interval of the mean.
    pub interval: [f64; 2],
}

/// Mean, sample standard deviation, and the percentile bootstrap's interval for the mean (Efron 1979): pictures are
/// drawn with replacement, and the interval leaves out 2.5 % of the means at each end. The same number of values is
/// always resampled in the same way, so that methods are compared on the same pictures. `None` without values.
pub fn mean(values: &[f64], seed: u32) -> Option<Mean> {
    let count = values.len();
    let average = |sum: f64| sum / count as f64;
    let mean = (count > 0).then(|| average(values.iter().sum()))?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let deviation = (squares / (count.max(2) - 1) as f64).sqrt();
    let draw = |at: usize| ((u64::from(mix(seed ^ mix(at as u32))) * count as u64) >> 32) as usize;
    let resample = |number: usize| average((number * count..(number + 1) * count).map(|at| values[draw(at)]).sum());
    let mut means: Vec<f64> = (0..RESAMPLES).map(resample).collect();
    means.sort_by(f64::total_cmp);
    let quantile = |share: f64| means[((RESAMPLES - 1) as f64 * share).round() as usize];
    Some(Mean { count, mean, deviation, interval: [quantile(0.025), quantile(0.975)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_have_deviation_and_interval() {
        let values: Vec<f64> = (0..400).map(|at| f64::from(at % 2)).collect();
        let Mean { count, mean, deviation, interval } = mean(&values, 0).unwrap();
        assert_eq!((count, mean), (400, 0.5));
        assert!((deviation - (100.0f64 / 399.0).sqrt()).abs() < 1e-12);
        // ±1.96 · 0.5 / √400 by the normal approximation.
        assert!((interval[0] - 0.451).abs() < 0.006 && (interval[1] - 0.549).abs() < 0.006, "{interval:?}");
    }

    #[test]
    fn one_value_is_sure_of_itself_and_none_has_no_mean() {
        let one = mean(&[0.25], 7).unwrap();
        assert_eq!((one.mean, one.deviation, one.interval), (0.25, 0.0, [0.25; 2]));
        assert_eq!(mean(&[], 0), None);
    }
}
