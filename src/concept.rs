//! Concepts: the channels of a layer to which a class owes its relevance, and where in the picture each of them
//! responds.
//!
//! Concept Relevance Propagation (Achtibat et al., Nature Machine Intelligence 2023): relevance is propagated back to a
//! layer's output, R `[C, h, w]`. Channel c has the relevance R_c = Σ_places R there. With all other channels set to 0,
//! its relevance is propagated on to the pixels. The maps of all channels add up to the whole map.

use serde::Serialize;

/// One channel of a layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concept {
    /// The channel's index, from 0.
    pub channel: usize,
    /// R_c; positive or negative.
    pub relevance: f64,
    /// R_c / Σ_k |R_k|, from −1 to 1.
    pub share: f64,
    /// The relevance that reaches each pixel through this channel: the conditional map `[H, W]`, row by row.
    #[serde(skip)]
    pub map: Vec<f32>,
}

/// The channels of a layer that have the most relevance for a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concepts {
    /// The layer's name, such as `layer4.2`.
    pub layer: String,
    /// R_c of every channel, `[C]`.
    pub channels: Vec<f64>,
    /// The channels with the most relevance, in descending order.
    pub concepts: Vec<Concept>,
    /// Width of the maps in pixels.
    pub width: usize,
    /// Height of the maps in pixels.
    pub height: usize,
}

/// R_c of each channel: the sums of relevance `[C, h, w]` over the `area` = h·w places.
pub(crate) fn channels(relevance: &[f32], area: usize) -> Vec<f64> {
    relevance.chunks_exact(area.max(1)).map(|channel| channel.iter().map(|&value| f64::from(value)).sum()).collect()
}

/// The indices of the `top` channels with the most relevance, in descending order; on a tie the lower index comes
/// first.
pub(crate) fn most_relevant(channels: &[f64], top: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..channels.len()).collect();
    order.sort_by(|&a, &b| channels[b].total_cmp(&channels[a]));
    order.truncate(top);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_ordered_by_what_they_add_up_to() {
        let found = channels(&[1.0, -2.0, 3.0, 0.5, 0.25, 0.25, -4.0, -4.0], 2);
        assert_eq!(found, [-1.0, 3.5, 0.5, -8.0]);
        assert_eq!(most_relevant(&found, 3), [1, 2, 0]);
        assert_eq!(most_relevant(&found, 9), [1, 2, 0, 3]);
    }
}
