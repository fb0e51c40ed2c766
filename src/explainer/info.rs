//! The description of a loaded network.

use serde::Serialize;

use crate::checkpoint::Fact;
use crate::device::Kind;
use crate::kernel::KernelTimings;
use crate::output::Output;
use crate::sentence::Sentence;

/// What is loaded, and the device that it runs on.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// The kind of device.
    pub device: Kind,
    /// The adapter's description.
    pub adapter: String,
    /// Why this device was chosen, as an English sentence.
    pub reason: String,
    /// The reason as a message that can be translated.
    pub why: Sentence,
    /// The network's title, such as ResNet-50, with the name that a configuration gives it.
    pub architecture: String,
    /// Number of channels of a picture: 3, or 1 if pictures are turned to grey.
    pub channels: usize,
    /// Side in pixels of the square that the network sees.
    pub side: usize,
    /// Facts that the tensors don't contain, each with its value and its source.
    pub facts: Vec<Fact>,
    /// Number of classes; two for a network with one output.
    pub classes: usize,
    /// How logits become probabilities of classes.
    pub output: Output,
    /// Number of parameters, without BatchNorm's running statistics.
    pub parameters: usize,
    /// Number of blocks in each stage, or of convolutions if there are no blocks.
    pub depths: Vec<usize>,
    /// Tensors of the weights file that belong to no layer of the network; they are ignored.
    pub unused: Vec<String>,
    /// Whether the network has an attention branch, which the method `abn` needs.
    pub attention: bool,
    /// The classes' names, if the weights file has them. A network with one output has "no" and "yes" otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// The measurements that the GPU's kernels were chosen by; pass them in the next time to save the measuring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernels: Option<KernelTimings>,
}

/// The names of the classes. For a network that answers no or yes, a file may name only its output, or both answers.
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
