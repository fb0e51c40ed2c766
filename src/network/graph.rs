//! The whole network: nodes from the picture to the logits.

use burn::tensor::{Device, Tensor};

use super::layer::{back, run};
use super::{Attention, Convolution, Node, Step};
use crate::sentence::say;
use crate::{Error, Result};

/// The number of the last stage, even in networks with fewer stages.
const LAST: usize = 4;

/// A network on its device.
#[derive(Clone, Debug)]
pub struct Graph {
    /// From the picture to the features.
    pub nodes: Vec<Named>,
    /// The linear layer of the logits, on the features `[N, C, 1, 1]`.
    pub head: Convolution,
    /// For each stage, the number of nodes from the start of the network to the stage's end.
    pub stages: Vec<usize>,
    /// Number of channels of the picture.
    pub channels: usize,
}

/// A node, with a name for its output: torchvision's, such as `layer4.2`, or `stem` and `maxpool`.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The node.
    pub node: Node,
}

/// The activations of one forward pass, kept for propagating back.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What each node was given and gave.
    pub steps: Vec<Step>,
    /// The features, `[N, C, 1, 1]`.
    pub features: Tensor<4>,
    /// The logits, `[N, outputs, 1, 1]`.
    pub logits: Tensor<4>,
}

impl Trace {
    /// The input of a node. The index after the last node gives the features.
    pub fn given(&self, node: usize) -> &Tensor<4> {
        self.steps.get(node).map_or(&self.features, |step| &step.input)
    }
}

impl Graph {
    /// The logits `[N, outputs]` of normalised pictures `[N, C, H, W]`. No activation is kept.
    pub fn logits(&self, input: Tensor<4>) -> Tensor<2> {
        self.logits_from(0, input)
    }

    /// As [`Graph::logits`], starting at the node `first` with that node's input.
    pub fn logits_from(&self, first: usize, given: Tensor<4>) -> Tensor<2> {
        let features = self.nodes.iter().skip(first).fold(given, |x, Named { node, .. }| node.forward(x).output);
        self.head.forward(features).flatten(1, 3)
    }

    /// Runs pictures `[N, C, H, W]` forward, and keeps every activation.
    pub fn forward(&self, input: Tensor<4>) -> Trace {
        let steps = run(self.nodes.iter().map(|Named { node, .. }| node), input.clone());
        let features = steps.last().map_or(input, |step| step.output.clone());
        let logits = self.head.forward(features.clone());
        Trace { steps, features, logits }
    }

    /// The device that the network is on.
    pub fn device(&self) -> Device {
        self.head.bias.device()
    }

    /// The vector-Jacobian product from the features `[N, C, 1, 1]` back to the input of the node `first`. `meet` is
    /// called for each convolution, with the cotangent of its outputs before the ReLU.
    pub fn back(
        &self,
        trace: &Trace,
        first: usize,
        cotangent: Tensor<4>,
        meet: &mut dyn FnMut(&Convolution, &Tensor<4>),
    ) -> Tensor<4> {
        let nodes: Vec<_> = self.nodes.iter().map(|Named { node, .. }| node).skip(first).collect();
        back(&nodes, trace.steps.get(first..).unwrap_or_default(), cotangent, meet)
    }

    /// The number of nodes from the start of the network to the end of a stage. Stage 4 is always the last one.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such stage.
    pub fn stage(&self, stage: usize) -> Result<usize> {
        let count = self.stages.len();
        let end = (stage + count).checked_sub(LAST + 1).and_then(|at| self.stages.get(at));
        end.copied().ok_or_else(|| {
            Error::Options(say!(
                "no-stage",
                "stage is {stage}, but the network has the stages {first} to {last}",
                stage,
                first = LAST + 1 - count,
                last = LAST
            ))
        })
    }

    /// The stage that a node is in, counted from 0. Nodes before the stages belong to the first one, nodes after them
    /// to the last one, including the linear layer of the logits, whose index is the number of nodes. In a VGG, a
    /// max-pool is the first node of a stage.
    pub fn stage_of(&self, at: usize) -> usize {
        let before = self.stages.iter().filter(|end| **end <= at).count();
        before.min(self.stages.len().saturating_sub(1))
    }

    /// The index of a node, by its name. The attention node is not found, as it has no relevance of its own.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such node.
    pub fn layer(&self, name: &str) -> Result<usize> {
        let walked = |named: &&Named| !matches!(named.node, Node::Attention(_));
        let found = self.nodes.iter().position(|named| walked(&named) && named.name == name);
        found.ok_or_else(|| {
            let layers: Vec<&str> = self.nodes.iter().filter(walked).map(|named| &named.name[..]).collect();
            Error::Options(say!("no-layer", "there is no layer {layer}; there are {layers}", layer = name, layers))
        })
    }

    /// The index of the attention node, and its branch.
    pub fn attention(&self) -> Option<(usize, &Attention)> {
        self.nodes.iter().enumerate().find_map(|(at, Named { node, .. })| match node {
            Node::Attention(attention) => Some((at, attention)),
            _ => None,
        })
    }

    /// Every convolution, each with the size of its input, where `size` is the size of the picture.
    pub fn convolutions(&mut self, mut size: [usize; 2]) -> Vec<(&mut Convolution, [usize; 2])> {
        let mut layers = Vec::new();
        for Named { node, .. } in &mut self.nodes {
            let next = node.output_size(size).unwrap_or(size);
            layers.extend(node.convolutions(size));
            size = next;
        }
        layers.push((&mut self.head, [1, 1]));
        layers
    }

    /// The number of values in the largest activation for a picture of `size`, `[height, width]`.
    ///
    /// # Errors
    /// [`Error::Picture`] if the picture is smaller than a layer's kernel.
    pub fn largest_activation(&self, size: [usize; 2]) -> Result<usize> {
        let (mut largest, mut channels, mut within) = (0, self.channels, size);
        for Named { name, node } in &self.nodes {
            within = node.output_size(within).filter(|size| !size.contains(&0)).ok_or_else(|| {
                let [height, width] = size;
                Error::Picture(say!(
                    "too-small",
                    "{width}×{height} pixels are too few for the layer {layer} of this network",
                    width,
                    height,
                    layer = name
                ))
            })?;
            channels = node.channels().unwrap_or(channels);
            largest = largest.max(channels * within[0] * within[1]);
        }
        Ok(largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::weights::{Architecture, Bytes, formula};

    #[test]
    fn what_is_around_the_stages_belongs_to_the_nearest() {
        let bytes = formula::checkpoint(&Architecture::resnet([1, 2, 1, 2], 8, 10)).unwrap();
        let checkpoint = pollster::block_on(Checkpoint::open(Bytes(bytes))).unwrap();
        let network = pollster::block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
        let stages: Vec<_> =
            network.nodes.iter().enumerate().map(|(at, node)| (&node.name[..], network.stage_of(at))).collect();
        let blocks =
            [("layer1.0", 0), ("layer2.0", 1), ("layer2.1", 1), ("layer3.0", 2), ("layer4.0", 3), ("layer4.1", 3)];
        assert_eq!(stages[..2], [("stem", 0), ("maxpool", 0)]);
        assert_eq!(stages[2..8], blocks);
        assert_eq!(stages[8..], [("avgpool", 3)]);
        assert_eq!(network.stage_of(network.nodes.len()), 3);
    }
}
