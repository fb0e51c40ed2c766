//! Shows means and sums to the witness.

use burn::tensor::Tensor;

use super::expected::Expected;
use super::part::{column, part};
use super::watch::{Sample, show};

/// Shows one channel of a mean over the places: `[N, C, H, W]` to `[N, C]`.
pub(crate) fn show_mean(what: &'static str, x: &Tensor<4>, mean: &Tensor<2>) {
    show(|draw| {
        let [batch, channels, height, width] = x.dims();
        let [image, channel] = [batch, channels].map(|count| draw.below(count));
        let [images, channels] = [image..image + 1, channel..channel + 1];
        let seen =
            vec![part(x, [images.clone(), channels.clone(), 0..height, 0..width]), part(mean, [images, channels])];
        let check = move |seen: &[Vec<f32>]| {
            let mut expected = Expected::default();
            seen[0].iter().for_each(|&value| expected.add(value.into()));
            expected.times(1.0 / seen[0].len() as f64);
            expected.hold(|| what.to_owned(), seen[1][0])
        };
        Sample { noted: Vec::new(), seen, check: Box::new(check) }
    });
}

/// Shows one place of ReLU(Σ_k w_k x_k), `[1, 1, H, W]`, of channels x `[1, C, H, W]` and weights `[1, C, 1, 1]`.
pub(crate) fn show_weighted_sum(what: &'static str, x: &Tensor<4>, weights: &Tensor<4>, sum: &Tensor<4>) {
    show(|draw| {
        let [_, _, height, width] = x.dims();
        let place = [0, draw.below(height), draw.below(width)];
        let seen = vec![column(x, place), column(weights, [0, 0, 0]), column(sum, place)];
        let check = move |seen: &[Vec<f32>]| {
            let mut expected = Expected::default();
            seen[0].iter().zip(&seen[1]).for_each(|(&x, &weight)| expected.add(f64::from(x) * f64::from(weight)));
            expected.rectify();
            expected.hold(|| what.to_owned(), seen[2][0])
        };
        Sample { noted: Vec::new(), seen, check: Box::new(check) }
    });
}
