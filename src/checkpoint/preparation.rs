//! How pictures are prepared for a network, from the given facts and the defaults.

use crate::family::Blueprint;
use crate::hints::GivenFacts;
use crate::picture::{Normalisation, Order, Preparation};
use crate::sentence::say;
use crate::{Error, Result};

impl GivenFacts {
    /// How pictures are prepared for the network of a blueprint.
    ///
    /// # Errors
    /// [`Error::Weights`] if mean and standard deviation give pixels that are not finite or all the same, or if their
    /// number is not that of the network's channels.
    pub fn preparation(&self, blueprint: &Blueprint) -> Result<Preparation> {
        let assumed = assumed(blueprint);
        let three = |values: Vec<f32>| match values[..] {
            [value] => Ok([value; 3]),
            [first, second, third] if blueprint.channels == 3 => Ok([first, second, third]),
            // Three equal numbers, from a configuration for colours, for a network of grey pictures.
            [first, second, third] if first == second && second == third => Ok([first; 3]),
            _ => Err(Error::Weights(say!(
                "normalisation-channels",
                "mean or std is [{values}], but a picture of this network has {channels} channel; one number was expected",
                values,
                channels = blueprint.channels
            ))),
        };
        let mean = self.pick(|hints| hints.mean.clone()).map(three).transpose()?;
        let std = self.pick(|hints| hints.std.clone()).map(three).transpose()?;
        let normalisation = Normalisation {
            mean: mean.unwrap_or(assumed.normalisation.mean),
            std: std.unwrap_or(assumed.normalisation.std),
        };
        let (black, white) = normalisation.bounds();
        let Normalisation { mean, std } = normalisation;
        if black.iter().chain(&white).any(|value| !value.is_finite()) {
            return Err(Error::Weights(say!(
                "normalisation-infinite",
                "mean [{mean}] and std [{std}] make pixels that are not finite; they are of pixels from 0 to 1",
                mean,
                std
            )));
        }
        // If the mean is far from 0, black and white round to the same number.
        if black.iter().zip(&white).any(|(black, white)| black >= white) {
            return Err(Error::Weights(say!(
                "normalisation-flat",
                "mean [{mean}] and std [{std}] make black and white the same; they are of pixels from 0 to 1",
                mean,
                std
            )));
        }
        let order = self.pick(|hints| hints.order).unwrap_or(assumed.order);
        Ok(Preparation {
            channels: blueprint.channels,
            side: self.pick(|hints| hints.side).unwrap_or(assumed.side),
            fit: self.pick(|hints| hints.fit).unwrap_or(assumed.fit),
            crop: self.pick(|hints| hints.crop).unwrap_or(assumed.crop),
            interpolation: self.pick(|hints| hints.interpolation).unwrap_or(assumed.interpolation),
            order: if blueprint.channels == 3 { order } else { Order::Rgb },
            normalisation,
        })
    }
}

/// The preparation if nothing is given: torchvision's for ImageNet; for grey pictures the mean of ImageNet's three
/// channels; for networks for small pictures the picture as it is.
fn assumed(blueprint: &Blueprint) -> Preparation {
    let mut assumed = Preparation { channels: blueprint.channels, ..Preparation::default() };
    if blueprint.is_small() {
        (assumed.side, assumed.crop) = (32, 1.0);
    }
    if blueprint.channels == 1 {
        assumed.normalisation = Normalisation::GREY;
    }
    assumed
}
