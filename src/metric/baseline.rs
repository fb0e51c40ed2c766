//! Maps that don't depend on the picture: baselines for every metric.

/// A uniform map, [height, width].
pub fn uniform(width: usize, height: usize) -> Vec<f32> {
    vec![1.0; width * height]
}

/// A Gaussian in the centre, `[height, width]`, whose standard deviation is a quarter of each side:
///
///   exp(−((x − w/2)² / (2 (w/4)²) + (y − h/2)² / (2 (h/4)²)))
///
/// at the pixels' centres. Objects tend to be in the centre of pictures, which is all that this map knows.
pub fn gaussian(width: usize, height: usize) -> Vec<f32> {
    let along = |at: usize, side: usize| {
        let distance = (at as f32 + 0.5) / side as f32 - 0.5;
        (-8.0 * distance * distance).exp()
    };
    (0..width * height).map(|at| along(at % width, width) * along(at / width, height)).collect()
}

#[cfg(test)]
mod tests {
    use super::gaussian;

    #[test]
    fn a_gaussian_falls_by_its_formula() {
        let map = gaussian(8, 4);
        // (3.5, 2.5) of 8×4: distances of −1/16 and 1/8 of the sides.
        let expected = (-8.0f32 * (1.0 / 256.0 + 1.0 / 64.0)).exp();
        assert!((map[2 * 8 + 3] - expected).abs() < 1e-6);
        assert_eq!(map[2 * 8 + 3], map[8 + 4]);
    }
}
