//! The walk of relevance from the class to the pixels, node by node.

use burn::tensor::Tensor;

use super::layers::{through_convolution, through_first, through_pool, through_rectified, through_residual};
use super::rule::Outputs;
use super::start::Linear;
use super::{Account, Addition, Blocks, Composite, Input, Ledger, Pool, Staged};
use crate::kernel;
use crate::network::{Graph, Named, Node, Step, Trace, spread};
use crate::output::Target;

/// The relevance of a target, propagated to a node or to the picture.
#[derive(Clone, Debug)]
pub struct Relevance {
    /// The relevance where the walk ended: of the picture's values, `[1, 3, H, W]`, or of a node's output, `[1, C, h, w]`.
    pub input: Tensor<4>,
    /// The relevance of each node's output on the way, by the node's name, starting at the class, summed over its
    /// channels: `[1, 1, H, W]`.
    pub boundaries: Vec<(String, Tensor<4>)>,
    /// For each boundary: what biases and ε absorbed since the boundary before it, and Σ|R|.
    pub accounts: Vec<Account>,
}

/// Propagates a target's relevance to the picture, with a composite for each stage. The batch must be 1. Nodes before
/// the stages use the first stage's composite; the linear layer of the logits, and other nodes after the stages, use
/// the last one's.
///
/// A class starts with `amount` > 0, times the sign of the linear layer's denominator z_c. A feature's relevance R_j =
/// x_j w_jc / z_c · R is then positive exactly where x_j w_jc is, where w_c are the target's own weights.
///
/// A contrast starts with R_k = v_k z_k at each output, whatever the amount. If the linear layer's rule divides by z_k,
/// R_j = x_j Σ_k v_k w_jk: positive where the feature speaks for the class rather than for the others. A rule whose
/// denominators all have one sign starts with v_k |z_k| instead, in the same way as with |z_c| for a class.
///
/// An attention map is a factor: the relevance of the product goes to what it multiplies.
pub fn attribute(
    network: &Graph,
    trace: &Trace,
    target: &Target,
    amount: f32,
    composite: &Staged<Composite>,
) -> Relevance {
    let (mut walk, features) = Walk::from_class(network, trace, target, amount, composite);
    let input = (0..network.nodes.len()).rev().fold(features, |relevance, at| walk.through(at, relevance));
    walk.end("input", input)
}

/// As [`attribute`], but only as far as the output of the node `to`, `[1, C, h, w]`.
pub fn attribute_to(
    network: &Graph,
    trace: &Trace,
    target: &Target,
    amount: f32,
    composite: &Staged<Composite>,
    to: usize,
) -> Relevance {
    let (mut walk, features) = Walk::from_class(network, trace, target, amount, composite);
    let output = (to + 1..network.nodes.len()).rev().fold(features, |relevance, at| walk.through(at, relevance));
    walk.end(&network.nodes[to].name, output)
}

/// The rest of the walk, from relevance at the output of the node `from` to the picture's values. With the relevance of
/// only some channels, it gives what these channels contribute to each pixel (CRP: Achtibat et al., Nature Machine
/// Intelligence 2023).
pub fn attribute_from(
    network: &Graph,
    trace: &Trace,
    composite: &Staged<Composite>,
    from: usize,
    relevance: Tensor<4>,
) -> Relevance {
    let mut walk = Walk::new(network, trace, composite);
    let input = (0..=from).rev().fold(relevance, |relevance, at| walk.through(at, relevance));
    walk.end("input", input)
}

/// A walk in progress.
struct Walk<'a> {
    network: &'a Graph,
    trace: &'a Trace,
    composite: &'a Staged<Composite>,
    ledger: Ledger,
    boundaries: Vec<(String, Tensor<4>)>,
    accounts: Vec<Account>,
}

impl<'a> Walk<'a> {
    fn new(network: &'a Graph, trace: &'a Trace, composite: &'a Staged<Composite>) -> Self {
        let (boundaries, accounts) = Default::default();
        Self { network, trace, composite, ledger: Ledger::open(), boundaries, accounts }
    }

