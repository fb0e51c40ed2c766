//! The classes of a picture.

/// The class to explain, and the network's prediction.
pub struct Verdict {
    pub target: usize,
    pub predicted: usize,
    pub probability: f32,
}
