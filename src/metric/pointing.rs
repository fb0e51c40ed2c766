//! The pointing game: whether a map's strongest pixel hits.

/// The pointing game (Zhang et al., ECCV 2016) without tolerance: 1 where the map's largest value
/// lies in the mask (values other than 0), 0 where not. Where several pixels share the largest value,
/// the share of them that lies in the mask: what to expect if one of them is drawn.
pub fn pointing(relevance: &[f32], mask: &[u8]) -> f64 {
    let largest = relevance.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut hits, mut all) = (0usize, 0usize);
    for (_, &inside) in relevance.iter().zip(mask).filter(|&(&value, _)| value == largest) {
        all += 1;
        hits += usize::from(inside != 0);
    }
    hits as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::pointing;

    #[test]
    fn the_largest_value_hits_or_misses() {
        assert_eq!(pointing(&[0.1, 0.9, 0.3], &[0, 1, 0]), 1.0);
        assert_eq!(pointing(&[0.1, 0.9, 0.3], &[1, 0, 1]), 0.0);
    }

    #[test]
    fn equals_count_by_their_share() {
        assert_eq!(pointing(&[1.0, 1.0, 0.0, 1.0], &[1, 0, 1, 1]), 2.0 / 3.0);
    }
}
