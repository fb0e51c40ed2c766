//! A class's probability while pixels are shown or hidden, and scores of it.

/// A class's probability at each point of an insertion or a deletion.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The share of pixels (or patches) at each point, not counting those that come earlier only because they tie.
    pub shares: Vec<f64>,
    /// The class's softmax probability at each point.
    pub probabilities: Vec<f32>,
}

impl Curve {
    /// The normalised area under the curve, 0 to 1, by trapezoids of equal widths:
    ///
    ///   (Σ_k p_k − p_0 / 2 − p_K / 2) / K,  k = 0 … K
    ///
    /// as in the released code of RISE and of the lab, where the last step may be shorter than the others. 0 for an
    /// empty curve; for a single point, its probability.
    pub fn area(&self) -> f64 {
        let ends =
            [self.probabilities.first(), self.probabilities.last()].map(|end| end.map_or(0.0, |&p| f64::from(p)));
        let sum: f64 = self.probabilities.iter().map(|&p| f64::from(p)).sum();
        match self.probabilities.len() {
            0 | 1 => sum,
            points => (sum - (ends[0] + ends[1]) / 2.0) / (points - 1) as f64,
        }
    }
}

/// Insertion and deletion of one map under one protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// The most relevant pixels are shown first: high if the map finds what the class needs.
    pub insertion: Curve,
    /// The most relevant pixels are hidden first: low if the map finds what the class needs.
    pub deletion: Curve,
}

impl Curves {
    /// The ID score of the C3-LRP paper: insertion score − deletion score, −1 to 1.
    pub fn id(&self) -> f64 {
        self.insertion.area() - self.deletion.area()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(probabilities: &[f32]) -> Curve {
        Curve { shares: Vec::new(), probabilities: probabilities.into() }
    }

    #[test]
    fn areas_are_of_trapezoids() {
        assert_eq!(curve(&[0.0, 0.5, 1.0]).area(), 0.5);
        assert_eq!(curve(&[0.5, 0.0, 1.0, 1.0]).area(), (0.25 + 0.0 + 1.0 + 0.5) / 3.0);
        assert_eq!((curve(&[]).area(), curve(&[0.25]).area()), (0.0, 0.25));
        let curves = Curves { insertion: curve(&[0.0, 1.0]), deletion: curve(&[0.25, 0.25]) };
        assert_eq!(curves.id(), 0.25);
    }
}
