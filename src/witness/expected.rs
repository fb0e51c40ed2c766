//! The value that the CPU expects, and how far a device may be from it.

use crate::sentence::say;
use crate::{Error, Result};

/// The largest difference that rounding can explain, as a share of the sum of all summands' magnitudes: up to 4,608
/// products, added in any order, at 6e-8 each.
const TOLERANCE: f64 = 3e-4;

/// The same for products that are shared with neighbouring places (Winograd's algorithms), as a share of Σ of the weights'
/// magnitudes, each times the largest value nearby. With all 512 channels alike, so that every error adds up, tiles of 2×2 were
/// off by 7.5e-6 of that at the most, and those of 4×4 by 2.2e-5; with channels of random weights by less than 2e-6.
const SHARED: f64 = 6e-5;

/// Differences that don't count: a GPU need not support numbers below 1.2e-38, and 4,608 of them, each times a weight,
/// may be missing from a sum.
const NOTHING: f64 = 1e-30;

/// An expected value, with the magnitudes of its summands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    value: f64,
    magnitude: f64,
    /// A bound for terms that are shared with other places.
    shared: f64,
}

impl Expected {
    /// Some terms were computed from nearby values of a channel, with its weights, and shared.
    pub(crate) fn share(&mut self, values: &[f32], weights: &[f32]) {
        // Compared by hand: `max` is a call of a function on wasm.
        let largest =
            values.iter().fold(0f32, |largest, value| if value.abs() > largest { value.abs() } else { largest });
        self.shared += f64::from(largest) * weights.iter().map(|weight| f64::from(weight.abs())).sum::<f64>();
    }

    /// Adds a summand.
    pub(crate) fn add(&mut self, value: f64) {
        self.value += value;
        self.magnitude += value.abs();
    }

    /// Multiplies by a factor.
    pub(crate) fn times(&mut self, factor: f64) {
        self.value *= factor;
        self.magnitude *= factor.abs();
        self.shared *= factor.abs();
    }

    /// Applies a ReLU.
    pub(crate) fn rectify(&mut self) {
        self.value = self.value.max(0.0);
    }

    /// Compares it with the number that the device computed. Values beyond the range of f32 are not judged here; other
    /// checks require the results to be finite.
    pub(crate) fn hold(self, gave: impl FnOnce() -> String, found: f32) -> Result<()> {
        let Self { value, magnitude, shared } = self;
        let beyond = !magnitude.is_finite() || magnitude > f64::from(f32::MAX);
        if beyond || (f64::from(found) - value).abs() <= (TOLERANCE * magnitude).max(SHARED * shared) + NOTHING {
            return Ok(());
        }
        Err(Error::DeviceWrong(say!(
            "part-wrong",
            "its {part} gave {found} where the CPU finds {value}",
            part = gave(),
            found,
            value
        )))
    }
}
