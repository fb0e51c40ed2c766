//! The sanity check by model randomisation: if a map explains a network, it changes with the network's weights.

use std::ops::Range;

use burn::tensor::{Tensor, TensorData};

use super::{finite, sortable};
use crate::network::{Convolution, Graph, Named, Node};
use crate::random::unit;
use crate::sentence::say;
use crate::{Error, Result};

/// The names of the layers in the order in which they are randomised: `fc`, then the nodes with weights from the last
/// to the first: blocks (an attention branch after the block that it follows), and `stem`.
pub fn layers(network: &Graph) -> Vec<String> {
    let weighed = |node: &Node| !matches!(node, Node::MaxPool(_) | Node::GlobalAverage);
    let nodes = network.nodes.iter().rev().filter(|named| weighed(&named.node)).map(|named| named.name.clone());
    std::iter::once("fc".to_owned()).chain(nodes).collect()
}

/// The network with a range of its [`layers`] drawn at random and the others unchanged. With ranges from `0..1` to all
/// layers, this is the cascading randomisation of Adebayo et al. (Sanity Checks for Saliency Maps, NeurIPS 2018). A
/// seed gives the same weights for a layer whatever the range is, so that layers can be randomised one after another.
///
/// Weights are uniform around 0, scaled so that each output channel keeps its weights' norm; biases keep their root
/// mean square over the layer. So everything that a layer has learnt is lost, but its outputs keep about the same size,
/// and deep networks don't overflow.
pub fn randomised(network: &Graph, which: Range<usize>, seed: u32) -> Graph {
    let mut changed = network.clone();
    for layer in layers(network).into_iter().take(which.end).skip(which.start) {
        if layer == "fc" {
            changed.head = convolution(&changed.head, &format!("{seed} fc"));
        }
        for Named { node, .. } in changed.nodes.iter_mut().filter(|named| named.name == layer) {
            // The size doesn't matter here: only the layers are used.
            for (at, (part, _)) in node.convolutions([1, 1]).into_iter().enumerate() {
                *part = convolution(part, &format!("{seed} {layer}.{at}"));
            }
        }
    }
    changed
}

fn convolution(layer: &Convolution, name: &str) -> Convolution {
    Convolution {
        weight: weights(layer.weight.tensor(), &format!("{name}.weight")).into(),
        bias: biases(&layer.bias, &format!("{name}.bias")),
        witness: None,
        ..layer.clone()
    }
}

/// New weights `[C_out, …]`; each channel has the norm of the old ones.
fn weights<const D: usize>(old: &Tensor<D>, name: &str) -> Tensor<D> {
    let shape = old.dims();
    let rows = [shape[0], shape[1..].iter().product()];
    let new = drawn(rows[0] * rows[1], name, old).reshape(rows);
    let norms = |x: Tensor<2>| (x.clone() * x).sum_dim(1).sqrt();
    let scale = norms(old.clone().reshape(rows)) / norms(new.clone()).clamp_min(f32::MIN_POSITIVE);
    (new * scale).reshape(shape)
}

/// New biases with the root mean square of the old ones.
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

/// Spearman's rank correlation of two maps, −1 to 1: Pearson's correlation of the values' ranks, where equal values get
/// their mean rank. `None` if all values of one map are equal.
///
/// # Errors
/// [`Error::Picture`] if the lengths differ, or a value is not finite.
pub fn spearman(a: &[f32], b: &[f32]) -> Result<Option<f64>> {
    if a.len() != b.len() {
        let (a, b) = (a.len(), b.len());
        return Err(Error::Picture(say!(
            "maps-sizes",
            "maps of {first} and {second} values can't be compared; the same number was expected",
            first = a,
            second = b
        )));
    }
    finite(a)?;
    finite(b)?;
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - middle) * (b - middle)).sum::<f64>();
    let size = (product(&a, &a) * product(&b, &b)).sqrt();
    Ok((size > 0.0).then(|| product(&a, &b) / size))
}

/// The rank of each value, from 0; equal values get their mean rank.
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
