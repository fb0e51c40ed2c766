//! The walk of relevance from the class to the pixels.

use burn::tensor::{Tensor, TensorData};

use super::{Blocks, Composite, Input, Ledger, Norm, Pool, Rule, Stem, StemInput};
use crate::network::{Bottleneck, BottleneckTrace, Convolution, ResNet, Trace};
use crate::output::Target;

/// Relevance of one class.
#[derive(Clone, Debug)]
pub struct Relevance {
    /// Of the picture's values, [1, 3, H, W].
    pub input: Tensor<4>,
    /// Of each layer's output, from the class down, summed over its channels: [1, 1, H, W].
    pub boundaries: Vec<(String, Tensor<4>)>,
    /// For each boundary: what biases and ε took on the way to it from the one before, and Σ|R|.
    pub accounts: Vec<[Tensor<1>; 2]>,
}

/// Relevance of a target, which starts with `amount` > 0, by a composite. The batch must be 1.
///
/// The start has the sign of what the linear layer divides by, z_c: a feature's relevance R_j = x_j w_jc / z_c · R
/// is positive exactly where x_j w_jc is, w_c being the target's own weights.
///
/// An attention map is a factor: what it multiplies keeps all the relevance of the product.
pub fn attribute(network: &ResNet, trace: &Trace, target: Target, amount: f32, composite: &Composite) -> Relevance {
    let equation = &composite.equation;
    let (mut boundaries, mut accounts) = (Vec::new(), Vec::new());
    let mut keep = |name: String, relevance: &Tensor<4>, ledger: &mut Ledger| {
        boundaries.push((name, relevance.clone().sum_dim(1)));
        accounts.extend(ledger.settle(relevance));
    };
    let ledger = &mut Ledger::open();

    let last = &trace.blocks[trace.blocks.len() - 1].output;
    let [_, channels, height, width] = last.dims();
    let features = trace.features.clone().reshape([1, channels, 1, 1]);
    let Linear { layer, input, start } = Linear::new(network, trace, target, amount, composite);
    keep("fc".into(), &start, ledger);
    let relevance = composite.linear.step(ledger, equation, &layer, &input, start);
    keep("avgpool".into(), &relevance, ledger);

    let mut relevance = equation.step(ledger, last.clone(), features, relevance, |cotangent, _| {
        (cotangent / (height * width) as f32).expand([1, channels, height, width])
    });
    let blocks = network.block_names().into_iter().zip(&network.blocks).zip(&trace.blocks);
    for ((name, block), activations) in blocks.rev() {
        keep(name, &relevance, ledger);
        relevance = match composite.blocks {
            Blocks::Whole => {
                let cotangent = equation.divide_rectified(ledger, relevance, &activations.output);
                block.vjp_of_sum(activations, cotangent, Some(&activations.input), |layer, cotangent| {
                    ledger.take_bias(layer, cotangent, 1.0);
                })
            }
            Blocks::Layers { convolution, addition } => {
                let branch = block.conv3.forward(activations.hidden2.clone());
                let skip = block.skip(&activations.input);
                let projected = block.downsample.is_some();
                let [main, side] = addition.step(ledger, equation, branch, skip, projected, relevance);
                through_layers(ledger, composite, &convolution, block, activations, main, side)
            }
        };
    }
    keep("maxpool".into(), &relevance, ledger);

    let stem = &trace.stem;
    let relevance = match composite.pool {
        Pool::Winner => trace.pool.vjp(&stem.output, relevance),
        Pool::Equation1 => {
            equation.step(ledger, stem.output.clone(), trace.pool.output.clone(), relevance, |cotangent, _| {
                trace.pool.vjp(&stem.output, cotangent)
            })
        }
        Pool::Average => through_average(ledger, composite, stem.output.clone(), relevance),
    };
    keep("stem".into(), &relevance, ledger);

    let relevance = match composite.stem {
        Stem::Whole => {
            let cotangent = equation.divide_rectified(ledger, relevance, &stem.output);
            ledger.take_bias(&network.stem.conv1, &cotangent, 1.0);
            network.stem.conv1.vjp_times(&stem.input, cotangent)
        }
        Stem::Layer { rule, input } => {
            let input = match input {
                StemInput::Picture => Input::Signed(stem.input.clone()),
                StemInput::Ones => Input::Positive(stem.input.ones_like()),
            };
            through_convolution(ledger, composite, &rule, &network.stem.conv1, &input, relevance)
        }
    };
    keep("input".into(), &relevance, ledger);
    Relevance { input: relevance, boundaries, accounts }
}

/// The linear layer, as relevance meets it.
struct Linear {
    /// With the target's own weights, and with its bias where the composite counts it.
    layer: Convolution,
    /// The features, [1, C, 1, 1].
    input: Input,
    /// Relevance of the outputs, [1, K, 1, 1].
    start: Tensor<4>,
}

