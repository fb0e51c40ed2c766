//! A network's answer for a picture.

/// A picture's classes: the one that is explained, and the one that the network finds.
pub struct Verdict {
    pub target: usize,
    pub predicted: usize,
    pub probability: f32,
}
