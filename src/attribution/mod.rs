//! Attribution: what a class owes to each pixel, by propagating relevance, by the gradient, or by hiding parts of the
//! picture.
//!
//! LRP propagates relevance from a class to the pixels with a rule for each layer; a [`Composite`] says which rule, and
//! [`Staged`] gives each stage of the network its own composite. C3-LRP (Doublet, Otsuki, Iida, Sugiura, JSAI 2024,
//! 4Q1-IS-2c-03) is one of these composites. It treats a whole residual block as one layer, so its walk is short:
//! linear layer, global average, the blocks from last to first, max-pool, stem. The other composites go layer by layer.
//! Where a paper leaves something open (ε, the stabilizer, the start), it is an option. A [`Method`] is LRP, a method
//! that uses the gradient, RISE, or ABN's attention map.

mod addition;
mod composite;
mod equation1;
mod gradient;
mod layers;
mod ledger;
mod method;
mod rise;
mod rule;
mod start;
mod step;
mod walk;

pub use crate::staged::Staged;
pub use addition::{Addition, AdditionName};
pub use composite::{Blocks, Composite, Norm, Pool, Start, Stem, StemInput};
pub use equation1::{Equation1, Stabilizer, Unit};
pub(crate) use gradient::{Graded, grad_cam, input_x_gradient};
pub(crate) use ledger::{Account, Ledger};
pub use method::Method;
pub use rise::Rise;
#[doc(hidden)]
pub use rule::Input;
pub use rule::{Rule, RuleName, RuleParameters};
pub(crate) use walk::{Relevance, attribute, attribute_from, attribute_to};
