//! What a network's outputs say: which classes there are, and how probable each is.

use serde::Serialize;

use crate::sentence::say;
use crate::words::words;
use crate::{Error, Result};

words! {
    /// What the outputs of a network mean, as far as anybody has to say it.
    #[derive(Default)]
    pub enum OutputKind {
        /// The classes exclude each other.
        #[default]
        Softmax = "softmax",
        /// Each class is there or not, by itself.
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

/// What is explained: an output's logit z, or −z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Which output.
    pub output: usize,
    /// 1, or −1 where what speaks against the output speaks for the class.
    pub sign: f32,
}

impl Output {
    /// Of a network with so many outputs.
    ///
    /// # Errors
    /// [`Error::Options`] where one output was said to be a softmax, which would always be 1.
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

    /// The number of classes of so many outputs.
    pub fn classes(self, outputs: usize) -> usize {
        match self {
            Self::Softmax | Self::Sigmoid => outputs,
            Self::Binary => 2,
        }
    }

    /// Each class's probability, of logits [outputs].
    pub fn probabilities(self, logits: &[f32]) -> Vec<f32> {
        match self {
            Self::Softmax => softmax(logits),
            Self::Sigmoid => logits.iter().map(|&logit| sigmoid(logit)).collect(),
            Self::Binary => logits.iter().flat_map(|&logit| [sigmoid(-logit), sigmoid(logit)]).collect(),
        }
    }

    /// The most probable class, the first of equals.
    pub fn most_probable(self, logits: &[f32]) -> usize {
        match self {
            Self::Softmax | Self::Sigmoid => {
                (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default()
            }
            Self::Binary => usize::from(logits.first().is_some_and(|&logit| logit > 0.0)),
        }
    }

    /// What speaks for a class.
    pub fn target(self, class: usize) -> Target {
        match self {
            Self::Softmax | Self::Sigmoid => Target { output: class, sign: 1.0 },
            Self::Binary => Target { output: 0, sign: if class == 1 { 1.0 } else { -1.0 } },
        }
    }
}

impl Target {
    /// The class's own logit: z, or −z.
    pub fn logit(self, logits: &[f32]) -> f32 {
        self.sign * logits[self.output]
    }
}

/// exp(z_c) / Σ_k exp(z_k) of logits [K].
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| (exponential / sum) as f32).collect()
}

/// 1 / (1 + exp(−z)).
fn sigmoid(logit: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(logit)).exp())) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of numpy, in float64.
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
        assert_eq!(output.target(2), Target { output: 2, sign: 1.0 });
    }

    #[test]
    fn softmax_of_large_logits_is_finite() {
        assert_eq!(softmax(&[1000.0, 0.0]), [1.0, 0.0]);
        assert_eq!(Output::new(None, 2).unwrap(), Output::Softmax);
    }
}
