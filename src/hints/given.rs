//! Given facts in their order of precedence, and the defaults for missing ones.

use serde::Serialize;

use super::{Hints, StrideIn};
use crate::output::OutputKind;
use crate::sentence::say;
use crate::{Error, Result};

/// The source of a fact about a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An option.
    Option,
    /// A configuration file.
    Config,
    /// The weights file's header.
    File,
    /// None of them: the default is assumed.
    Assumed,
}

/// All facts that were given about a network, with their sources; earlier ones take precedence.
#[derive(Clone, Debug, Default)]
pub struct GivenFacts(pub(crate) Vec<(Origin, Hints)>);

impl GivenFacts {
    /// The first value that is given for something.
    pub(crate) fn pick<T>(&self, of: impl Fn(&Hints) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|(_, hints)| of(hints))
    }

    /// The source of the first value that is given for something.
    pub(crate) fn origin(&self, said: &dyn Fn(&Hints) -> bool) -> Origin {
        self.0.iter().find(|(_, hints)| said(hints)).map_or(Origin::Assumed, |(origin, _)| *origin)
    }

    /// What the outputs mean.
    pub fn output(&self) -> Option<OutputKind> {
        self.pick(|hints| hints.output)
    }

    /// Which convolution of a bottleneck has its stride.
    pub fn stride_in(&self) -> StrideIn {
        self.pick(|hints| hints.stride_in).unwrap_or_default()
    }

    /// The stride and the dilation of each of `count` stages. A dilation replaces its stage's stride, unless strides
    /// are given (torchvision's `replace_stride_with_dilation`).
    ///
    /// # Errors
    /// [`Error::Options`] if the number of strides or dilations is not that of the stages.
    pub fn stages(&self, count: usize) -> Result<Vec<[usize; 2]>> {
        let checked = |option: &str, given: Option<Vec<usize>>| match given {
            Some(given) if given.len() != count => Err(Error::Options(say!(
                "stages-number",
                "{option} are [{given}], but the network has {count} stages",
                option,
                given,
                count
            ))),
            given => Ok(given),
        };
        let strides = checked("strides", self.pick(|hints| hints.strides.clone()))?;
        let dilations =
            checked("dilations", self.pick(|hints| hints.dilations.clone()))?.unwrap_or_else(|| vec![1; count]);
        let before = std::iter::once(1).chain(dilations.iter().copied());
        let own = before.zip(&dilations).enumerate().map(
            |(stage, (before, &dilation))| {
                if stage == 0 || dilation > before { 1 } else { 2 }
            },
        );
        let strides = strides.unwrap_or_else(|| own.collect());
        Ok(strides.into_iter().zip(dilations).map(|(stride, dilation)| [stride, dilation]).collect())
    }

    /// BatchNorm's ε; if it isn't given, PyTorch's default.
    pub fn norm_epsilon(&self) -> f32 {
        self.pick(|hints| hints.norm_epsilon).unwrap_or(1e-5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dilations_take_the_place_of_strides() {
        let stages = |hints: Hints| GivenFacts(vec![(Origin::Option, hints)]).stages(4);
        let dilated = |dilations: [usize; 4]| Hints { dilations: Some(dilations.into()), ..Hints::default() };
        assert_eq!(stages(Hints::default()).unwrap(), [[1, 1], [2, 1], [2, 1], [2, 1]]);
        // torchvision's replace_stride_with_dilation = [False, True, True] and [False, False, True].
        assert_eq!(stages(dilated([1, 1, 2, 4])).unwrap(), [[1, 1], [2, 1], [1, 2], [1, 4]]);
        assert_eq!(stages(dilated([1, 1, 1, 2])).unwrap(), [[1, 1], [2, 1], [2, 1], [1, 2]]);
        let strides = Hints { strides: Some(vec![1, 2, 2, 1]), ..Hints::default() };
        assert_eq!(stages(strides).unwrap(), [[1, 1], [2, 1], [2, 1], [1, 1]]);
        let strides = Hints { strides: Some(vec![1, 2]), ..Hints::default() };
        assert!(stages(strides).unwrap_err().to_string().contains("4 stages"));
    }

    #[test]
    fn who_comes_first_counts() {
        let of = |side| Hints { side: Some(side), ..Hints::default() };
        let given =
            GivenFacts(vec![(Origin::Option, Hints::default()), (Origin::Config, of(160)), (Origin::File, of(288))]);
        assert_eq!(given.pick(|hints| hints.side), Some(160));
        assert_eq!(given.origin(&|hints| hints.side.is_some()), Origin::Config);
        assert_eq!(given.origin(&|hints| hints.crop.is_some()), Origin::Assumed);
    }
}
