//! The walk of relevance from the class to the pixels.

use burn::tensor::{Tensor, TensorData};

use super::rule::Outputs;
use super::{Addition, Blocks, Composite, Equation1, Input, Ledger, Norm, Pool, Rule, Staged, Stem, StemInput};
use crate::kernel;
use crate::network::{Convolution, Graph, Named, Node, Residual, Skip, Step, Trace, Window, size, spread};
use crate::output::Target;
use crate::witness::show_pointwise;

/// Relevance of one class, walked back over some of the layers.
#[derive(Clone, Debug)]
pub struct Relevance {
    /// Where the walk has come to: of the picture's values, `[1, 3, H, W]`, or of a layer's outputs, `[1, C, h, w]`.
    pub input: Tensor<4>,
    /// Of each layer's output on the way, from the class down, summed over its channels: `[1, 1, H, W]`.
    pub boundaries: Vec<(String, Tensor<4>)>,
    /// For each boundary: what biases and ε took on the way to it from the one before, and Σ|R|.
    pub accounts: Vec<[Tensor<1>; 2]>,
}

/// Relevance of a target by a composite for each stage. The batch must be 1. What comes before the stages takes the first
/// one's, the linear layer of the logits and whatever else comes after them the last one's.
///
/// A class starts with `amount` > 0, which gets the sign of what the linear layer divides by, z_c: a feature's relevance
/// R_j = x_j w_jc / z_c · R is positive exactly where x_j w_jc is, w_c being the target's own weights.
///
/// A contrast starts with R_k = v_k z_k at each output, whatever the amount. Where the linear layer's rule divides by
/// z_k, that is R_j = x_j Σ_k v_k w_jk: positive where the feature speaks for the class rather than for the others.
/// A rule whose divisors are of one sign is given v_k |z_k|, as it is given |z_c| for a class.
///
/// An attention map is a factor: what it multiplies keeps all the relevance of the product.
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

/// The same, as far as the output of the node `to`, `[1, C, h, w]`.
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

/// The rest of the way, from the output of the node `from`, to the picture's values: with some channels' relevance alone
/// it is what these channels owe to each pixel (CRP: Achtibat et al., Nature Machine Intelligence 2023).
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

/// A walk on its way.
struct Walk<'a> {
    network: &'a Graph,
    trace: &'a Trace,
    composite: &'a Staged<Composite>,
    ledger: Ledger,
    boundaries: Vec<(String, Tensor<4>)>,
    accounts: Vec<[Tensor<1>; 2]>,
}

impl<'a> Walk<'a> {
    fn new(network: &'a Graph, trace: &'a Trace, composite: &'a Staged<Composite>) -> Self {
        let (boundaries, accounts) = Default::default();
        Self { network, trace, composite, ledger: Ledger::open(), boundaries, accounts }
    }

