//! The blur that RISE's insertion starts from.

/// Side of the kernel in pixels.
const KERNEL: usize = 11;
/// The kernel's standard deviation in pixels.
const SIGMA: f64 = 5.0;

/// Convolves each channel of a picture `[channels, height, width]` with RISE's kernel; beyond the edges, the picture is
/// 0.
///
/// The released code makes its kernel by Gaussian-smoothing a single 1 in the centre of 11×11 zeros with mirrored
/// edges. The part of a Gaussian with σ 5 outside the 11 pixels is therefore folded back, and the kernel is flatter
/// than a truncated Gaussian.
pub(super) fn blur(picture: &[f32], width: usize, height: usize) -> Vec<f32> {
    let kernel = kernel();
    let half = KERNEL / 2;
    let along = |plane: &[f32], across: bool| -> Vec<f32> {
        let side = if across { width } else { height };
        let value = |at: usize| {
            let (x, y) = (at % width, at / width);
            let place = if across { x } else { y };
            let taps = kernel.iter().enumerate().filter_map(|(tap, weight)| {
                let from = (place + tap).checked_sub(half).filter(|&from| from < side)?;
                let from = if across { y * width + from } else { from * width + x };
                Some(weight * f64::from(plane[from]))
            });
            taps.sum::<f64>() as f32
        };
        (0..plane.len()).map(value).collect()
    };
    picture.chunks_exact((width * height).max(1)).flat_map(|plane| along(&along(plane, true), false)).collect()
}

/// The kernel along one axis, with sum 1.
fn kernel() -> [f64; KERNEL] {
    // The Gaussian is truncated at four standard deviations.
    let reach = (4.0 * SIGMA) as i32;
    let weight = |distance: i32| (-0.5 * (f64::from(distance) / SIGMA).powi(2)).exp();
    let sum: f64 = (-reach..=reach).map(weight).sum();
    let side = KERNEL as i32;
    let mut kernel = [0.0; KERNEL];
    for (at, value) in kernel.iter_mut().enumerate() {
        for distance in -reach..=reach {
            // Mirrored with the edge pixel twice: … 1 0 | 0 1 … 10 | 10 9 …
            let folded = (at as i32 + distance).rem_euclid(2 * side);
            let folded = if folded < side { folded } else { 2 * side - 1 - folded };
            if folded == side / 2 {
                *value += weight(distance) / sum;
            }
        }
    }
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_folded_and_of_sum_one() {
        let kernel = kernel();
        assert!((kernel.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        // scipy.ndimage.gaussian_filter of a one in the middle of eleven zeros, σ 5.
        for (at, expected) in [(0, 0.087_958_15), (3, 0.092_191_12), (5, 0.093_982_06)] {
            assert!((kernel[at] - expected).abs() < 1e-8, "{at}: {}", kernel[at]);
            assert!((kernel[at] - kernel[10 - at]).abs() < 1e-15);
        }
    }

    #[test]
    fn beyond_the_edges_is_zero() {
        let blurred = blur(&[1.0; 3 * 40 * 30], 40, 30);
        assert!((blurred[15 * 40 + 20] - 1.0).abs() < 1e-6);
        let side: f64 = kernel()[5..].iter().sum();
        assert!((f64::from(blurred[0]) - side * side).abs() < 1e-6);
    }
}
