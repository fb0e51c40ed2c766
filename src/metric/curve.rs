//! A class's probability while pixels enter or leave, and what is made of it.

/// A class's probability at each point of an insertion or a deletion.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The share of the pixels (or patches) whose turn has come, before equals that come with them.
    pub shares: Vec<f64>,
    /// The class's softmax probability, point by point.
    pub probabilities: Vec<f32>,
}

impl Curve {
    /// The normalised area under the curve, 0 to 1, by trapezoids of equal width:
    ///
    ///   (Σ_k p_k − p_0 / 2 − p_K / 2) / K,  k = 0 … K
    ///
    /// as RISE's released code has it, and the lab's, whose last step may be a shorter one. 0 for an empty
    /// curve, and its probability for a single point.
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
    /// The first pixels show the picture: high where the map finds what the class needs.
    pub insertion: Curve,
    /// The first pixels are hidden: low where the map finds what the class needs.
    pub deletion: Curve,
}

impl Curves {
    /// Insertion score − deletion score, −1 to 1 (the ID score of the C3-LRP paper).
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