    /// Down to the features, `[1, C, 1, 1]`.
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
        let (rule, equation) = (&composite.linear, composite.equation.exact());
        let features = rule.step(&mut walk.ledger, &equation, &layer, &input, Outputs::Signed(None), start);
        (walk, features)
    }

    fn keep(&mut self, name: &str, relevance: &Tensor<4>) {
        self.boundaries.push((name.to_owned(), relevance.clone().sum_dim(1)));
        self.accounts.extend(self.ledger.settle(relevance));
    }

    fn end(mut self, name: &str, relevance: Tensor<4>) -> Relevance {
        self.keep(name, &relevance);
        Relevance { input: relevance, boundaries: self.boundaries, accounts: self.accounts }
    }

    /// Relevance of a node's output to that of what it was given.
    fn through(&mut self, at: usize, relevance: Tensor<4>) -> Tensor<4> {
        let Named { name, node } = &self.network.nodes[at];
        // It is a factor: what it multiplies keeps all the relevance of the product.
        if let Node::Attention(_) = node {
            return relevance;
        }
        self.keep(name, &relevance);
        let composite = self.composite.at(self.network.stage_of(at));
        let rectified = node.is_rectified() || matches!(node, Node::Residual(_));
        let outputs = match rectified && self.spares_zeros(at) {
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

    /// Whether no relevance comes to an output of 0 of the node `at`: what takes it gives relevance by what it
    /// contributed.
    fn spares_zeros(&self, at: usize) -> bool {
        let next = at + 1;
        let composite = self.composite.at(self.network.stage_of(next));
        let Some(Named { node, .. }) = self.network.nodes.get(next) else { return composite.linear.spares_zeros() };
        match (node, composite.blocks) {
            (Node::Residual(block), Blocks::Layers { convolution, addition }) => {
                let skip = match addition {
                    Addition::Normalised => true,
                    // Where branch and skip are 0, the skip has half of the sum's relevance.
                    Addition::Ratio { .. } => block.skip.is_projected() || self.spares_zeros(next),
                    Addition::Symmetric { identity } => block.skip.is_projected() || !identity,
                };
                convolution.spares_zeros() && skip
            }
            (Node::Convolution { .. }, Blocks::Layers { convolution, .. }) => convolution.spares_zeros(),
            (Node::Residual(_) | Node::Convolution { .. }, Blocks::Whole) | (Node::GlobalAverage, _) => true,
            (Node::Linear { .. }, _) => composite.linear.spares_zeros(),
            // The largest of zeros has what their window has.
            (Node::MaxPool(_), _) => composite.pool != Pool::Winner || self.spares_zeros(next),
            (Node::Attention(_), _) => self.spares_zeros(next),
        }
    }
}

/// A block: one layer of Equation 1, which is C3-LRP's contribution, or layer by layer.
fn through_residual(
    ledger: &mut Ledger,
    composite: &Composite,
    block: &Residual,
    step: &Step,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match composite.blocks {
        Blocks::Whole => {
            let cotangent = composite.equation.divide_rectified(ledger, relevance, &step.output);
            block.vjp_of_sum(&step.hidden, cotangent, Some(&step.input), &mut |layer, cotangent| {
                ledger.take_bias(layer, cotangent, 1.0);
            })
        }
        Blocks::Layers { convolution, addition } => {
            let skip = block.skip.forward(&step.input);
            let exact = addition != Addition::Normalised || !convolution.forgives_rounding();
            let branch = match outputs {
                // Any output that has relevance is what branch and skip came to.
                Outputs::Rectified if !exact => {
                    let branch = step.output.clone() - skip.clone();
                    let of = [&step.output, &skip];
                    show_pointwise("branch", of, &branch, |[output, skip]| output - skip);
                    branch
                }
                Outputs::Rectified | Outputs::Signed(_) => {
                    block.branch(&step.hidden).unwrap_or_else(|| skip.zeros_like())
                }
            };
            let projected = block.skip.is_projected();
            // A gate stands between the last layer's outputs and the branch.
            let last = block.gate.is_none().then(|| branch.clone());
            let projection = block.skip.is_projected().then(|| skip.clone());
            let [main, side] = addition.step(ledger, &composite.equation, branch, skip, projected, relevance);
            let rule = &convolution;
            let (mut main, mut outputs) = (main, Outputs::Signed(last));
            for (layer, input) in block.layers.iter().zip(&step.hidden).rev() {
                let input = Input::Positive(input.clone());
                main = through_convolution(ledger, composite, rule, layer, &input, outputs, main);
                // A ReLU stands between the layers.
                outputs = if rule.spares_zeros() { Outputs::Rectified } else { Outputs::Signed(None) };
            }
            main + through_skip(ledger, composite, rule, &block.skip, &step.input, Outputs::Signed(projection), side)
        }
    }
}

fn through_skip(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    skip: &Skip,
    input: &Tensor<4>,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match skip {
        Skip::Identity => relevance,
        // Each place that is kept keeps its relevance.
        Skip::Padded { .. } => skip.vjp(size(input), relevance, &mut |_, _| {}),
        Skip::Projection { pool, layer } => {
            let averaged = Input::Positive(skip.averaged(input));
            let relevance = through_convolution(ledger, composite, rule, layer, &averaged, outputs, relevance);
            match pool {
                None => relevance,
                Some(window) => {
                    let average = averaged.values().clone();
                    composite.equation.step(ledger, input.clone(), average, relevance, |cotangent, _| {
                        kernel::average_pool_vjp(size(input), cotangent, window)
                    })
                }
            }
        }
    }
}

/// A convolution with its ReLU, as one layer of Equation 1.
fn through_rectified(
    ledger: &mut Ledger,
    equation: &Equation1,
    layer: &Convolution,
    step: &Step,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let cotangent = equation.divide_rectified(ledger, relevance, &step.output);
    ledger.take_bias(layer, &cotangent, 1.0);
    layer.vjp_times(&step.input, cotangent)
}

/// The convolution that is given the picture.
fn through_first(
    ledger: &mut Ledger,
    composite: &Composite,
    layer: &Convolution,
    step: &Step,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    match composite.stem {
        Stem::Whole => through_rectified(ledger, &composite.equation, layer, step, relevance),
        Stem::Layer { rule, input } => {
            let (input, outputs) = match input {
                StemInput::Picture => (Input::Signed(step.input.clone()), outputs),
                // These outputs are not what the ReLU was given.
                StemInput::Ones => (Input::Positive(step.input.ones_like()), Outputs::Signed(None)),
            };
            through_convolution(ledger, composite, &rule, layer, &input, outputs, relevance)
        }
    }
}

fn through_pool(
    ledger: &mut Ledger,
    composite: &Composite,
    window: &Window,
    step: &Step,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let Step { input, output, .. } = step;
    match composite.pool {
        Pool::Winner => step.unpool(window, relevance),
        Pool::Equation1 => composite
            .equation
            .step(ledger, input.clone(), output.clone(), relevance, |cotangent, _| step.unpool(window, cotangent)),
        Pool::Average => through_average(ledger, composite, input.clone(), relevance),
    }
}

/// The linear layer, as relevance meets it.
struct Linear {
    /// With the target's own weights, and with its bias where the composite counts it.
    layer: Convolution,
    /// The features, `[1, C, 1, 1]`.
    input: Input,
    /// Relevance of the outputs, [1, K, 1, 1].
    start: Tensor<4>,
}

impl Linear {
    fn new(head: &Convolution, trace: &Trace, target: &Target, amount: f32, composite: &Composite) -> Self {
        let [_, outputs, ..] = trace.logits.dims();
        let given = |values: Vec<f32>| {
            Tensor::<4>::from_data(TensorData::new(values, [1, outputs, 1, 1]), &trace.logits.device())
        };
        let (head, rule, equation) = (head.clone(), &composite.linear, composite.equation.exact());
        let with_bias = |layer: Convolution| if composite.linear_bias { layer } else { layer.unbiased() };
        let input = Input::Positive(trace.features.clone());
        match target {
            Target::Class { output, sign } => {
                let mut values = vec![0f32; outputs];
                if let Some(value) = values.get_mut(*output) {
                    *value = amount;
                }
                // What speaks against an output are the same weights turned round.
                let layer = with_bias(if *sign < 0.0 { head.negated() } else { head });
                let start = rule.signed(&equation, &layer, &input, given(values));
                Self { layer, input, start }
            }
            Target::Contrast(weights) => {
                let layer = with_bias(head);
                let weights = given(weights.clone());
                let divisor = rule.divisor(&equation, &layer, &input);
                let of = divisor.unwrap_or_else(|| trace.logits.clone().abs());
                let start = weights.clone() * of.clone();
                show_pointwise("start", [&weights, &of], &start, |[weight, of]| weight * of);
                Self { layer, input, start }
            }
        }
    }
}

/// A convolution and its BatchNorm.
fn through_convolution(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    layer: &Convolution,
    input: &Input,
    outputs: Outputs,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let equation = &composite.equation;
    match composite.norm {
        Norm::Merged => rule.step(ledger, equation, layer, input, outputs, relevance),
        // What the convolution gives out, BatchNorm may turn round.
        Norm::Pass => rule.step(ledger, equation, &layer.unmerged(), input, Outputs::Signed(None), relevance),
        // With s·z + t = y, Equation 1 of BatchNorm is R = s·z · R′ / (y + ε), and s·z = y − t.
        Norm::Own => {
            let normed = layer.forward(input.values().clone());
            let channels = layer.bias.dims()[0];
            let scaled = normed.clone() - layer.bias.clone().reshape([1, channels, 1, 1]);
            let passed = scaled * equation.divide(relevance.clone(), &normed);
            ledger.take(|| (relevance - passed.clone()).sum());
            rule.step(ledger, equation, &layer.unmerged(), input, Outputs::Signed(None), passed)
        }
    }
}

/// An average over 2×2 in place of the max-pool, by Equation 1. Where a side is odd, the last windows
/// reach over the edge, with zeros there.
fn through_average(ledger: &mut Ledger, composite: &Composite, input: Tensor<4>, relevance: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    let [_, _, rows, columns] = relevance.dims();
    let whole = Tensor::zeros([batch, channels, 2 * rows, 2 * columns], &input.device())
        .slice_assign([0..batch, 0..channels, 0..height, 0..width], input);
    let windows = whole.reshape([batch * channels, rows, 2, columns, 2]);
    let mean = windows.clone().sum_dim(2).sum_dim(4) / 4.0;
    let relevance = relevance.reshape([batch * channels, rows, 1, columns, 1]);
    let back = composite.equation.step(ledger, windows, mean, relevance, |cotangent, _| {
        (cotangent / 4.0).expand([batch * channels, rows, 2, columns, 2])
    });
    back.reshape([batch, channels, 2 * rows, 2 * columns]).slice([0..batch, 0..channels, 0..height, 0..width])
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
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

    /// Where the walk counts on zeros having no relevance, they have none, by every method and mixture of rules; and by
    /// some mixtures zeros do have relevance.
    #[test]
    fn zeros_that_are_spared_have_no_relevance() {
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
        let (mut spared, mut with_relevance) = (0, 0);
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
                match walk.spares_zeros(at) {
                    true => assert_eq!(zeros, 0, "{method}, {}", network.nodes[at].name),
                    false => with_relevance += zeros,
                }
                spared += usize::from(walk.spares_zeros(at));
                relevance = walk.through(at, relevance);
            }
        }
        assert!(spared > 200, "{spared}");
        assert!(with_relevance > 100_000, "{with_relevance}");
    }

    /// x_j w_jc, computed here, for every class of a bird of each species: most logits are negative.
    #[test]
    fn features_speak_for_a_class_where_their_contribution_is_positive() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/models/birds-resnet50.safetensors");
        let checkpoint = Checkpoint::open(Bytes(std::fs::read(file).unwrap()));
        let checkpoint = pollster::block_on(checkpoint).unwrap();
        let preparation = Preparation { fit: Fit::Pad, ..checkpoint.preparation().unwrap() };
        let network = pollster::block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
        let weights = pollster::block_on(checkpoint.read("fc.weight")).unwrap();
        let composites: Vec<_> = methods()
            .into_iter()
            .flat_map(|method| ["probability", "logit"].map(|start| json!({ "name": method.name, "start": start })))
            .filter_map(|method| match Options::from_json(json!({ "method": method })).ok()?.method {
                Method::Lrp(composite) => Some((method["name"].as_str()?.to_owned(), *composite.at(0))),
                _ => None,
            })
            .collect();
        assert_eq!(composites.len(), 2 * 10);
        let (mut negative, mut checked) = (0, 0);
        for (number, species) in Species::all().iter().enumerate() {
            let bird = birds::draw(species, 40 + number as u64, &birds::Options::default());
            let input = preparation.prepare(&bird.rgba, bird.side, bird.side).unwrap().values;
            let trace = network.forward(Tensor::from_data(TensorData::new(input, [1, 3, 224, 224]), &Device::flex()));
            let features = pollster::block_on(read(trace.features.clone())).unwrap();
            let logits = pollster::block_on(read(trace.logits.clone())).unwrap();
            for class in 0..logits.len() {
                negative += usize::from(logits[class] < 0.0);
                let own = &weights[class * features.len()..][..features.len()];
                for (name, composite) in &composites {
                    let target = Output::Softmax.target(class);
                    let Linear { layer, input, start } = Linear::new(&network.head, &trace, &target, 0.5, composite);
                    let (ledger, equation) = (&mut Ledger::closed(), composite.equation.exact());
                    let relevance =
                        composite.linear.step(ledger, &equation, &layer, &input, Outputs::Signed(None), start);
                    let relevance = pollster::block_on(read(relevance)).unwrap();
                    for ((found, x), w) in relevance.iter().zip(&features).zip(own) {
                        assert_eq!(*found > 0.0, x * w > 0.0, "{name}, bird {number}, class {class}: {found} {x} {w}");
                        checked += 1;
                    }
                }
            }
        }
        assert!(negative > 200, "{negative} negative logits");
        assert_eq!(checked, 20 * 20 * composites.len() * 512);
    }
}
