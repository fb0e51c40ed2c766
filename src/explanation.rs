//! The contents of an explanation.

use serde::Serialize;

use crate::metric::Region;
use crate::output::Against;
use crate::picture::Crop;

/// Told of the work: steps done, steps in all, what comes next.
pub type Progress<'a> = &'a mut dyn FnMut(f64, f64, &str);

/// What the work is told to be at. Another language knows the words by the code `progress.` with what comes of
/// everything but letters as one hyphen: `progress.choosing-kernels`.
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

/// How long the parts of an explanation took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Milliseconds {
    /// Picture to logits; 0 where the pass of the same picture before was used again.
    pub forward: f64,
    /// Class to relevance.
    pub backward: f64,
    /// The post-filter.
    pub filter: f64,
}

/// One class of one picture, explained.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The explained class.
    pub target: usize,
    /// Its probability.
    pub probability: f32,
    /// Its logit; for the "no" of a network with one output, that output's with the sign turned. Where it is
    /// negative, the class has more against it than for it.
    pub logit: f32,
    /// What it is set against.
    pub against: Option<Against>,
    /// The explained value: the logit, or for a contrast Σ_k v_k z_k, by how much the class is ahead.
    pub margin: f32,
    /// The network's outputs.
    pub logits: Vec<f32>,
    /// Each class's probability.
    pub probabilities: Vec<f32>,
    /// Relevance `[3, H, W]`; the map, `[1, H, W]`, where the method gives no relevance per channel
    /// (Grad-CAM, RISE, ABN).
    pub relevance: Vec<f32>,
    /// Relevance summed over the channels, `[H, W]`.
    pub map: Vec<f32>,
    /// Relevance of each layer's output, from the class down to the picture; empty where the method is
    /// no LRP.
    pub boundaries: Vec<Boundary>,
    /// The map after the filter, `[H, W]`.
    pub filtered: Vec<f32>,
    /// 1 where the filter keeps, `[H, W]`.
    pub mask: Vec<u8>,
    /// Where the filtered map stands out: its largest region; none where nothing in it is positive.
    pub region: Option<Region>,
    /// W.
    pub width: usize,
    /// H.
    pub height: usize,
    /// The part of the picture that the map covers.
    pub crop: Crop,
    /// Whether contour and component shared nothing, so that the component alone was kept.
    pub fallback: bool,
    /// Times taken.
    pub milliseconds: Milliseconds,
}

/// Relevance between two layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The layer whose output it is of: `fc`, `avgpool`, `layer4.2`, … `layer1.0`, `maxpool`, `stem`; at
    /// last `input`, the picture.
    pub name: String,
    /// All of it. Where rules conserve, it is what relevance started as.
    pub sum: f64,
    /// Summed over the channels, `[height, width]`.
    pub map: Vec<f32>,
    /// Columns of the map.
    pub width: usize,
    /// Rows of the map.
    pub height: usize,
}
