//! Relevance mass: how much of what speaks for the class lies where it should.

/// The share of the positive relevance that lies in a mask (values other than 0):
///
///   Σ_{p ∈ mask} max(R_p, 0) / Σ_p max(R_p, 0)
///
/// the relevance mass accuracy of Arras, Osman, Samek (Information Fusion 2022), of positive
/// relevance. `None` where nothing is positive. A uniform map has the mask's share of the area.
pub fn mass(relevance: &[f32], mask: &[u8]) -> Option<f64> {
    let (mut within, mut all) = (0.0, 0.0);
    for (&value, &inside) in relevance.iter().zip(mask) {
        let positive = f64::from(value.max(0.0));
        all += positive;
        within += if inside == 0 { 0.0 } else { positive };
    }
    (all > 0.0).then(|| within / all)
}

#[cfg(test)]
mod tests {
    use super::mass;

    #[test]
    fn positive_relevance_in_the_mask_over_all_of_it() {
        assert_eq!(mass(&[1.0, 2.0, -7.0, 5.0], &[1, 1, 1, 0]), Some(3.0 / 8.0));
        assert_eq!(mass(&[1.0; 8], &[1, 0, 0, 0, 0, 0, 0, 1]), Some(0.25));
    }

    #[test]
    fn without_positive_relevance_there_is_none() {
        assert_eq!(mass(&[-1.0, 0.0], &[1, 1]), None);
    }
}
