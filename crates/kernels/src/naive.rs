//! The kernels' definition as plain 64-bit loops, as slow as they are: tests and fuzzing compare with it.

use crate::extra::Extra;
use crate::geometry::Geometry;

/// Results, each with the sum of its terms' magnitudes, which bounds its rounding error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// The sums.
    pub values: Vec<f64>,
    /// For each sum: the magnitudes of its terms, added up.
    pub magnitudes: Vec<f64>,
}

impl Sums {
    fn new(size: usize) -> Self {
        Self { values: vec![0.0; size], magnitudes: vec![0.0; size] }
    }

    fn add(&mut self, at: usize, term: f64) {
        self.values[at] += term;
        self.magnitudes[at] += term.abs();
    }

    /// Applies [`Extra`], then ReLU if asked for, then the factor.
    fn finish(&mut self, extra: Extra<&[f32]>, relu: bool, factor: Option<&[f32]>) {
        for at in 0..self.values.len() {
            match extra {
                Extra::None => {}
                Extra::Addend(values) => self.add(at, values[at].into()),
                // A mask decides; where it hides a value, the result is exactly 0.
                Extra::Mask(mask) if mask[at] > 0.0 => {}
                Extra::Mask(_) => (self.values[at], self.magnitudes[at]) = (0.0, 0.0),
            }
            if relu {
                self.values[at] = self.values[at].max(0.0);
            }
            if let Some(factor) = factor {
                self.values[at] *= f64::from(factor[at]);
                self.magnitudes[at] *= f64::from(factor[at]).abs();
            }
        }
    }

    /// The largest error, as a share of each result's own magnitudes. If both are 0, there is no error; NaN is an
    /// infinite error.
    pub fn error(&self, found: &[f32]) -> f64 {
        assert_eq!(found.len(), self.values.len(), "results are missing");
        let off = |((found, value), magnitude): ((&f32, &f64), &f64)| {
            let off = (f64::from(*found) - value).abs();
            let share = if off == 0.0 { 0.0 } else { off / magnitude };
            if share.is_nan() { f64::INFINITY } else { share }
        };
        found.iter().zip(&self.values).zip(&self.magnitudes).map(off).fold(0.0, f64::max)
    }
}

/// Calls `meet` for every product of a convolution, with the indices in x, in the weight and in the result.
fn products(geometry: &Geometry, mut meet: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, inputs, outputs, groups, kernel, stride, padding, input, output } = *geometry;
    let channels = inputs / groups;
    for (n, to) in (0..batch).flat_map(|n| (0..outputs).map(move |to| (n, to))) {
        let group = to / (outputs / groups);
        for (from, place) in (0..channels).flat_map(|from| (0..kernel * kernel).map(move |place| (from, place))) {
            let (down, across) = (place / kernel, place % kernel);
            let weight = (to * channels + from) * kernel * kernel + place;
            let plane = n * inputs + group * channels + from;
            for (row, column) in (0..output[0]).flat_map(|row| (0..output[1]).map(move |column| (row, column))) {
                let (y, x) = (row * stride + down, column * stride + across);
                if (padding..padding + input[0]).contains(&y) && (padding..padding + input[1]).contains(&x) {
                    let seen = (plane * input[0] + y - padding) * input[1] + x - padding;
                    meet(seen, weight, ((n * outputs + to) * output[0] + row) * output[1] + column);
                }
            }
        }
    }
}

/// As [`Convolution::forward`](crate::Convolution::forward).
pub fn forward(
    geometry: &Geometry,
    weights: &[f32],
    x: &[f32],
    bias: &[f32],
    extra: Extra<&[f32]>,
    relu: bool,
) -> Sums {
    let Geometry { batch, outputs, output: [rows, columns], .. } = *geometry;
    let mut sums = Sums::new(batch * outputs * rows * columns);
    for at in 0..sums.values.len() {
        sums.add(at, bias[at / (rows * columns) % outputs].into());
    }
    products(geometry, |seen, weight, at| sums.add(at, f64::from(x[seen]) * f64::from(weights[weight])));
    sums.finish(extra, relu, None);
    sums
}

/// As [`Convolution::back`](crate::Convolution::back).
pub fn back(
    geometry: &Geometry,
    weights: &[f32],
    cotangent: &[f32],
    extra: Extra<&[f32]>,
    factor: Option<&[f32]>,
) -> Sums {
    let Geometry { batch, inputs, input: [height, width], .. } = *geometry;
    let mut sums = Sums::new(batch * inputs * height * width);
    products(geometry, |seen, weight, at| sums.add(seen, f64::from(cotangent[at]) * f64::from(weights[weight])));
    sums.finish(extra, false, factor);
    sums
}
