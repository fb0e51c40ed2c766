//! What a network's outputs mean: which classes there are, and how probable each is.

use serde::Serialize;

use crate::sentence::say;
use crate::words::{Value, Words, words};
use crate::{Error, Result};

words! {
    /// What a network's outputs mean, as given by options or configurations.
    #[derive(Default)]
    pub enum OutputKind {
        /// The classes exclude each other; probabilities add up to 1.
        #[default]
        Softmax = "softmax",
        /// Each class is present or not, independently of the others.
        Sigmoid = "sigmoid",
    }
}

/// How logits become probabilities of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// p_c = exp(z_c) / Σ_k exp(z_k), a class for each output.
    #[default]
    Softmax,
    /// p_c = σ(z_c), a class for each output.
    Sigmoid,
    /// One output z: the class 1, "yes", has σ(z), and the class 0, "no", has σ(−z).
    Binary,
}

/// What a class is set against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Another class.
    Class(usize),
    /// All other classes, equally weighted (Gu, Yang, Tresp, ACCV 2018).
    Rest,
    /// All other classes, each weighted by how much probability it takes from the class (Iwana, Kuroki, Uchida, ICCVW
    /// 2019).
    Softmax,
}

words! {
    /// The names for sets of other classes.
    pub enum AgainstName {
        /// All others, equally weighted.
        Rest = "rest",
        /// All others, weighted by their probability.
        Softmax = "softmax",
    }
}

impl Against {
    /// Reads the number of a class, or a name; none if the value is something else.
    ///
    /// # Errors
    /// [`Error::Options`] if it is an unknown name.
    pub(crate) fn read(value: &Value) -> Result<Option<Self>> {
        Ok(match value {
            Value::Whole(class) => Some(Self::Class(*class as usize)),
            Value::Word(word) => Some(match AgainstName::named(word)? {
                AgainstName::Rest => Self::Rest,
                AgainstName::Softmax => Self::Softmax,
            }),
            _ => None,
        })
    }
}

impl Serialize for Against {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Class(class) => class.serialize(serializer),
            Self::Rest => AgainstName::Rest.word().serialize(serializer),
            Self::Softmax => AgainstName::Softmax.word().serialize(serializer),
        }
    }
}

/// What is explained, as a function of the logits z.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A class: the logit of its output, possibly with its sign flipped.
    Class {
        /// The index of the output.
        output: usize,
        /// 1; or −1 for the "no" of a network with one output, which is what speaks against that output.
        sign: f32,
    },
    /// A class against others: Σ_k v_k z_k, where v_k is the weight of each output, `[outputs]`.
    Contrast(Vec<f32>),
}

impl Output {
    /// For a network with this number of outputs; `asked` is what was given.
    ///
    /// # Errors
    /// [`Error::Options`] if a single output is said to be a softmax, which would always be 1.
    pub fn new(asked: Option<OutputKind>, outputs: usize) -> Result<Self> {
        match (asked, outputs) {
            (Some(OutputKind::Softmax), 1) => Err(Error::Options(say!(
                "softmax-of-one",
                "output is \"softmax\", but the network has one output, whose softmax is always 1; \"sigmoid\" was expected"
            ))),
            (None | Some(OutputKind::Sigmoid), 1) => Ok(Self::Binary),
            (None | Some(OutputKind::Softmax), _) => Ok(Self::Softmax),
            (Some(OutputKind::Sigmoid), _) => Ok(Self::Sigmoid),
        }
    }

    /// The number of classes of a network with this number of outputs.
    pub fn classes(self, outputs: usize) -> usize {
        match self {
            Self::Softmax | Self::Sigmoid => outputs,
            Self::Binary => 2,
        }
    }

    /// Each class's probability, from logits `[outputs]`.
    pub fn probabilities(self, logits: &[f32]) -> Vec<f32> {
        match self {
            Self::Softmax => softmax(logits),
            Self::Sigmoid => logits.iter().map(|&logit| sigmoid(logit)).collect(),
            Self::Binary => logits.iter().flat_map(|&logit| [sigmoid(-logit), sigmoid(logit)]).collect(),
        }
    }

