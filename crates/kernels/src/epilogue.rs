//! A product's epilogue: what is applied to each sum as it is written, without another pass over memory.

use std::array::from_fn;

use crate::extra::Extra;
use crate::lanes::Lanes;

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

    /// Whether the slices hold all that so many rows' bias, and places of the planes before `end`, take of them.
    pub fn reaches(&self, rows: usize, end: usize) -> bool {
        let extra = match self.extra {
            Extra::None => end,
            Extra::Addend(values) | Extra::Mask(values) => values.len(),
        };
        let factor = self.factor.map_or(end, <[f32]>::len);
        self.bias.is_none_or(|bias| bias.len() >= rows) && extra >= end && factor >= end
    }

    /// As [`Epilogue::write`], for sums in registers.
    ///
    /// # Safety
    /// As for [`Epilogue::write`]; the processor has such registers, and the slices reach the row and the places.
    #[inline(always)]
    pub unsafe fn write_lanes<L: Lanes, const N: usize>(&self, row: usize, place: usize, sums: [L; N], into: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe {
            let (bias, least) =
                (L::splat(self.bias.map_or(0.0, |bias| *bias.get_unchecked(row))), L::splat(self.least()));
            let here = |values: &[f32], at: usize| L::load(values.as_ptr().add(place + at * L::COUNT));
            let mut made: [L; N] = match self.extra {
                Extra::None => from_fn(|at| sums[at].plus(bias).at_least(least)),
                Extra::Addend(addend) => from_fn(|at| sums[at].plus(bias).plus(here(addend, at)).at_least(least)),
                Extra::Mask(mask) => from_fn(|at| sums[at].plus(bias).at_least(least).masked(here(mask, at))),
            };
            if let Some(factor) = self.factor {
                made = from_fn(|at| made[at].times(here(factor, at)));
            }
            for (at, made) in made.into_iter().enumerate() {
                made.store(into.add(place + at * L::COUNT));
            }
        }
    }

    fn bias(&self, row: usize) -> f32 {
        self.bias.map_or(0.0, |bias| bias[row])
    }

    /// What no result is less than.
    fn least(&self) -> f32 {
        if self.relu { 0.0 } else { f32::NEG_INFINITY }
    }

    #[inline(always)]
    fn at_least(&self) -> impl Fn(f32) -> f32 + use<> {
        let least = self.least();
        // Unlike `max`, it keeps what is not a number.
        move |value| if value < least { least } else { value }
    }
}
