//! The network: a graph of nodes, its forward pass with the activations kept, and each node's vector-Jacobian
//! product.
//!
//! Names are torchvision's. BatchNorm is merged into the convolution before it when the weights are loaded.

mod attention;
mod convolution;
mod gate;
mod graph;
mod layer;
mod load;
mod phases;
mod residual;
mod witness;

pub use attention::Attention;
pub use convolution::Convolution;
pub use gate::Gate;
pub use graph::{Graph, Named, Trace};
pub(crate) use layer::size;
pub use layer::{Node, Step, spread};
pub use residual::{Residual, Skip};
pub use witness::Witness;

pub use crate::family::Window;
