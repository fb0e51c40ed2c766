//! Facts about a network, given or assumed, as English sentences and as values.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::Result;
use crate::family::Blueprint;
use crate::hints::{GivenFacts, HintName, Hints, Origin, StrideIn};
use crate::output::{Output, OutputKind};
use crate::picture::{Fit, Interpolation, Normalisation, Order, Preparation};
use crate::sentence::{Sentence, say};

/// A fact that a network's tensors don't contain, and the value that it was given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// The option that changes it.
    pub name: &'static str,
    /// Its value, as the option would have it.
    pub value: Json,
    /// Its source.
    pub origin: Origin,
    /// The fact as an English sentence.
    pub sentence: String,
    /// The fact as a message that can be translated.
    pub said: Sentence,
}

impl GivenFacts {
    /// Everything that was given or assumed, as facts: how the network was read, and how its pictures are prepared.
    pub fn facts(&self, blueprint: &Blueprint, preparation: &Preparation, output: Output) -> Result<Vec<Fact>> {
        let Preparation { channels, side, fit, crop, interpolation, order, normalisation } = preparation;
        let Normalisation { mean, std } = normalisation;
        let mut facts = Vec::new();
        let mut tell = |name: HintName, value, of: &dyn Fn(&Hints) -> bool, said: Sentence| {
            let sentence = said.to_string();
            facts.push(Fact { name: name.key(), value, origin: self.origin(of), sentence, said });
        };
        tell(
            HintName::Side,
            json!(side),
            &|h| h.side.is_some(),
            say!("fact-side", "It sees {side}×{side} pixels.", side),
        );
        let share = (crop * 1e3).round() / 10.0;
        tell(
            HintName::Fit,
            json!(fit.word()),
            &|h| h.fit.is_some(),
            match (fit, *crop == 1.0) {
                (Fit::Crop, true) => say!("fact-crop", "A picture becomes square by a crop at its centre."),
                (Fit::Crop, false) => {
                    say!("fact-crop-part", "A picture becomes square by a crop at its centre, {share} % of it.", share)
                }
                (Fit::Squash, true) => say!("fact-squash", "A picture becomes square by squeezing its longer side."),
                (Fit::Squash, false) => say!(
                    "fact-squash-part",
                    "A picture becomes square by squeezing its longer side, {share} % of it.",
                    share
                ),
                (Fit::Pad, _) => say!("fact-whole", "A picture becomes square by borders around all of it."),
            },
        );
        let kept = say!("fact-kept", "A crop keeps {share} % of the shorter side.", share);
        tell(HintName::Crop, json!(crop), &|h| h.crop.is_some(), kept);
        tell(
            HintName::Interpolation,
            json!(interpolation.word()),
            &|h| h.interpolation.is_some(),
            match interpolation {
                Interpolation::Bilinear => say!("fact-bilinear", "Pixels are resized bilinearly."),
                Interpolation::Bicubic => say!("fact-bicubic", "Pixels are resized bicubically."),
            },
        );
        let listed = |values: &[f32; 3]| Json::from_iter(values[..*channels].iter().copied().map(written));
        let [means, deviations] = [mean, std].map(|values| &values[..*channels]);
        let (mean_said, std_said) = match *normalisation == Normalisation::default() {
            true => (
                say!("fact-mean-imagenet", "Its channels' mean is {values}, ImageNet's.", values = means),
                say!("fact-std-imagenet", "Their standard deviation is {values}, ImageNet's.", values = deviations),
            ),
            false => (
                say!("fact-mean", "Its channels' mean is {values}.", values = means),
                say!("fact-std", "Their standard deviation is {values}.", values = deviations),
            ),
        };
        tell(HintName::Mean, listed(mean), &|h| h.mean.is_some(), mean_said);
        tell(HintName::Std, listed(std), &|h| h.std.is_some(), std_said);
        match channels {
            1 => {}
            _ => tell(
                HintName::Order,
                json!(order.word()),
                &|h| h.order.is_some(),
                match order {
                    Order::Rgb => say!("fact-rgb", "Its channels are red, green, blue."),
                    Order::Bgr => say!("fact-bgr", "Its channels are blue, green, red."),
                },
            ),
        }
        if let Some(kind) = match output {
            Output::Softmax => {
                Some((OutputKind::Softmax, say!("fact-softmax", "Its classes exclude each other (softmax).")))
            }
            Output::Sigmoid => Some((
                OutputKind::Sigmoid,
                say!("fact-sigmoid", "Each of its classes is there or not, by itself (sigmoid)."),
            )),
            // A network with one output can't be anything else.
            Output::Binary => None,
        } {
            tell(HintName::Output, json!(kind.0.word()), &|h| h.output.is_some(), kind.1);
        }
        if blueprint.has_bottlenecks() {
            let within = self.stride_in();
            tell(
                HintName::StrideIn,
                json!(within.word()),
                &|h| h.stride_in.is_some(),
                match within {
                    StrideIn::Spatial => {
                        say!("fact-stride-3x3", "Its bottlenecks have their stride in the 3×3.")
                    }
                    StrideIn::Pointwise => {
                        say!("fact-stride-1x1", "Its bottlenecks have their stride in the first 1×1.")
                    }
                },
            );
        }
        if blueprint.has_residuals() {
            let stages = self.stages(blueprint.stages.len())?;
            let column = |at: usize| stages.iter().map(|stage| stage[at]).collect::<Vec<_>>();
            let (strides, dilations) = (column(0), column(1));
            let sentence = say!("fact-strides", "Its stages have the strides [{strides}].", strides);
            tell(HintName::Strides, json!(strides), &|h| h.strides.is_some() || h.dilations.is_some(), sentence);
            let sentence = say!("fact-dilations", "Its stages have the dilations [{dilations}].", dilations);
            tell(HintName::Dilations, json!(dilations), &|h| h.dilations.is_some(), sentence);
        }
        let epsilon = self.norm_epsilon();
        if blueprint.has_norms() {
            let sentence = say!("fact-epsilon", "Its BatchNorms' ε is {epsilon}.", epsilon);
            tell(HintName::NormEpsilon, written(epsilon), &|h| h.norm_epsilon.is_some(), sentence);
        }
        Ok(facts)
    }
}

/// A number in as few digits as distinguish it from other f32 numbers: 0.485, not 0.48500001430511475.
fn written(value: f32) -> Json {
    value.to_string().parse::<f64>().map_or(Json::Null, Json::from)
}
