//! From a picture's bytes to the network's input, as torchvision prepares it.

mod preparation;
mod prepare;

pub use crate::resample::Crop;
pub use preparation::{Fit, Interpolation, Normalisation, Order, Preparation, SIDES};
pub use prepare::Input;