impl Linear {
    fn new(network: &ResNet, trace: &Trace, target: Target, amount: f32, composite: &Composite) -> Self {
        let ([_, outputs], [_, channels]) = (trace.logits.dims(), trace.features.dims());
        let mut values = vec![0f32; outputs];
        values[target.output] = amount;
        let start = Tensor::from_data(TensorData::new(values, [1, outputs, 1, 1]), &trace.logits.device());
        // What speaks against an output are the same weights turned round.
        let layer = if target.sign < 0.0 { network.fc.negated() } else { network.fc.clone() };
        let layer = if composite.linear_bias { layer } else { layer.unbiased() };
        let input = Input::Positive(trace.features.clone().reshape([1, channels, 1, 1]));
        let start = composite.linear.signed(&composite.equation, &layer, &input, start);
        Self { layer, input, start }
    }
}

/// A block's layers, after the addition: its ReLUs pass relevance.
fn through_layers(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    block: &Bottleneck,
    activations: &BottleneckTrace,
    main: Tensor<4>,
    side: Tensor<4>,
) -> Tensor<4> {
    let mut through = |layer: &Convolution, input: &Tensor<4>, relevance: Tensor<4>| {
        through_convolution(ledger, composite, rule, layer, &Input::Positive(input.clone()), relevance)
    };
    let main = through(&block.conv3, &activations.hidden2, main);
    let main = through(&block.conv2, &activations.hidden1, main);
    let main = through(&block.conv1, &activations.input, main);
    let side = match &block.downsample {
        Some(projection) => through(projection, &activations.input, side),
        None => side,
    };
    main + side
}

/// A convolution and its BatchNorm.
fn through_convolution(
    ledger: &mut Ledger,
    composite: &Composite,
    rule: &Rule,
    layer: &Convolution,
    input: &Input,
    relevance: Tensor<4>,
) -> Tensor<4> {
    let equation = &composite.equation;
    match composite.norm {
        Norm::Merged => rule.step(ledger, equation, layer, input, relevance),
        Norm::Pass => rule.step(ledger, equation, &layer.unmerged(), input, relevance),
        // With s·z + t = y, Equation 1 of BatchNorm is R = s·z · R′ / (y + ε), and s·z = y − t.
        Norm::Own => {
            let normed = layer.forward(input.values().clone());
            let channels = layer.bias.dims()[0];
            let scaled = normed.clone() - layer.bias.clone().reshape([1, channels, 1, 1]);
            let passed = scaled * equation.divide(relevance.clone(), normed);
            ledger.take(|| (relevance - passed.clone()).sum());
            rule.step(ledger, equation, &layer.unmerged(), input, passed)
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
    use crate::options::methods;
    use crate::picture::{Fit, SIDE, prepare};
    use crate::weights::{Bytes, Checkpoint};
    use crate::witness::read_one as read;
    use crate::{Options, Output};

    /// x_j w_jc, computed here, for every class of a bird of each species: most logits are negative.
    #[test]
    fn features_speak_for_a_class_where_their_contribution_is_positive() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/models/birds-resnet50.safetensors");
        let checkpoint = Checkpoint::open(Bytes(std::fs::read(file).unwrap()));
        let checkpoint = pollster::block_on(checkpoint).unwrap();
        let normalisation = checkpoint.normalisation().unwrap();
        let network = pollster::block_on(ResNet::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap();
        let weights = pollster::block_on(checkpoint.read("fc.weight")).unwrap();
        let composites: Vec<_> = methods()
            .into_iter()
            .flat_map(|method| ["probability", "logit"].map(|start| json!({ "name": method.name, "start": start })))
            .filter_map(|method| match Options::from_json(json!({ "method": method })).ok()?.method {
                Method::Lrp(composite) => Some((method["name"].as_str()?.to_owned(), composite)),
                _ => None,
            })
            .collect();
        assert_eq!(composites.len(), 2 * 9);
        let (mut negative, mut checked) = (0, 0);
        for (number, species) in Species::all().iter().enumerate() {
            let bird = birds::draw(species, 40 + number as u64, &birds::Options::default());
            let input = prepare(&bird.rgba, bird.side, bird.side, Fit::Whole, &normalisation).unwrap().values;
            let trace = network.forward(Tensor::from_data(TensorData::new(input, [1, 3, SIDE, SIDE]), &Device::flex()));
            let features = pollster::block_on(read(trace.features.clone())).unwrap();
            let logits = pollster::block_on(read(trace.logits.clone())).unwrap();
            for class in 0..logits.len() {
                negative += usize::from(logits[class] < 0.0);
                let own = &weights[class * features.len()..][..features.len()];
                for (name, composite) in &composites {
                    let target = Output::Softmax.target(class);
                    let Linear { layer, input, start } = Linear::new(&network, &trace, target, 0.5, composite);
                    let ledger = &mut Ledger::closed();
                    let relevance = composite.linear.step(ledger, &composite.equation, &layer, &input, start);
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
