//! Elementwise work and sums outside the layers: Equation 1's division, and the sums that a walk is checked with.

use burn::tensor::{Device, Tensor, TensorData};

use super::divisor::{Divisor, Epsilon, Term};
use super::gpu;
use crate::buffer::{is_cpu, on_cpu, slice};
use crate::witness::{show_mean, show_pointwise};

/// Divides relevance R by a layer's outputs z, of one shape, kept away from zero: the quotient in their shape. Also returns what
/// is left of R, Σ(R − z ⊙ quotient), as summands.
pub fn divide<const D: usize>(
    relevance: Tensor<D>,
    z: &Tensor<D>,
    epsilon: &Epsilon,
    divisor: Divisor,
) -> (Tensor<D>, Tensor<1>) {
    let (Some(values), Some(of), Epsilon::Number(epsilon)) = (on_cpu(&relevance), on_cpu(z), epsilon) else {
        return gpu::quotient(&relevance, z, epsilon, divisor);
    };
    let (values, of) = (slice(&values), slice(&of));
    let (result, left) = match divisor {
        Divisor::Rectified => c3lrp_kernels::quotient(values, of, *epsilon),
        Divisor::Plain | Divisor::Signed => c3lrp_kernels::divide(values, of, *epsilon, divisor == Divisor::Signed),
    };
    (Tensor::from_data(TensorData::new(result, z.dims()), &z.device()), number(left, &z.device()))
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

/// The sum of a tensor's values, as summands.
pub fn sum<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    if is_cpu(&x.device()) { x.clone().sum() } else { gpu::sum(Term::Value, [x], 1) }
}

/// The sum of the products of two tensors of one shape, element by element: Σ a ⊙ b, as summands.
pub fn dot<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> Tensor<1> {
    match [a, b].map(on_cpu) {
        [Some(x), Some(y)] => number(c3lrp_kernels::dot(slice(&x), slice(&y)), &a.device()),
        _ => gpu::sum(Term::Product, [a, b], 1),
    }
}

/// The sum of a tensor's magnitudes, Σ|x|, as summands.
pub fn magnitude<const D: usize>(x: &Tensor<D>) -> Tensor<1> {
    match on_cpu(x) {
        Some(values) => number(c3lrp_kernels::magnitude(slice(&values)), &x.device()),
        None => gpu::sum(Term::Magnitude, [x], 1),
    }
}

/// The sum of all values `[1, C, H, W]`, each multiplied by the weight of its channel, `[C]`; as summands.
pub fn weighted(x: &Tensor<4>, weights: &Tensor<1>) -> Tensor<1> {
    if let (Some(values), Some(weights)) = (on_cpu(x), on_cpu(weights)) {
        return number(c3lrp_kernels::weighted(slice(&values), slice(&weights)), &x.device());
    }
    let [_, channels, height, width] = x.dims();
    gpu::sum(Term::Weighted, [x, &weights.clone().reshape([1, channels, 1, 1])], height * width)
}

/// The sum of values `[1, C, H, W]` over the channels, `[1, 1, H, W]`, and Σ|x| as summands.
pub fn over_channels(x: &Tensor<4>) -> (Tensor<4>, Tensor<1>) {
    let Some(values) = on_cpu(x) else { return gpu::over_channels(x) };
    let ([_, _, height, width], device) = (x.dims(), x.device());
    let (map, magnitude) = c3lrp_kernels::over_planes(slice(&values), height * width);
    (Tensor::from_data(TensorData::new(map, [1, 1, height, width]), &device), number(magnitude, &device))
}

/// The shares of two summands in the relevance of their sum, all of one shape, as of [`c3lrp_kernels::shares`], and what is left
/// as summands. None if they are not on the CPU.
pub fn shares<const D: usize>(of: [&Tensor<D>; 3], epsilon: f32, signed: bool) -> Option<([Tensor<D>; 2], Tensor<1>)> {
    both(of, |[a, b, relevance]| c3lrp_kernels::shares([a, b], relevance, epsilon, signed))
}

/// LRP-γ's cotangents from the outputs z and z⁺ and their relevance, all of one shape, as of [`c3lrp_kernels::gamma_quotients`],
/// and what is left as summands. None if they are not on the CPU.
pub fn gamma_quotients<const D: usize>(
    of: [&Tensor<D>; 3],
    gamma: f32,
    epsilon: f32,
    signed: bool,
) -> Option<([Tensor<D>; 2], Tensor<1>)> {
    both(of, |[z, positive, relevance]| {
        c3lrp_kernels::gamma_quotients([z, positive], relevance, gamma, epsilon, signed)
    })
}

/// What the CPU makes of three tensors, and a sum.
fn both<const D: usize>(
    of: [&Tensor<D>; 3],
    make: impl FnOnce([&[f32]; 3]) -> ([Vec<f32>; 2], f64),
) -> Option<([Tensor<D>; 2], Tensor<1>)> {
    let [Some(a), Some(b), Some(c)] = of.map(on_cpu) else { return None };
    let (made, sum) = make([&a, &b, &c].map(slice));
    let ([first, ..], device) = (of, of[0].device());
    let tensor = |values| Tensor::from_data(TensorData::new(values, first.dims()), &device);
    Some((made.map(tensor), number(sum, &device)))
}

fn number(value: f64, device: &Device) -> Tensor<1> {
    Tensor::from_data([value as f32], device)
}
