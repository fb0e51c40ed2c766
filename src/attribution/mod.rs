//! Attribution: what a class owes to each pixel, by the walk of relevance or by the gradient.
//!
//! LRP takes relevance back from a class to the pixels, a rule for each layer; a [`Composite`] says
//! which, for each stage of the network ([`Staged`]). C3-LRP (Doublet, Otsuki, Iida, Sugiura, JSAI 2024, 4Q1-IS-2c-03) is one of them: it treats a
//! whole residual block as one layer, so that its walk is short: linear, global average, the blocks
//! from last to first, max-pool, stem. The others go layer by layer. Where a paper is silent (ε, the
//! stabilizer, the start) the choice is an option. A [`Method`] is one of these, or one that is made of
//! the gradient or of the answers to a hidden picture, by the name that people give it.

mod addition;
mod composite;
mod equation1;
mod gradient;
mod ledger;
mod method;
mod rise;
mod rule;
mod staged;
mod walk;

pub use addition::{Addition, AdditionName};
pub use composite::{Blocks, Composite, Norm, Pool, Start, Stem, StemInput};
pub use equation1::{Equation1, Stabilizer, Unit};
pub(crate) use gradient::{Graded, grad_cam, input_x_gradient};
pub(crate) use ledger::Ledger;
pub use method::Method;
pub use rise::Rise;
#[doc(hidden)]
pub use rule::Input;
pub use rule::{Rule, RuleName, RuleParameters};
pub use staged::Staged;
pub(crate) use walk::{Relevance, attribute, attribute_from, attribute_to};
