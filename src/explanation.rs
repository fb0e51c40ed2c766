//! An explanation: its target, its maps and its figures.

use serde::Serialize;

use crate::metric::Region;
use crate::output::Against;
use crate::picture::Crop;

/// Receives the progress of work: steps done, steps in all, and what comes next.
pub type Progress<'a> = &'a mut dyn FnMut(f64, f64, &str);

/// The names of the steps of work, as progress reports them. Translations use the code `progress.NAME`, where
/// everything except letters becomes a hyphen: `progress.choosing-kernels`.
pub(crate) mod step {
    macro_rules! steps {
        ($($name:ident = $words:literal,)+) => {
            $(pub(crate) const $name: &str = $words;)+
            #[cfg(test)]
            pub(crate) const ALL: &[&str] = &[$($name,)+];
        };
    }
    steps! {
        HEADER = "reading the weights' header",
        DEVICE = "checking the device",
        WEIGHTS = "loading the weights",
        KERNELS = "choosing kernels",
        FORWARD = "forward",
        BACKWARD = "backward",
        MASKS = "masks",
        CONCEPTS = "concepts",
        FILTER = "filter",
        DONE = "done",
        PICTURES = "pictures",
    }
}

/// How long the parts of an explanation took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Milliseconds {
    /// From picture to logits; 0 if the forward pass of an earlier explanation of the same picture was used.
    pub forward: f64,
    /// From class to relevance.
    pub backward: f64,
    /// The filter.
    pub filter: f64,
}

/// One class of one picture, explained.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The explained class.
    pub target: usize,
    /// The class's probability.
    pub probability: f32,
    /// The class's logit; for the "no" of a network with one output, that output's logit with its sign flipped. If it
    /// is negative, there is more against the class than for it.
    pub logit: f32,
    /// What the class is set against; none for the class alone.
    pub against: Option<Against>,
    /// The value that is explained: the logit, or for a contrast Σ_k v_k z_k, by how much the class is ahead.
    pub margin: f32,
    /// All outputs of the network.
    pub logits: Vec<f32>,
    /// Each class's probability.
    pub probabilities: Vec<f32>,
    /// Relevance `[channels, H, W]`; if the method gives no relevance for each channel (Grad-CAM, RISE, ABN), the map
    /// `[1, H, W]`.
    pub relevance: Vec<f32>,
    /// Relevance summed over the channels, `[H, W]`.
    pub map: Vec<f32>,
    /// The relevance of each layer's output, from the class to the picture; empty if the method is not LRP.
    pub boundaries: Vec<Boundary>,
    /// The map after the filter, `[H, W]`.
    pub filtered: Vec<f32>,
    /// 1 where the filter keeps the map and 0 elsewhere, `[H, W]`.
    pub mask: Vec<u8>,
    /// The largest region in which the filtered map stands out; none if no value is positive.
    pub region: Option<Region>,
    /// Width of the maps in pixels.
    pub width: usize,
    /// Height of the maps in pixels.
    pub height: usize,
    /// The part of the picture that the map covers.
    pub crop: Crop,
    /// Whether contour and component didn't overlap, so that the component alone was kept.
    pub fallback: bool,
    /// How long each part took.
    pub milliseconds: Milliseconds,
}

/// The relevance of one layer's output.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The layer's name: `fc`, `avgpool`, `layer4.2`, … `layer1.0`, `maxpool`, `stem`; the last one is `input`, the picture.
    pub name: String,
    /// Σ of the relevance. As far as the rules conserve relevance, it equals the start.
    pub sum: f64,
    /// Relevance summed over the channels, `[height, width]`.
    pub map: Vec<f32>,
    /// Columns of the map.
    pub width: usize,
    /// Rows of the map.
    pub height: usize,
}
