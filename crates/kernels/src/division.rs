//! Divisions of relevance by what it is shared among, and what they leave over, in one pass through the memory each.

use crate::elementwise::elementwise;

/// Equation 1's division, and back through the ReLU whose output is z: R ⊘ (z + ε) where z > 0, and 0 elsewhere, in the shape of
/// both; and what is left, Σ(R − z ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn quotient(relevance: &[f32], z: &[f32], epsilon: f32) -> (Vec<f32>, f64) {
    quotients(relevance, z, |relevance, z| {
        // Divided in any case, since there are registers of values.
        let quotient = relevance / (z + epsilon);
        // Unlike `>`, this keeps NaN.
        if z <= 0.0 { 0.0 } else { quotient }
    })
}

/// Relevance divided with a stabilizer: R ⊘ (z + ε), or if `signed` R ⊘ (z + ε·sign(z)) with sign(0) = 1, in the shape of
/// both; and what is left, Σ(R − z ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn divide(relevance: &[f32], z: &[f32], epsilon: f32, signed: bool) -> (Vec<f32>, f64) {
    let stabilized = stabilizer(epsilon, signed);
    quotients(relevance, z, |relevance, z| relevance / stabilized(z))
}

/// The shares of two summands a and b in the relevance R of their sum, a ⊙ q and b ⊙ q with q = R ⊘ (a + b), stabilized as in
/// [`divide`], in the shape of all; and what is left, Σ(R − (a + b) ⊙ q).
///
/// # Panics
/// If they have different lengths.
pub fn shares(summands: [&[f32]; 2], relevance: &[f32], epsilon: f32, signed: bool) -> ([Vec<f32>; 2], f64) {
    let (stabilized, [a, b]) = (stabilizer(epsilon, signed), summands);
    let (shares, [left]) = elementwise([a, b, relevance], |[a, b, relevance]| {
        let sum = a + b;
        let quotient = relevance / stabilized(sum);
        ([a * quotient, b * quotient], [relevance - sum * quotient])
    });
    (shares, left)
}

/// LRP-γ's cotangents for outputs z of either sign, where z⁺ are the outputs of w⁺ and b⁺ alone: with p = R ⊘ (z + γ·z⁺) where
/// z > 0, and n = R ⊘ ((1 + γ)·z − γ·z⁺) where z < 0, both 0 elsewhere and stabilized as in [`divide`], those of w,
/// p + (1 + γ)·n, and of w⁺, γ·(p − n), in the shape of all; and what is left, Σ(R − denominator ⊙ quotient).
///
/// # Panics
/// If they have different lengths.
pub fn gamma_quotients(
    [z, positive]: [&[f32]; 2],
    relevance: &[f32],
    gamma: f32,
    epsilon: f32,
    signed: bool,
) -> ([Vec<f32>; 2], f64) {
    let stabilized = stabilizer(epsilon, signed);
    let (cotangents, [left]) = elementwise([z, positive, relevance], |[z, positive, relevance]| {
        let (above, below) = (z + gamma * positive, (1.0 + gamma) * z - gamma * positive);
        // As for the quotient: both are divided in any case, and NaN is kept.
        let (p, n) = (relevance / stabilized(above), relevance / stabilized(below));
        let (p, n) = (if z <= 0.0 { 0.0 } else { p }, if z >= 0.0 { 0.0 } else { n });
        let taken = if z <= 0.0 { 0.0 } else { above * p } + if z >= 0.0 { 0.0 } else { below * n };
        ([p + (1.0 + gamma) * n, gamma * (p - n)], [relevance - taken])
    });
    (cotangents, left)
}

/// Keeps a value away from zero: z + ε, or if `signed` z + ε·sign(z) with sign(0) = 1.
fn stabilizer(epsilon: f32, signed: bool) -> impl Fn(f32) -> f32 {
    let below = if signed { -epsilon } else { epsilon };
    move |z| z + if z < 0.0 { below } else { epsilon }
}

/// What `by` computes from each R and z, and Σ(R − z ⊙ that).
fn quotients(relevance: &[f32], z: &[f32], by: impl Fn(f32, f32) -> f32 + Sync) -> (Vec<f32>, f64) {
    let ([result], [left]) = elementwise([relevance, z], |[relevance, z]| {
        let quotient = by(relevance, z);
        ([quotient], [relevance - z * quotient])
    });
    (result, left)
}