    /// Starts at the class, and goes to the features: their relevance is `[1, C, 1, 1]`.
    fn from_class(
        network: &'a Graph,
        trace: &'a Trace,
        target: &Target,
        amount: f32,
        composite: &'a Staged<Composite>,
    ) -> (Self, Tensor<4>) {
        let mut walk = Self::new(network, trace, composite);
        let composite = composite.at(network.stage_of(network.nodes.len()));
        let Linear { layer, input, start } = Linear::new(&network.head, trace, target, amount, composite);
        walk.keep("fc", &start);
        let (rule, equation) = (&composite.linear, composite.equation.for_logits());
        let features = rule.step(&mut walk.ledger, &equation, &layer, &input, Outputs::Signed(None), start);
        (walk, features)
    }

    /// Keeps the relevance of an output, and what the ledger recorded on the way to it.
    fn keep(&mut self, name: &str, relevance: &Tensor<4>) {
        let (map, magnitude) = kernel::over_channels(relevance);
        self.boundaries.push((name.to_owned(), map));
        self.accounts.extend(self.ledger.settle(|| magnitude));
    }

    /// Ends the walk with the last boundary.
    fn end(mut self, name: &str, relevance: Tensor<4>) -> Relevance {
        self.keep(name, &relevance);
        Relevance { input: relevance, boundaries: self.boundaries, accounts: self.accounts }
    }

    /// Takes the relevance of a node's output to its input.
    fn through(&mut self, at: usize, relevance: Tensor<4>) -> Tensor<4> {
        let Named { name, node } = &self.network.nodes[at];
        // The map is a factor: the relevance of the product goes to what it multiplies.
        if let Node::Attention(_) = node {
            return relevance;
        }
        self.keep(name, &relevance);
        let composite = self.composite.at(self.network.stage_of(at));
        let rectified = node.is_rectified() || matches!(node, Node::Residual(_));
        let outputs = match rectified && self.skips_zeros(at) {
            true => Outputs::Rectified,
            false => Outputs::Signed(None),
        };
        let (step, ledger) = (&self.trace.steps[at], &mut self.ledger);
        let equation = &composite.equation;
        match node {
            Node::Residual(block) => through_residual(ledger, composite, block, step, outputs, relevance),
            Node::Convolution { layer, .. } if at == 0 => {
                through_first(ledger, composite, layer, step, outputs, relevance)
            }
            Node::Convolution { layer, .. } => match composite.blocks {
                Blocks::Whole => through_rectified(ledger, equation, layer, step, relevance),
                Blocks::Layers { convolution, .. } => {
                    let input = Input::Positive(step.input.clone());
                    through_convolution(ledger, composite, &convolution, layer, &input, outputs, relevance)
                }
            },
            Node::Linear { layer, .. } => {
                let layer = if composite.linear_bias { layer.clone() } else { layer.unbiased() };
                let input = Input::Positive(step.input.clone());
                composite.linear.step(ledger, equation, &layer, &input, outputs, relevance)
            }
            Node::GlobalAverage => {
                let Step { input, output, .. } = step;
                equation.step(ledger, input.clone(), output.clone(), relevance, |cotangent, _| spread(input, cotangent))
            }
            Node::MaxPool(window) => through_pool(ledger, composite, window, step, relevance),
            Node::Attention(_) => relevance,
        }
    }