    /// The most probable class; on a tie the first one.
    pub fn most_probable(self, logits: &[f32]) -> usize {
        match self {
            Self::Softmax | Self::Sigmoid => {
                (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default()
            }
            Self::Binary => usize::from(logits.first().is_some_and(|&logit| logit > 0.0)),
        }
    }

    /// The target for a class alone.
    pub fn target(self, class: usize) -> Target {
        match self {
            Self::Softmax | Self::Sigmoid => Target::Class { output: class, sign: 1.0 },
            Self::Binary => Target::Class { output: 0, sign: if class == 1 { 1.0 } else { -1.0 } },
        }
    }

    /// Checks that a class exists, and that it can be set against `against`; `target` is none if it isn't known yet.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such class among `classes`, it is set against itself, or it is set against
    /// `softmax` in a network whose classes don't exclude each other.
    pub fn check(self, target: Option<usize>, against: Option<Against>, classes: usize) -> Result<()> {
        let within = |option: &'static str, class: usize| match class < classes {
            true => Ok(()),
            false => Err(Error::Options(say!(
                "no-class",
                "{option} is {class}, but the network has the classes 0 to {last}",
                option,
                class,
                last = classes.saturating_sub(1)
            ))),
        };
        target.map_or(Ok(()), |target| within("target", target))?;
        match against {
            Some(Against::Class(class)) if Some(class) == target => Err(Error::Options(say!(
                "against-itself",
                "against is {class}, the class that is explained; another class was expected",
                class
            ))),
            Some(Against::Class(class)) => within("against", class),
            Some(Against::Softmax) if self == Self::Sigmoid => Err(Error::Options(say!(
                "against-softmax",
                "against is \"softmax\", but this network's classes don't take probability from each other; a class or \"rest\" was expected"
            ))),
            Some(Against::Rest | Against::Softmax) | None => Ok(()),
        }
    }

    /// The target for a class A against others, for logits `[outputs]`. The weights are
    /// - against a class B: v_A = 1, v_B = −1;
    /// - against the rest: v_A = 1, and −1 / (K − 1) for each of the others;
    /// - against the softmax: v_k = ∂p_A / ∂z_k, which is p_A (1 − p_A) for A and −p_A p_k for each of the others,
    ///   divided by the first of these, so that v_A = 1 here as well.
    ///
    /// With one output, yes and no are opposites: either class against the other is the same as the class alone.
    ///
    /// # Errors
    /// As [`Output::check`].
    pub fn contrast(self, class: usize, against: Against, logits: &[f32]) -> Result<Target> {
        let classes = self.classes(logits.len());
        self.check(Some(class), Some(against), classes)?;
        match against {
            _ if self == Self::Binary => Ok(self.target(class)),
            Against::Class(other) => {
                let weight = |k| f32::from(u8::from(k == class)) - f32::from(u8::from(k == other));
                Ok(Target::Contrast((0..classes).map(weight).collect()))
            }
            Against::Rest => {
                let other = -1.0 / (classes as f32 - 1.0);
                Ok(Target::Contrast((0..classes).map(|k| if k == class { 1.0 } else { other }).collect()))
            }
            Against::Softmax => {
                // p_k / (1 − p_A) is the softmax of the other logits alone, which stays exact when p_A rounds to 1.
                let others = |k: &usize| *k != class;
                let kept: Vec<f32> = (0..classes).filter(others).map(|k| logits[k]).collect();
                let mut shares = softmax(&kept).into_iter();
                let weight = |k: usize| if k == class { 1.0 } else { -shares.next().unwrap_or_default() };
                Ok(Target::Contrast((0..classes).map(weight).collect()))
            }
        }
    }

    /// How sure the network is of a class A rather than of others, from 0 to 1: σ(Σ_k v_k z_k), with the weights v of
    /// [`Output::contrast`]. Against a class B, it is p_A / (p_A + p_B).
    ///
    /// # Errors
    /// As [`Output::check`].
    pub fn preference(self, class: usize, against: Against, logits: &[f32]) -> Result<f32> {
        Ok(sigmoid(self.contrast(class, against, logits)?.logit(logits)))
    }
}

impl Target {
    /// The explained value, from logits `[outputs]`: z, −z, or Σ_k v_k z_k.
    pub fn logit(&self, logits: &[f32]) -> f32 {
        match self {
            Self::Class { output, sign } => sign * logits[*output],
            Self::Contrast(weights) => weighted(weights, logits),
        }
    }
}

