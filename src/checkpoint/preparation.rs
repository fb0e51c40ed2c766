//! How a network's pictures are prepared, by what is said of it and what is taken for granted.

use crate::family::Blueprint;
use crate::hints::GivenFacts;
use crate::picture::{Normalisation, Order, Preparation};
use crate::sentence::say;
use crate::{Error, Result};

impl GivenFacts {
    /// How the pictures of a network are prepared.
    ///
    /// # Errors
    /// [`Error::Weights`] where mean and standard deviation make pixels that are not finite or all alike, or are of other
    /// channels than the network's.
    pub fn preparation(&self, blueprint: &Blueprint) -> Result<Preparation> {
        let assumed = assumed(blueprint);
        let three = |values: Vec<f32>| match values[..] {
            [value] => Ok([value; 3]),
            [first, second, third] if blueprint.channels == 3 => Ok([first, second, third]),
            // A configuration of colours beside a network of grey pictures: theirs alike.
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
        // A mean far from 0 leaves no digits for the pixel.
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

/// What is taken for granted of a network's pictures: torchvision's preparation for ImageNet, the mean of its
/// channels' numbers for grey pictures, and small pictures as they are.
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
