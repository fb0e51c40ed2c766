//! What a number should be, by the CPU.

use crate::sentence::say;
use crate::{Error, Result};

/// Largest difference that rounding explains, as a share of the sum of all summands' magnitudes: up to 4,608
/// products are summed in any order, at 6e-8 each.
const TOLERANCE: f64 = 3e-4;

/// The same where products are shared with the places beside one (Winograd's F(2×2, 3×3)), as a share of the sum of
/// all weights' magnitudes, each times the largest value that is near: nine terms of about that size, each off by
/// 6e-8 for as many channels as the square root of 512.
const SHARED: f64 = 2e-5;

/// What a GPU may take for zero: it need not have numbers below 1.2e-38, and 4,608 of them, each times a
/// weight, may be missing from a sum.
const NOTHING: f64 = 1e-30;

/// What a number should be, and the magnitudes of what was summed to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Expected {
    value: f64,
    magnitude: f64,
    /// What terms that are shared with other places may come to.
    shared: f64,
}

impl Expected {
    /// Terms were made of values near the place, and shared: of a channel, with its weights.
    pub(crate) fn share(&mut self, values: &[f32], weights: &[f32]) {
        let largest = values.iter().fold(0f32, |largest, value| largest.max(value.abs()));
        self.shared += f64::from(largest) * weights.iter().map(|weight| f64::from(weight.abs())).sum::<f64>();
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.value += value;
        self.magnitude += value.abs();
    }

    pub(crate) fn times(&mut self, factor: f64) {
        self.value *= factor;
        self.magnitude *= factor.abs();
        self.shared *= factor.abs();
    }

    pub(crate) fn rectify(&mut self) {
        self.value = self.value.max(0.0);
    }

    /// Holds a number that the device `gave` against it. What is beyond the numbers of 32 bits is for whoever
    /// looks whether the result is finite.
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
