//! The network: a graph of nodes, its forward pass, which keeps the activations, and each node's vector-Jacobian
//! product.
//!
//! Names are torchvision's. BatchNorm is merged into the convolution before it when the weights are loaded.

mod answer;
mod attention;
mod convolution;
mod gate;
mod graph;
mod layer;
mod load;
mod phases;
mod residual;
mod witness;

pub(crate) use answer::answer;
pub use attention::Attention;
pub use convolution::Convolution;
pub(crate) use convolution::size;
pub use gate::Gate;
pub use graph::{Graph, Named, Trace};
pub use layer::{Node, Step, spread};
pub use residual::{Residual, Skip};
pub use witness::Witness;

pub use crate::window::Window;
