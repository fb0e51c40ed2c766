//! Conservation: whether relevance gets lost, or comes from nowhere, on its way.

use crate::sentence::say;
use crate::{Error, Result};

/// The largest deviation of relevance from what it started as, over the layers' boundaries, as a share of it:
///
///   max_l |Σ R_l − Σ R_0| / |Σ R_0|
///
/// `sums` are Σ R_l from the class down to the picture, as [`Boundary::sum`](crate::Boundary) has them; the
/// first is the start. LRP conserves (Bach et al., PLOS ONE 10(7), 2015) but for what biases and ε take.
/// `None` where the start is 0 or there are no sums (the method is no LRP).
///
/// # Errors
/// [`Error::Picture`] where a sum is not finite.
pub fn conservation(sums: &[f64]) -> Result<Option<f64>> {
    if let Some(at) = sums.iter().position(|sum| !sum.is_finite()) {
        return Err(Error::Picture(say!(
            "boundary-infinite",
            "the relevance of boundary {at} sums to {sum}; that is not finite",
            at,
            sum = sums[at]
        )));
    }
    let worst = |start: f64| sums.iter().map(|sum| (sum - start).abs()).fold(0.0, f64::max) / start.abs();
    Ok(sums.first().copied().filter(|&start| start != 0.0).map(worst))
}

#[cfg(test)]
mod tests {
    use super::conservation;

    #[test]
    fn the_worst_boundary_counts() {
        assert_eq!(conservation(&[0.5, 0.5, 0.75, 0.375]), Ok(Some(0.5)));
        assert_eq!(conservation(&[-2.0, -1.0]), Ok(Some(0.5)));
        assert_eq!(conservation(&[1.0]), Ok(Some(0.0)));
    }

    #[test]
    fn nothing_to_conserve() {
        assert_eq!((conservation(&[]), conservation(&[0.0, 1.0])), (Ok(None), Ok(None)));
        assert!(conservation(&[1.0, f64::NAN]).is_err() && conservation(&[f64::INFINITY]).is_err());
    }
}
