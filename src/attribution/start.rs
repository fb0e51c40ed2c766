//! Where the walk starts: at the linear layer of the logits.

use burn::tensor::{Tensor, TensorData};

use super::{Composite, Input};
use crate::network::{Convolution, Trace};
use crate::output::Target;
use crate::witness::show_pointwise;

/// The linear layer of the logits, and the relevance that the walk starts with.
pub(super) struct Linear {
    /// The layer with the target's own weights, and with its bias if the composite counts it; for a class, its output alone.
    pub layer: Convolution,
    /// The features, `[1, C, 1, 1]`.
    pub input: Input,
    /// The relevance of the layer's outputs, `[1, K, 1, 1]`.
    pub start: Tensor<4>,
}

impl Linear {
    pub fn new(head: &Convolution, trace: &Trace, target: &Target, amount: f32, composite: &Composite) -> Self {
        let [_, outputs, ..] = trace.logits.dims();
        let given = |values: Vec<f32>| {
            let dims = [1, values.len(), 1, 1];
            Tensor::<4>::from_data(TensorData::new(values, dims), &trace.logits.device())
        };
        let (head, rule, equation) = (head.clone(), &composite.linear, composite.equation.for_logits());
        let with_bias = |layer: Convolution| if composite.linear_bias { layer } else { layer.unbiased() };
        let input = Input::Positive(trace.features.clone());
        match target {
            Target::Class { output, sign } => {
                // No other output has relevance. One that isn't there has none either.
                let own = (*output).min(outputs - 1);
                let (head, amount) = (head.only(own), if own == *output { amount } else { 0.0 });
                // What speaks against an output is the same weights with their signs flipped.
                let layer = with_bias(if *sign < 0.0 { head.negated() } else { head });
                let start = rule.signed(&equation, &layer, &input, given(vec![amount]));
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

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use serde_json::json;

    use super::*;
    use crate::attribution::rule::Outputs;
    use crate::attribution::{Ledger, Method};
    use crate::birds::{self, Species};
    use crate::checkpoint::Checkpoint;
    use crate::network::Graph;
    use crate::options::methods;
    use crate::picture::{Fit, Preparation};
    use crate::weights::Bytes;
    use crate::witness::read_one as read;
    use crate::{Options, Output};

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
                    let (ledger, equation) = (&mut Ledger::closed(), composite.equation.for_logits());
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
