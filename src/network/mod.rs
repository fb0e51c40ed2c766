//! The network: its layers, its forward pass with the activations kept, and each layer's
//! vector-Jacobian product.
//!
//! Field names are torchvision's. BatchNorm is merged into the convolution before it when the
//! weights are loaded.

mod attention;
mod bottleneck;
mod convolution;
mod load;
mod resnet;
mod stem;
mod witness;

pub use attention::Attention;
pub use bottleneck::{Bottleneck, BottleneckTrace};
pub use convolution::Convolution;
pub use resnet::{ResNet, Trace};
pub use stem::{MaxPool, Stem, StemTrace};
pub use witness::Witness;
