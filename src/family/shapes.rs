//! The shapes of a file's tensors, and typical questions about them.

use std::collections::BTreeMap;

use super::blueprint::LayerPart;
use crate::sentence::say;
use crate::{Error, Result};

/// Shapes by the names that a family uses.
pub(super) struct Shapes<'a>(pub(super) &'a BTreeMap<String, Vec<usize>>);

impl Shapes<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether any name contains a text.
    pub(super) fn any(&self, part: &str) -> bool {
        self.0.keys().any(|name| name.contains(part))
    }

    pub(super) fn rank(&self, name: &str) -> Option<usize> {
        self.0.get(name).map(Vec::len)
    }

    /// The shape of a tensor with D dimensions, none of them 0.
    ///
    /// # Errors
    /// [`Error::Weights`] if it is missing or its shape is different.
    pub(super) fn shape<const D: usize>(&self, name: &str) -> Result<[usize; D]> {
        let shape =
            self.0.get(name).ok_or_else(|| Error::Weights(say!("tensor-missing", "{name} is missing", name)))?;
        match <[usize; D]>::try_from(&shape[..]) {
            Ok(sides) if sides.iter().all(|&side| side > 0) => Ok(sides),
            _ => Err(Error::Weights(say!(
                "tensor-dimensions",
                "{name} is [{shape}] where {dimensions} dimensions were expected",
                name,
                shape,
                dimensions = D
            ))),
        }
    }

    /// A convolution with `inputs` channels that keeps the size, apart from its stride.
    ///
    /// # Errors
    /// [`Error::Weights`] if the weight is missing or misshapen, or its groups don't divide the channels.
    pub(super) fn convolution(
        &self,
        name: &str,
        norm: Option<&str>,
        inputs: usize,
        stride: usize,
        rectified: bool,
    ) -> Result<LayerPart> {
        let weight = format!("{name}.weight");
        let shape = self.shape::<4>(&weight)?;
        let [outputs, taken, kernel, width] = shape;
        let groups = inputs / taken;
        if groups * taken != inputs || !outputs.is_multiple_of(groups.max(1)) || kernel != width {
            return Err(Error::Weights(say!(
                "convolution-shape",
                "{name} is [{shape}] where it is given {inputs} channels: {taken} of them go to each output, and a square kernel and a divisor of {inputs} were expected",
                name = weight,
                shape,
                inputs,
                taken
            )));
        }
        Ok(LayerPart {
            name: name.to_owned(),
            norm: norm.map(str::to_owned),
            bias: self.has(&format!("{name}.bias")),
            shape,
            stored: shape.to_vec(),
            stride,
            padding: kernel / 2,
            dilation: 1,
            groups,
            rectified,
        })
    }

    /// A linear layer whose input has `inputs` channels of `side`×`side` places.
    ///
    /// # Errors
    /// [`Error::Weights`] if the weight is missing or misshapen.
    pub(super) fn linear(&self, name: &str, [inputs, side]: [usize; 2], rectified: bool) -> Result<LayerPart> {
        let weight = format!("{name}.weight");
        let [outputs, taken] = self.shape::<2>(&weight)?;
        if taken != inputs * side * side {
            return Err(Error::Weights(say!(
                "linear-shape",
                "{name} is [{shape}], but its input has {inputs} values",
                name = weight,
                shape = [outputs, taken],
                inputs = inputs * side * side
            )));
        }
        Ok(LayerPart {
            name: name.to_owned(),
            norm: None,
            bias: self.has(&format!("{name}.bias")),
            shape: [outputs, inputs, side, side],
            stored: vec![outputs, taken],
            stride: 1,
            padding: 0,
            dilation: 1,
            groups: 1,
            rectified,
        })
    }

    /// Checks that a head is a single layer, not a part of a larger one whose other layers would be ignored.
    fn alone(&self, head: &str) -> Result<()> {
        let Some((parent, _)) = head.rsplit_once('.') else { return Ok(()) };
        let beside = |name: &&String| {
            let within = name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('.'));
            within && name.ends_with(".weight") && name.strip_suffix(".weight") != Some(head)
        };
        let others: Vec<_> = self.0.keys().filter(beside).map(String::as_str).collect();
        match others.is_empty() {
            true => Ok(()),
            false => Err(Error::Weights(say!(
                "head-layers",
                "{layer} is one of several layers of the head {head} ({others} as well); one linear layer after the average was expected",
                layer = head,
                head = parent,
                others
            ))),
        }
    }

    /// The name of the linear layer of the logits: `fc`, or the only matrix with this number of inputs.
    ///
    /// # Errors
    /// [`Error::Weights`] if there is none, or more than one.
    pub(super) fn head(&self, features: usize) -> Result<String> {
        if self.has("fc.weight") {
            return Ok("fc".into());
        }
        let fits = |(name, shape): (&String, &Vec<usize>)| {
            (shape.len() == 2 && shape[1] == features)
                .then(|| name.strip_suffix(".weight"))
                .flatten()
                .map(str::to_owned)
        };
        let heads: Vec<_> = self.0.iter().filter_map(fits).collect();
        match &heads[..] {
            [head] => self.alone(head).map(|()| head.clone()),
            [] => Err(Error::Weights(say!(
                "head-missing",
                "fc.weight is missing, and no other matrix takes the {features} features: without a linear layer there are no classes to explain",
                features
            ))),
            several => Err(Error::Weights(say!(
                "head-several",
                "fc.weight is missing, and several matrices take the {features} features: {names}",
                features,
                names = several
            ))),
        }
    }
}
