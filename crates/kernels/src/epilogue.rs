//! A product's epilogue: what is applied to each sum as it is written, without another pass over memory.

use std::array::from_fn;
use std::hint::select_unpredictable;

use crate::extra::Extra;

/// What is applied to each sum of products before it is written.
#[derive(Clone, Copy)]
pub struct Epilogue<'a> {
    /// Added to each sum, a number for each channel.
    pub bias: Option<&'a [f32]>,
    /// A tensor that is added, or that masks the result.
    pub extra: Extra<&'a [f32]>,
    /// Whether negative results become 0.
    pub relu: bool,
    /// A tensor in the result's shape that the result is multiplied by at the end.
    pub factor: Option<&'a [f32]>,
}

impl<'a> Epilogue<'a> {
    /// Writes the sums as they are.
    pub const NONE: Self = Self { bias: None, extra: Extra::None, relu: false, factor: None };

    /// The epilogue of one plane out of all, each of `rows` channels of `area` values.
    pub fn for_plane(&self, [plane, groups, rows, area]: [usize; 4]) -> Self {
        let of_plane = |values: &'a [f32]| &values[plane * rows * area..][..rows * area];
        Self {
            bias: self.bias.map(|bias| &bias[plane % groups * rows..][..rows]),
            extra: self.extra.map(of_plane),
            factor: self.factor.map(of_plane),
            ..*self
        }
    }
}

impl Epilogue<'_> {
    /// Writes a row's sums to neighbouring places of the planes, starting at `place`.
    ///
    /// # Safety
    /// The places must be writable, and nobody else may use them.
    #[inline(always)]
    pub unsafe fn write(&self, row: usize, place: usize, sums: &[f32], into: *mut f32) {
        let Self { extra, factor, .. } = *self;
        let (bias, at_least) = (self.bias(row), self.at_least());
        let range = place..place + sums.len();
        // SAFETY: the caller's promise.
        let into = unsafe { std::slice::from_raw_parts_mut(into.add(place), sums.len()) };
        match extra {
            Extra::None => into.iter_mut().zip(sums).for_each(|(into, sum)| *into = at_least(sum + bias)),
            Extra::Addend(addend) => {
                let terms = sums.iter().zip(&addend[range.clone()]);
                into.iter_mut().zip(terms).for_each(|(into, (sum, added))| *into = at_least(sum + bias + added));
            }
            Extra::Mask(mask) => {
                let terms = sums.iter().zip(&mask[range.clone()]);
                into.iter_mut().zip(terms).for_each(|(into, (sum, mask))| {
                    // Without a branch, which would often be mispredicted.
                    let value = at_least(sum + bias);
                    *into = if *mask > 0.0 { value } else { 0.0 };
                });
            }
        }
        if let Some(factor) = factor {
            into.iter_mut().zip(&factor[range]).for_each(|(into, factor)| *into *= factor);
        }
    }

    /// As [`Epilogue::write`], for a number of sums that the compiler knows, so that it uses vector registers.
    ///
    /// # Safety
    /// As for [`Epilogue::write`].
    #[inline(always)]
    pub unsafe fn write_some<const N: usize>(&self, row: usize, place: usize, sums: &[f32; N], into: *mut f32) {
        let (bias, at_least) = (self.bias(row), self.at_least());
        let here = |values: &[f32]| -> [f32; N] {
            let values = &values[place..place + N];
            from_fn(|lane| values[lane])
        };
        let mut made = match self.extra {
            Extra::None => sums.map(|sum| at_least(sum + bias)),
            Extra::Addend(addend) => {
                let addend = here(addend);
                from_fn(|lane| at_least(sums[lane] + bias + addend[lane]))
            }
            Extra::Mask(mask) => {
                let mask = here(mask);
                from_fn(|lane| if mask[lane] > 0.0 { at_least(sums[lane] + bias) } else { 0.0 })
            }
        };
        if let Some(factor) = self.factor {
            let factor = here(factor);
            made = from_fn(|lane| made[lane] * factor[lane]);
        }
        // SAFETY: the caller's promise.
        unsafe { into.add(place).cast::<[f32; N]>().write_unaligned(made) };
    }

    /// Writes a row's sums to the given places of the planes.
    ///
    /// # Safety
    /// As for [`Epilogue::write`].
    #[inline(always)]
    pub unsafe fn scatter(&self, row: usize, places: impl Iterator<Item = usize>, sums: &[f32], into: *mut f32) {
        let Self { extra, factor, .. } = *self;
        let (bias, at_least) = (self.bias(row), self.at_least());
        for (sum, place) in sums.iter().zip(places) {
            let value = at_least(sum + bias);
            let value = match extra {
                Extra::None => value,
                Extra::Addend(addend) => at_least(sum + bias + addend[place]),
                Extra::Mask(mask) => select_unpredictable(mask[place] > 0.0, value, 0.0),
            };
            let value = factor.map_or(value, |factor| value * factor[place]);
            // SAFETY: the caller's promise.
            unsafe { into.add(place).write(value) };
        }
    }

    fn bias(&self, row: usize) -> f32 {
        self.bias.map_or(0.0, |bias| bias[row])
    }

    #[inline(always)]
    fn at_least(&self) -> impl Fn(f32) -> f32 + use<> {
        let least = if self.relu { 0.0 } else { f32::NEG_INFINITY };
        // Unlike `max`, this keeps NaN.
        move |value| if value < least { least } else { value }
    }
}
