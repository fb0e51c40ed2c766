//! Relevance mass: how much of the relevance for the class lies inside a mask.

use super::comparable;
use crate::Result;

/// The share of the positive relevance that lies inside a mask (values other than 0):
///
///   Σ_{p ∈ mask} max(R_p, 0) / Σ_p max(R_p, 0)
///
/// the relevance mass accuracy of Arras, Osman, Samek (Information Fusion 2022), for positive relevance. `None` if
/// nothing is positive. For a uniform map it is the mask's share of the area.
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if the mask has another length, or a value is not finite.
pub fn mass(relevance: &[f32], mask: &[u8]) -> Result<Option<f64>> {
    comparable(relevance, mask)?;
    let (mut within, mut all) = (0.0, 0.0);
    for (&value, &inside) in relevance.iter().zip(mask) {
        let positive = f64::from(value.max(0.0));
        all += positive;
        within += if inside == 0 { 0.0 } else { positive };
    }
    Ok((all > 0.0).then(|| within / all))
}

#[cfg(test)]
mod tests {
    use super::mass;

    #[test]
    fn positive_relevance_in_the_mask_over_all_of_it() {
        assert_eq!(mass(&[1.0, 2.0, -7.0, 5.0], &[1, 1, 1, 0]), Ok(Some(3.0 / 8.0)));
        assert_eq!(mass(&[1.0; 8], &[1, 0, 0, 0, 0, 0, 0, 1]), Ok(Some(0.25)));
    }

    #[test]
    fn without_positive_relevance_there_is_none() {
        assert_eq!(mass(&[-1.0, 0.0], &[1, 1]), Ok(None));
    }

    #[test]
    fn what_can_not_be_compared_is_refused() {
        for (map, mask, words) in [
            (&[1.0, 2.0][..], &[1][..], "2 values and the mask 1"),
            (&[1.0], &[1, 0], "1 values and the mask 2"),
            (&[1.0, f32::NAN], &[1, 0], "NaN at place 1"),
            (&[f32::INFINITY], &[1], "inf at place 0"),
        ] {
            assert!(mass(map, mask).unwrap_err().to_string().contains(words), "{words}");
        }
    }
}
