//! Conservation: whether relevance is lost or created on its way.

use crate::sentence::say;
use crate::{Error, Result};

/// The largest deviation of relevance from its start, over all layers' boundaries, as a share of the start:
///
///   max_l |Σ R_l − Σ R_0| / |Σ R_0|
///
/// `sums` are Σ R_l from the class to the picture, as in [`Boundary::sum`](crate::Boundary); the first one is the
/// start. LRP conserves relevance (Bach et al., PLOS ONE 10(7), 2015), except for what biases and ε absorb. `None` if
/// the start is 0, or there are no sums because the method is not LRP.
///
/// # Errors
/// [`Error::Picture`] if a sum is not finite.
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
