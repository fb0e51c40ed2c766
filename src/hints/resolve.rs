//! Which of several hints counts, and what is taken for granted where there is none.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Hints, StrideIn};
use crate::family::Blueprint;
use crate::options::setting::Name;
use crate::output::{Output, OutputKind};
use crate::picture::{Fit, Interpolation, Normalisation, Order, Preparation};
use crate::sentence::{Sentence, say};
use crate::{Error, Result};

/// Who said something of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An option.
    Option,
    /// A configuration file.
    Config,
    /// The weights file's header.
    File,
    /// Nobody.
    Assumed,
}

/// Something that a network's tensors don't tell, as it was taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// The option that would change it.
    pub name: &'static str,
    /// As the option has it.
    pub value: Json,
    /// Who said it.
    pub origin: Origin,
    /// The same in words.
    pub sentence: String,
    /// The same for other languages.
    pub said: Sentence,
}

/// What was said of a network, by whom; what comes first counts.
#[derive(Clone, Debug, Default)]
pub struct Told(pub(crate) Vec<(Origin, Hints)>);

impl Told {
    fn pick<T>(&self, of: impl Fn(&Hints) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|(_, hints)| of(hints))
    }

    /// Who said something first.
    fn origin(&self, said: &dyn Fn(&Hints) -> bool) -> Origin {
        self.0.iter().find(|(_, hints)| said(hints)).map_or(Origin::Assumed, |(origin, _)| *origin)
    }

    /// What the outputs mean.
    pub fn output(&self) -> Option<OutputKind> {
        self.pick(|hints| hints.output)
    }

    /// Which convolution of a bottleneck has its stride.
    pub fn stride_in(&self) -> StrideIn {
        self.pick(|hints| hints.stride_in).unwrap_or_default()
    }

    /// The stride and the dilation of each of so many stages. A dilation takes the place of its stage's stride unless
    /// strides are given (torchvision's `replace_stride_with_dilation`).
    ///
    /// # Errors
    /// [`Error::Options`] where there are more or fewer of them than stages.
    pub fn stages(&self, count: usize) -> Result<Vec<[usize; 2]>> {
        let checked = |option: &str, given: Option<Vec<usize>>| match given {
            Some(given) if given.len() != count => Err(Error::Options(say!(
                "stages-number",
                "{option} are [{given}], but the network has {count} stages",
                option,
                given,
                count
            ))),
            given => Ok(given),
        };
        let strides = checked("strides", self.pick(|hints| hints.strides.clone()))?;
        let dilations =
            checked("dilations", self.pick(|hints| hints.dilations.clone()))?.unwrap_or_else(|| vec![1; count]);
        let before = std::iter::once(1).chain(dilations.iter().copied());
        let own = before.zip(&dilations).enumerate().map(
            |(stage, (before, &dilation))| {
                if stage == 0 || dilation > before { 1 } else { 2 }
            },
        );
        let strides = strides.unwrap_or_else(|| own.collect());
        Ok(strides.into_iter().zip(dilations).map(|(stride, dilation)| [stride, dilation]).collect())
    }

    /// BatchNorm's ε; PyTorch's where nobody says it.
    pub fn norm_epsilon(&self) -> f32 {
        self.pick(|hints| hints.norm_epsilon).unwrap_or(1e-5)
    }

    /// How the pictures of a network are prepared.
    ///
    /// # Errors
    /// [`Error::Weights`] where mean and standard deviation make pixels that are not finite or all alike, or are of other
    /// channels than the network's.
    pub fn preparation(&self, blueprint: &Blueprint) -> Result<Preparation> {
        let assumed = assumed(blueprint);
        let three = |values: Vec<f32>| match values[..] {
            [value] => Ok([value; 3]),
            [first, second, third] if blueprint.channels == 3 => Ok([first, second, third]),
            // A configuration of colours beside a network of grey pictures: theirs alike.
            [first, second, third] if first == second && second == third => Ok([first; 3]),
            _ => Err(Error::Weights(say!(
                "normalisation-channels",
                "mean or std is [{values}], but a picture of this network has {channels} channel; one number was expected",
                values,
                channels = blueprint.channels
            ))),
        };
        let mean = self.pick(|hints| hints.mean.clone()).map(three).transpose()?;
        let std = self.pick(|hints| hints.std.clone()).map(three).transpose()?;
        let normalisation = Normalisation {
            mean: mean.unwrap_or(assumed.normalisation.mean),
            std: std.unwrap_or(assumed.normalisation.std),
        };
        let (black, white) = normalisation.bounds();
        let Normalisation { mean, std } = normalisation;
        if black.iter().chain(&white).any(|value| !value.is_finite()) {
            return Err(Error::Weights(say!(
                "normalisation-infinite",
                "mean [{mean}] and std [{std}] make pixels that are not finite; they are of pixels from 0 to 1",
                mean,
                std
            )));
        }
        // A mean far from 0 leaves no digits for the pixel.
        if black.iter().zip(&white).any(|(black, white)| black >= white) {
            return Err(Error::Weights(say!(
                "normalisation-flat",
                "mean [{mean}] and std [{std}] make black and white the same; they are of pixels from 0 to 1",
                mean,
                std
            )));
        }
        let order = self.pick(|hints| hints.order).unwrap_or(assumed.order);
        Ok(Preparation {
            channels: blueprint.channels,
            side: self.pick(|hints| hints.side).unwrap_or(assumed.side),
            fit: self.pick(|hints| hints.fit).unwrap_or(assumed.fit),
            crop: self.pick(|hints| hints.crop).unwrap_or(assumed.crop),
            interpolation: self.pick(|hints| hints.interpolation).unwrap_or(assumed.interpolation),
            order: if blueprint.channels == 3 { order } else { Order::Rgb },
            normalisation,
        })
    }

    /// All of it in words: how the network was read and its pictures are prepared.
    pub fn facts(&self, blueprint: &Blueprint, preparation: &Preparation, output: Output) -> Result<Vec<Fact>> {
        let Preparation { channels, side, fit, crop, interpolation, order, normalisation } = preparation;
        let Normalisation { mean, std } = normalisation;
        let mut facts = Vec::new();
        let mut tell = |name: Name, value, of: &dyn Fn(&Hints) -> bool, said: Sentence| {
            let sentence = said.to_string();
            facts.push(Fact { name: name.key(), value, origin: self.origin(of), sentence, said });
        };
        tell(
            Name::InputSide,
            json!(side),
            &|h| h.side.is_some(),
            say!("fact-side", "It sees {side}×{side} pixels.", side),
        );
        let share = (crop * 1e3).round() / 10.0;
        tell(
            Name::Fit,
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
                (Fit::Whole, _) => say!("fact-whole", "A picture becomes square by borders around all of it."),
            },
        );
        let kept = say!("fact-kept", "A crop keeps {share} % of the shorter side.", share);
        tell(Name::Crop, json!(crop), &|h| h.crop.is_some(), kept);
        tell(
            Name::Interpolation,
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
        tell(Name::Mean, listed(mean), &|h| h.mean.is_some(), mean_said);
        tell(Name::Std, listed(std), &|h| h.std.is_some(), std_said);
        match channels {
            1 => {}
            _ => tell(
                Name::Order,
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
            // One output can be nothing else.
            Output::Binary => None,
        } {
            tell(Name::Output, json!(kind.0.word()), &|h| h.output.is_some(), kind.1);
        }
        if blueprint.has_bottlenecks() {
            let within = self.stride_in();
            tell(
                Name::StrideIn,
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
            tell(Name::Strides, json!(strides), &|h| h.strides.is_some() || h.dilations.is_some(), sentence);
            let sentence = say!("fact-dilations", "Its stages have the dilations [{dilations}].", dilations);
            tell(Name::Dilations, json!(dilations), &|h| h.dilations.is_some(), sentence);
        }
        let epsilon = self.norm_epsilon();
        if blueprint.has_norms() {
            let sentence = say!("fact-epsilon", "Its BatchNorms' ε is {epsilon}.", epsilon);
            tell(Name::NormEpsilon, written(epsilon), &|h| h.norm_epsilon.is_some(), sentence);
        }
        Ok(facts)
    }
}

/// A number in as few digits as tell it from others of 32 bits: 0.485, and not 0.48500001430511475.
fn written(value: f32) -> Json {
    value.to_string().parse::<f64>().map_or(Json::Null, Json::from)
}

/// What is taken for granted of a network's pictures: torchvision's preparation for ImageNet, the mean of its
/// channels' numbers for grey pictures, and small pictures as they are.
fn assumed(blueprint: &Blueprint) -> Preparation {
    let mut assumed = Preparation { channels: blueprint.channels, ..Preparation::default() };
    if blueprint.is_small() {
        (assumed.side, assumed.crop) = (32, 1.0);
    }
    if blueprint.channels == 1 {
        assumed.normalisation = Normalisation::GREY;
    }
    assumed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dilations_take_the_place_of_strides() {
        let stages = |hints: Hints| Told(vec![(Origin::Option, hints)]).stages(4);
        let dilated = |dilations: [usize; 4]| Hints { dilations: Some(dilations.into()), ..Hints::default() };
        assert_eq!(stages(Hints::default()).unwrap(), [[1, 1], [2, 1], [2, 1], [2, 1]]);
        // torchvision's replace_stride_with_dilation = [False, True, True] and [False, False, True].
        assert_eq!(stages(dilated([1, 1, 2, 4])).unwrap(), [[1, 1], [2, 1], [1, 2], [1, 4]]);
        assert_eq!(stages(dilated([1, 1, 1, 2])).unwrap(), [[1, 1], [2, 1], [2, 1], [1, 2]]);
        let strides = Hints { strides: Some(vec![1, 2, 2, 1]), ..Hints::default() };
        assert_eq!(stages(strides).unwrap(), [[1, 1], [2, 1], [2, 1], [1, 1]]);
        let strides = Hints { strides: Some(vec![1, 2]), ..Hints::default() };
        assert!(stages(strides).unwrap_err().to_string().contains("4 stages"));
    }

    #[test]
    fn who_comes_first_counts() {
        let of = |side| Hints { side: Some(side), ..Hints::default() };
        let told = Told(vec![(Origin::Option, Hints::default()), (Origin::Config, of(160)), (Origin::File, of(288))]);
        assert_eq!(told.pick(|hints| hints.side), Some(160));
        assert_eq!(told.origin(&|hints| hints.side.is_some()), Origin::Config);
        assert_eq!(told.origin(&|hints| hints.crop.is_some()), Origin::Assumed);
    }
}