    /// Whether outputs of 0 of the node `at` get no relevance, because the next node's rule distributes relevance by
    /// contribution.
    fn skips_zeros(&self, at: usize) -> bool {
        let next = at + 1;
        let composite = self.composite.at(self.network.stage_of(next));
        let Some(Named { node, .. }) = self.network.nodes.get(next) else { return composite.linear.skips_zeros() };
        match (node, composite.blocks) {
            (Node::Residual(block), Blocks::Layers { convolution, addition }) => {
                let skip = match addition {
                    Addition::Normalised => true,
                    // Where branch and skip are both 0, the skip gets half of the sum's relevance.
                    Addition::Ratio { .. } => block.skip.is_projected() || self.skips_zeros(next),
                    Addition::Symmetric { identity } => block.skip.is_projected() || !identity,
                };
                convolution.skips_zeros() && skip
            }
            (Node::Convolution { .. }, Blocks::Layers { convolution, .. }) => convolution.skips_zeros(),
            (Node::Residual(_) | Node::Convolution { .. }, Blocks::Whole) | (Node::GlobalAverage, _) => true,
            (Node::Linear { .. }, _) => composite.linear.skips_zeros(),
            // If all values of a window are zero, the first of them gets the window's relevance.
            (Node::MaxPool(_), _) => composite.pool != Pool::Winner || self.skips_zeros(next),
            (Node::Attention(_), _) => self.skips_zeros(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};
    use serde_json::json;

    use super::*;
    use crate::attribution::Method;
    use crate::birds::{self, Species};
    use crate::checkpoint::Checkpoint;
    use crate::options::methods;
    use crate::picture::{Fit, Preparation};
    use crate::weights::Bytes;
    use crate::witness::read_one as read;
    use crate::{Options, Output};

    fn bundled() -> (Graph, Tensor<4>) {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/models/birds-resnet50.safetensors");
        let checkpoint = pollster::block_on(Checkpoint::open(Bytes(std::fs::read(file).unwrap()))).unwrap();
        let preparation = Preparation { fit: Fit::Pad, ..checkpoint.preparation().unwrap() };
        let network = pollster::block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
        let bird = birds::draw(&Species::all()[0], 40, &birds::Options::default());
        let input = preparation.prepare(&bird.rgba, bird.side, bird.side).unwrap().values;
        (network, Tensor::from_data(TensorData::new(input, [1, 3, 224, 224]), &Device::flex()))
    }

    /// Wherever the walk relies on zeros having no relevance, they have none, with every method and with mixtures of
    /// rules; and with some mixtures zeros do have relevance, so that the test can fail.
    #[test]
    fn zeros_that_are_skipped_have_no_relevance() {
        let (network, input) = bundled();
        let trace = network.forward(input);
        let target = Output::Softmax.target(0);
        let names = methods().into_iter().map(|method| json!({ "name": method.name }));
        let mixed = [
            json!({ "name": "lrp-epsilon-plus", "convolution": ["z-plus", "flat", "z-plus", "w-square"] }),
            json!({ "name": "lrp-epsilon-gamma-box", "linear": "flat", "addition": "symmetric" }),
            json!({ "name": "lrp-epsilon-plus", "addition": "ratio", "pool": "equation-1" }),
            json!({ "name": "lrp-epsilon-plus", "addition": "symmetric", "identitySkips": false, "linear": "w-square" }),
        ];
        let (mut skipped, mut with_relevance) = (0, 0);
        for method in names.chain(mixed) {
            let Method::Lrp(composite) = Options::from_json(json!({ "method": method })).unwrap().method else {
                continue;
            };
            let (mut walk, mut relevance) = Walk::from_class(&network, &trace, &target, 0.5, &composite);
            for at in (0..network.nodes.len()).rev() {
                let output = pollster::block_on(read(trace.steps[at].output.clone())).unwrap();
                let found = pollster::block_on(read(relevance.clone())).unwrap();
                let zeros =
                    output.iter().zip(&found).filter(|(output, found)| **output == 0.0 && **found != 0.0).count();
                match walk.skips_zeros(at) {
                    true => assert_eq!(zeros, 0, "{method}, {}", network.nodes[at].name),
                    false => with_relevance += zeros,
                }
                skipped += usize::from(walk.skips_zeros(at));
                relevance = walk.through(at, relevance);
            }
        }
        assert!(skipped > 200, "{skipped}");
        assert!(with_relevance > 100_000, "{with_relevance}");
    }
}
