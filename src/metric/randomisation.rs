//! The sanity check of model randomisation: a map that explains a network changes with its weights.

use std::ops::Range;

use burn::tensor::{Tensor, TensorData};

use super::{finite, sortable};
use crate::network::{Bottleneck, Convolution, ResNet};
use crate::weights::formula::unit;
use crate::{Error, Result};

/// The layers in the order in which they are randomised: `fc`, the blocks from the last to the first
/// (with an attention branch after the block that it follows), `stem`.
pub fn layers(network: &ResNet) -> Vec<String> {
    let mut names = vec!["stem".to_owned()];
    for (index, name) in network.block_names().into_iter().enumerate() {
        if network.attention.as_ref().is_some_and(|(_, at)| *at == index) {
            names.push("attention".into());
        }
        names.push(name);
    }
    names.push("fc".into());
    names.reverse();
    names
}

/// The network with these of its [`layers`] drawn anew, the others as they are. From `0..1` to all of them,
/// it is the cascading randomisation of Adebayo et al. (Sanity Checks for Saliency Maps, NeurIPS 2018); a seed
/// draws the same for a layer whatever the others are, so that one more layer can be drawn at a time.
///
/// Weights are uniform around 0, scaled so that each output channel keeps its weights' norm, and biases so
/// that the layer keeps their root mean square: what a layer has learnt is lost, and the size of what
/// it hands on is about kept, so that deep networks don't overflow.
pub fn randomised(network: &ResNet, which: Range<usize>, seed: u32) -> ResNet {
    let mut changed = network.clone();
    for layer in layers(network).into_iter().take(which.end).skip(which.start) {
        let draw = |part: &str| format!("{seed} {layer}.{part}");
        match layer.as_str() {
            "fc" => changed.fc = convolution(&network.fc, &format!("{seed} fc")),
            "stem" => changed.stem.conv1 = convolution(&network.stem.conv1, &draw("conv1")),
            "attention" => {
                if let Some((attention, _)) = &mut changed.attention {
                    for (index, block) in attention.blocks.iter_mut().enumerate() {
                        *block = bottleneck(block, &draw(&format!("blocks.{index}")));
                    }
                    attention.classes = convolution(&attention.classes, &draw("classes"));
                    attention.map = convolution(&attention.map, &draw("map"));
                }
            }
            name => {
                if let Some(index) = network.block_names().iter().position(|block| block == name) {
                    changed.blocks[index] = bottleneck(&network.blocks[index], &draw("block"));
                }
            }
        }
    }
    changed
}

fn bottleneck(block: &Bottleneck, name: &str) -> Bottleneck {
    let part = |layer: &Convolution, part: &str| convolution(layer, &format!("{name}.{part}"));
    Bottleneck {
        conv1: part(&block.conv1, "conv1"),
        conv2: part(&block.conv2, "conv2"),
        conv3: part(&block.conv3, "conv3"),
        downsample: block.downsample.as_ref().map(|layer| part(layer, "downsample")),
    }
}

fn convolution(layer: &Convolution, name: &str) -> Convolution {
    Convolution {
        weight: weights(layer.weight.tensor(), &format!("{name}.weight")).into(),
        bias: biases(&layer.bias, &format!("{name}.bias")),
        witness: None,
        ..layer.clone()
    }
}

/// New weights [C_out, …] whose channels have the old ones' norms.
fn weights<const D: usize>(old: &Tensor<D>, name: &str) -> Tensor<D> {
    let shape = old.dims();
    let rows = [shape[0], shape[1..].iter().product()];
    let new = drawn(rows[0] * rows[1], name, old).reshape(rows);
    let norms = |x: Tensor<2>| (x.clone() * x).sum_dim(1).sqrt();
    let scale = norms(old.clone().reshape(rows)) / norms(new.clone()).clamp_min(f32::MIN_POSITIVE);
    (new * scale).reshape(shape)
}

/// New biases with the old ones' root mean square.
fn biases<const D: usize>(old: &Tensor<D>, name: &str) -> Tensor<D> {
    let shape = old.dims();
    let count = shape.iter().product();
    let new = drawn(count, name, old);
    let size = |x: Tensor<1>| (x.clone() * x).mean().sqrt();
    let scale = size(old.clone().reshape([count])) / size(new.clone()).clamp_min(f32::MIN_POSITIVE);
    (new * scale).reshape(shape)
}

fn drawn<const D: usize>(count: usize, name: &str, beside: &Tensor<D>) -> Tensor<1> {
    let values: Vec<f32> = (0..count).map(|index| unit(name, index)).collect();
    Tensor::from_data(TensorData::new(values, [count]), &beside.device())
}

/// Spearman's rank correlation of two maps, −1 to 1: Pearson's correlation of the values' ranks, equals
/// sharing the mean of theirs. `None` where all values of one are equal.
///
/// # Errors
/// [`Error::Picture`] where the lengths differ, or a value is not finite.
pub fn spearman(a: &[f32], b: &[f32]) -> Result<Option<f64>> {
    if a.len() != b.len() {
        let (a, b) = (a.len(), b.len());
        return Err(Error::Picture(format!("maps of {a} and {b} values can't be compared; as many were expected")));
    }
    finite(a)?;
    finite(b)?;
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let size = (product(&a, &a) * product(&b, &b)).sqrt();
    Ok((size > 0.0).then(|| product(&a, &b) / size))
}

/// Each value's rank, from 0; the mean of their ranks where values are equal.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| sortable(values[a]).total_cmp(&sortable(values[b])));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equals in order.chunk_by(|&a, &b| values[a] == values[b]) {
        equals.iter().for_each(|&at| ranks[at] = first as f64 + (equals.len() as f64 - 1.0) / 2.0);
        first += equals.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_is_of_ranks() {
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[-1.0, 0.0, 900.0]), Ok(Some(1.0)));
        assert_eq!(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Ok(Some(-1.0)));
        // 1 − 6 Σ d² / (n (n² − 1)) without equals: d = 1, −1, 1, −1.
        let expected = 1.0 - 6.0 * 4.0 / (4.0 * 15.0);
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 3.0]).unwrap().unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn equals_share_their_ranks() {
        assert_eq!(ranks(&[7.0, 0.0, -0.0, 7.0, 7.0]), [3.0, 0.5, 0.5, 3.0, 3.0]);
        assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), Ok(None));
        assert!(spearman(&[1.0], &[1.0, 2.0]).is_err() && spearman(&[1.0, f32::NAN], &[1.0, 2.0]).is_err());
    }
}
