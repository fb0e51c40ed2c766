//! Relevance rank: how many of a map's strongest pixels lie inside a mask.

use super::{comparable, sortable};
use crate::Result;

/// For a mask of K pixels (values other than 0), the share of the map's K largest values that lie inside it:
///
///   |{p ∈ mask: R_p among the K largest}| / K
///
/// the relevance rank accuracy of Arras, Osman, Samek (Information Fusion 2022). If equal values straddle the K-th
/// rank, they count by the share of them inside the mask: the expected score of a random choice. `None` for an empty
/// mask. For a uniform map it is the mask's share of the area.
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if the mask has another length, or a value is not finite.
pub fn rank(relevance: &[f32], mask: &[u8]) -> Result<Option<f64>> {
    comparable(relevance, mask)?;
    let size = mask.iter().filter(|&&inside| inside != 0).count();
    let mut pixels: Vec<(f32, bool)> =
        relevance.iter().zip(mask).map(|(&value, &inside)| (sortable(value), inside != 0)).collect();
    pixels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let Some(&(least, _)) = size.checked_sub(1).and_then(|last| pixels.get(last)) else { return Ok(None) };
    let inside = |part: &[(f32, bool)]| part.iter().filter(|(_, inside)| *inside).count() as f64;
    let above = pixels.partition_point(|&(value, _)| value > least);
    let equals = &pixels[above..][..pixels[above..].partition_point(|&(value, _)| value >= least)];
    let drawn = (size - above) as f64 / equals.len().max(1) as f64;
    Ok(Some((inside(&pixels[..above]) + drawn * inside(equals)) / size as f64))
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn the_largest_as_many_as_the_mask_has() {
        assert_eq!(rank(&[5.0, 4.0, 3.0, -1.0], &[1, 0, 1, 0]), Ok(Some(0.5)));
        assert_eq!(rank(&[5.0, -4.0, 3.0, -7.0], &[1, 0, 1, 0]), Ok(Some(1.0)));
    }

    #[test]
    fn equals_at_the_last_place_count_by_their_share() {
        // The third place is one of three zeros, of which one is in the mask.
        assert_eq!(rank(&[2.0, 1.0, 0.0, -0.0, 0.0, -3.0], &[1, 1, 1, 0, 0, 0]), Ok(Some((2.0 + 1.0 / 3.0) / 3.0)));
        assert_eq!(rank(&[1.0; 8], &[1, 0, 0, 0, 0, 0, 0, 1]), Ok(Some(0.25)));
    }

    #[test]
    fn an_empty_mask_has_no_rank() {
        assert_eq!(rank(&[1.0, 2.0], &[0, 0]), Ok(None));
        assert_eq!(rank(&[], &[]), Ok(None));
    }

    #[test]
    fn what_can_not_be_compared_is_refused() {
        assert!(rank(&[1.0, 2.0], &[1]).is_err() && rank(&[1.0, f32::NAN], &[0, 1]).is_err());
    }
}
