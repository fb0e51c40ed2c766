//! The description of a loaded network.

use serde::Serialize;

use crate::checkpoint::Fact;
use crate::device::Kind;
use crate::kernel::KernelTimings;
use crate::output::Output;
use crate::sentence::Sentence;

/// What is loaded, and where it runs.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// What computes.
    pub device: Kind,
    /// The adapter's description.
    pub adapter: String,
    /// Why this device was taken, as a sentence.
    pub reason: String,
    /// The reason as a message that can be translated.
    pub why: Sentence,
    /// What the network is, such as ResNet-50, with the name that a configuration gives it.
    pub architecture: String,
    /// Channels of a picture: 3, or 1 where pictures are turned to grey.
    pub channels: usize,
    /// Side of the square that it sees.
    pub side: usize,
    /// What its tensors don't tell, as it was taken, and who said so.
    pub facts: Vec<Fact>,
    /// Number of classes: two where the network has one output.
    pub classes: usize,
    /// How logits become probabilities of classes.
    pub output: Output,
    /// Number of parameters.
    pub parameters: usize,
    /// Blocks in each stage, or convolutions where there are no blocks.
    pub depths: Vec<usize>,
    /// Tensors of the weights file that belong to no layer of the network, and are left out.
    pub unused: Vec<String>,
    /// Whether it has an attention branch, which the method `abn` needs.
    pub attention: bool,
    /// The classes' names, where the weights file has them; "no" and "yes" where it has none of one output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// The measurements that chose the GPU's kernels, to be passed in the next time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernels: Option<KernelTimings>,
}

/// Names of the classes: a file may name the one output of a network that answers yes or no, or both answers.
pub(super) fn labels(labels: Option<Vec<String>>, output: Output) -> Option<Vec<String>> {
    match (output, labels) {
        (Output::Softmax | Output::Sigmoid, labels) => labels,
        (Output::Binary, None) => Some(vec!["no".into(), "yes".into()]),
        (Output::Binary, Some(labels)) => match &labels[..] {
            [one] => Some(vec![format!("not {one}"), one.clone()]),
            _ => Some(labels),
        },
    }
}
