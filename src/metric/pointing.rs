//! The pointing game: whether a map's strongest pixel lies inside a mask.

use super::comparable;
use crate::Result;

/// The pointing game (Zhang et al., ECCV 2016) without tolerance: 1 if the map's largest value lies inside the mask
/// (values other than 0), otherwise 0. If several pixels have the largest value, the share of them inside the mask: the
/// expected score of a random one. `None` for an empty map.
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if the mask has another length, or a value is not finite.
pub fn pointing(relevance: &[f32], mask: &[u8]) -> Result<Option<f64>> {
    comparable(relevance, mask)?;
    let largest = relevance.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut hits, mut all) = (0usize, 0usize);
    for (_, &inside) in relevance.iter().zip(mask).filter(|&(&value, _)| value == largest) {
        all += 1;
        hits += usize::from(inside != 0);
    }
    Ok((all > 0).then(|| hits as f64 / all as f64))
}

#[cfg(test)]
mod tests {
    use super::pointing;

    #[test]
    fn the_largest_value_hits_or_misses() {
        assert_eq!(pointing(&[0.1, 0.9, 0.3], &[0, 1, 0]), Ok(Some(1.0)));
        assert_eq!(pointing(&[0.1, 0.9, 0.3], &[1, 0, 1]), Ok(Some(0.0)));
    }

    #[test]
    fn equals_count_by_their_share() {
        assert_eq!(pointing(&[1.0, 1.0, 0.0, 1.0], &[1, 0, 1, 1]), Ok(Some(2.0 / 3.0)));
    }

    #[test]
    fn what_can_not_be_compared_is_refused() {
        assert!(pointing(&[0.1, 0.9], &[0]).is_err() && pointing(&[0.1, f32::NAN], &[0, 1]).is_err());
        assert_eq!(pointing(&[], &[]), Ok(None));
    }
}
