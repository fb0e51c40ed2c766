//! Elementwise work and sums outside the layers: Equation 1's division, and the sums that a walk is checked with.

use burn::tensor::{Device, Tensor, TensorData};

use crate::buffer::{on_cpu, slice};
use crate::witness::{show_mean, show_pointwise};

/// A stabilizer's ε.
#[derive(Clone, Debug)]
pub enum Epsilon {
    /// A number that is known.
    Number(f32),
    /// A number [1] that a device computed, and that has not been read.
    Computed(Box<Tensor<1>>),
}

impl Epsilon {
    /// Adds it to a layer's outputs, in their shape: z + ε.
    fn added_to<const D: usize>(&self, z: Tensor<D>) -> Tensor<D> {
        match self {
            Self::Number(epsilon) => z + *epsilon,
            Self::Computed(epsilon) => z + Tensor::clone(epsilon).reshape([1; D]),
        }
    }
}

/// Divides relevance by a ReLU's outputs: Equation 1's division together with the ReLU's vector-Jacobian product. For
/// the relevance R and the outputs z, both `[N, C, H, W]`, this is R ⊘ (z + ε) where z > 0, and 0 elsewhere. Also
/// returns what is left of R, Σ(R − z ⊙ quotient), `[1]`.
pub fn quotient(relevance: Tensor<4>, z: &Tensor<4>, epsilon: &Epsilon) -> (Tensor<4>, Tensor<1>) {
    if let (Some(values), Some(of), Epsilon::Number(epsilon)) = (on_cpu(&relevance), on_cpu(z), epsilon) {
        let (result, left) = c3lrp_kernels::quotient(slice(&values), slice(&of), *epsilon);
        return (Tensor::from_data(TensorData::new(result, z.dims()), &z.device()), number(left, &z.device()));
    }
    let divisor = epsilon.added_to(z.clone());
    let quotient = (relevance.clone() / divisor).mask_fill(z.clone().lower_equal_elem(0.0), 0.0);
    let left = absorbed(&relevance, z, &quotient);
    (quotient, left)
}

/// Divides relevance by a layer's outputs, kept away from zero. For the relevance R and the outputs z of one shape,
/// this is R ⊘ (z + ε), or if `signed` R ⊘ (z + ε·sign(z)) with sign(0) = 1. Also returns what is left of R, Σ(R − z ⊙
/// quotient), `[1]`, if the device gets it in the same pass; otherwise [`absorbed`] computes it.
pub fn divide<const D: usize>(
    relevance: Tensor<D>,
    z: &Tensor<D>,
    epsilon: &Epsilon,
    signed: bool,
) -> (Tensor<D>, Option<Tensor<1>>) {
    if let (Some(values), Some(of), Epsilon::Number(epsilon)) = (on_cpu(&relevance), on_cpu(z), epsilon) {
        let (result, left) = c3lrp_kernels::divide(slice(&values), slice(&of), *epsilon, signed);
        return (Tensor::from_data(TensorData::new(result, z.dims()), &z.device()), Some(number(left, &z.device())));
    }
    (relevance / stabilize(z.clone(), epsilon, signed), None)
}

/// Keeps a layer's outputs z away from zero, in their shape: z + ε, or if `signed` z + ε·sign(z) with sign(0) = 1.
pub fn stabilize<const D: usize>(z: Tensor<D>, epsilon: &Epsilon, signed: bool) -> Tensor<D> {
    match signed {
        false => epsilon.added_to(z),
        true => {
            let negative = z.clone().lower_elem(0.0);
            let below = epsilon.added_to(z.clone().neg()).neg();
            epsilon.added_to(z).mask_where(negative, below)
        }
    }
}

/// The ε that is a share of the root mean square of all of a layer's outputs z: `share` · √(mean z²), at least `least`.
pub fn epsilon_of<const D: usize>(z: &Tensor<D>, share: f32, least: f32) -> Epsilon {
    let count = z.shape().num_elements();
    if let Some(values) = on_cpu(z) {
        let mean = c3lrp_kernels::squares(slice(&values)) / count as f64;
        return Epsilon::Number((share * mean.sqrt() as f32).max(least));
    }
    // Row by row, so that the CPU can recompute one of them.
    let rows = z.dims()[..D - 2].iter().product();
    let z: Tensor<4> = z.clone().reshape([1, rows, count / rows, 1]);
    let squares = z.clone() * z.clone();
    show_pointwise("square", [&z], &squares, |[z]| z * z);
    let means = squares.clone().reshape([1, rows, count / rows]).mean_dim(2).reshape([1, rows]);
    show_mean("mean of the squares", &squares, &means);
    let rows: Tensor<4> = means.reshape([1, 1, rows, 1]);
    let mean = rows.clone().reshape([1, 1, -1]).mean_dim(2).reshape([1, 1]);
    show_mean("mean of the rows' means", &rows, &mean);
    let epsilon = (mean.clone().sqrt() * share).clamp_min(least);
    let [share, least] = [share, least].map(f64::from);
    show_pointwise("ε", [&mean], &epsilon, move |[mean]| (mean.sqrt() * share).max(least));
    Epsilon::Computed(Box::new(epsilon.reshape([1])))
}

/// The relevance that a division's stabilizer absorbs. For the relevance R, the outputs z and the quotient that
/// [`divide`] made of them, all of one shape, this is Σ(R − z ⊙ quotient), `[1]`.
pub fn absorbed<const D: usize>(relevance: &Tensor<D>, z: &Tensor<D>, quotient: &Tensor<D>) -> Tensor<1> {
    let device = z.device();
    match [relevance, z, quotient].map(on_cpu) {
        [Some(relevance), Some(z), Some(quotient)] => {
            number(c3lrp_kernels::absorbed(slice(&relevance), slice(&z), slice(&quotient)), &device)
        }
        _ => (relevance.clone() - z.clone() * quotient.clone()).sum(),
    }
}

/// The sum of the products of two tensors of one shape, element by element: Σ a ⊙ b, `[1]`.
pub fn dot<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> Tensor<1> {
    let device = a.device();
    match [a, b].map(on_cpu) {
        [Some(a), Some(b)] => number(c3lrp_kernels::dot(slice(&a), slice(&b)), &device),
        _ => (a.clone() * b.clone()).sum(),
    }
}

/// The sum of a tensor's magnitudes, Σ|x|, `[1]`.
pub fn magnitude<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    match on_cpu(x) {
        Some(values) => number(c3lrp_kernels::magnitude(slice(&values)), &x.device()),
        None => x.clone().abs().sum(),
    }
}

/// The sum of all values `[1, C, H, W]`, each multiplied by the weight of its channel, `[C]`; `[1]`.
pub fn weighted(x: &Tensor<4>, weights: &Tensor<1>) -> Tensor<1> {
    if let (Some(values), Some(weights)) = (on_cpu(x), on_cpu(weights)) {
        return number(c3lrp_kernels::weighted(slice(&values), slice(&weights)), &x.device());
    }
    let [_, channels, height, width] = x.dims();
    let sums = x.clone().reshape([channels, height * width]).sum_dim(1).reshape([channels]);
    (sums * weights.clone()).sum()
}

fn number(value: f64, device: &Device) -> Tensor<1> {
    Tensor::from_data([value as f32], device)
}
