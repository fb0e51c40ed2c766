//! Sums beside the layers: Equation 1's division, and what a walk is checked by.

use super::{on_cpu, slice};
use burn::tensor::{Device, Tensor, TensorData};

/// R ⊘ (z + ε) where z > 0, and 0 elsewhere, in one shape: Equation 1's division and the vector-Jacobian
/// product of the ReLU that gave out z. With it what that leaves, Σ(R − z ⊙ quotient).
pub fn quotient(relevance: Tensor<4>, z: &Tensor<4>, epsilon: f32) -> (Tensor<4>, Tensor<1>) {
    if let (Some(values), Some(of)) = (on_cpu(&relevance), on_cpu(z)) {
        let (result, left) = c3lrp_kernels::quotient(slice(&values), slice(&of), epsilon);
        return (Tensor::from_data(TensorData::new(result, z.dims()), &z.device()), number(left, &z.device()));
    }
    let quotient = (relevance.clone() / (z.clone() + epsilon)).mask_fill(z.clone().lower_equal_elem(0.0), 0.0);
    let left = left(&relevance, z, &quotient);
    (quotient, left)
}

/// Σ(R − z ⊙ quotient), of one shape: what a division by z′ leaves of R.
pub fn left<const D: usize>(relevance: &Tensor<D>, z: &Tensor<D>, quotient: &Tensor<D>) -> Tensor<1> {
    let device = z.device();
    match [relevance, z, quotient].map(on_cpu) {
        [Some(relevance), Some(z), Some(quotient)] => {
            number(c3lrp_kernels::left(slice(&relevance), slice(&z), slice(&quotient)), &device)
        }
        _ => (relevance.clone() - z.clone() * quotient.clone()).sum(),
    }
}

/// Σ|x|.
pub fn magnitude<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    match on_cpu(x) {
        Some(values) => number(c3lrp_kernels::magnitude(slice(&values)), &x.device()),
        None => x.clone().abs().sum(),
    }
}

/// Σ over channels of their values [1, C, H, W], each times its weight [C].
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