/// The weighted sum of values x `[K]` with weights v `[K]`: Σ_k v_k x_k.
pub fn weighted(weights: &[f32], values: &[f32]) -> f32 {
    weights.iter().zip(values).map(|(&weight, &value)| f64::from(weight) * f64::from(value)).sum::<f64>() as f32
}

/// The probabilities of classes that exclude each other, `[K]`, from their logits z `[K]`: exp(z_c) / Σ_k exp(z_k).
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| (exponential / sum) as f32).collect()
}

/// The probability of a class that excludes no other, from its logit z: 1 / (1 + exp(−z)).
fn sigmoid(logit: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(logit)).exp())) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values computed with numpy in float64.
    #[test]
    fn one_output_answers_yes_or_no() {
        let output = Output::new(None, 1).unwrap();
        assert_eq!((output, output.classes(1)), (Output::Binary, 2));
        let [no, yes] = output.probabilities(&[-1.6])[..] else { unreachable!() };
        assert!((yes - 0.167_981_61).abs() < 1e-7 && (no - 0.832_018_4).abs() < 1e-7, "{no} {yes}");
        assert_eq!((output.most_probable(&[-1.6]), output.most_probable(&[1.6])), (0, 1));
        assert_eq!((output.target(0).logit(&[-1.6]), output.target(1).logit(&[-1.6])), (1.6, -1.6));
        assert!(Output::new(Some(OutputKind::Softmax), 1).unwrap_err().to_string().contains("one output"));
    }

    #[test]
    fn several_labels_stand_side_by_side() {
        let output = Output::new(Some(OutputKind::Sigmoid), 3).unwrap();
        let found = output.probabilities(&[0.0, 2.0, -3.0]);
        let expected = [0.5, 0.880_797_1, 0.047_425_874];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-7), "{found:?}");
        assert_eq!(output.most_probable(&[0.0, 2.0, -3.0]), 1);
        assert_eq!(output.target(2), Target::Class { output: 2, sign: 1.0 });
    }

    /// Fractions by hand: softmax(0, ln 2, ln 5) = 1/8, 2/8, 5/8.
    #[test]
    fn a_class_is_held_against_others() {
        let logits = [0.0, 2f32.ln(), 5f32.ln()];
        let weights = |against| match Output::Softmax.contrast(2, against, &logits).unwrap() {
            Target::Contrast(weights) => weights,
            Target::Class { .. } => unreachable!(),
        };
        let near = |found: Vec<f32>, expected: [f32; 3]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
        };
        near(weights(Against::Class(0)), [-1.0, 0.0, 1.0]);
        near(weights(Against::Rest), [-0.5, -0.5, 1.0]);
        // p_A p_k / (p_A (1 − p_A)) = p_k / (3/8).
        near(weights(Against::Softmax), [-1.0 / 3.0, -2.0 / 3.0, 1.0]);
        let preference = |against| Output::Softmax.preference(2, against, &logits).unwrap();
        // p_A / (p_A + p_B) = 5/6; against the rest 5 / (5 + √(1·2)).
        near(vec![preference(Against::Class(0)), preference(Against::Rest), 0.0], [5.0 / 6.0, 0.779_518_8, 0.0]);
        let sure = Output::Softmax.contrast(0, Against::Softmax, &[200.0, 1.0, 1.0]).unwrap();
        assert_eq!(sure, Target::Contrast(vec![1.0, -0.5, -0.5]));
        assert_eq!(Output::Binary.contrast(0, Against::Class(1), &[3.0]).unwrap(), Output::Binary.target(0));
        for (output, class, against) in [
            (Output::Softmax, 1, Against::Class(1)),
            (Output::Softmax, 1, Against::Class(3)),
            (Output::Sigmoid, 1, Against::Softmax),
            (Output::Binary, 1, Against::Class(1)),
        ] {
            assert!(output.contrast(class, against, &logits[..if output == Output::Binary { 1 } else { 3 }]).is_err());
        }
    }

    #[test]
    fn softmax_of_large_logits_is_finite() {
        assert_eq!(softmax(&[1000.0, 0.0]), [1.0, 0.0]);
        assert_eq!(Output::new(None, 2).unwrap(), Output::Softmax);
    }
}
