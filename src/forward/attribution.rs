//! What a method found, if it adds up.

use burn::tensor::Device;

use crate::attribution::Relevance;
use crate::explanation::Boundary;
use crate::sentence::say;
use crate::{Error, Result, witness};

/// How far relevance may be from what the ledger says of it, as a share of Σ|R| and of what was taken. Each
/// sum in f32 rounds at 6e-8, and terms of other signs may be larger than what is left of them: 7e-7 is the
/// most that was seen, of every method on both devices, with ε down to 1e-30.
const IMBALANCE: f64 = 1e-4;

/// What a method found.
pub(crate) struct Attribution {
    /// `[channels, H, W]`, or a map `[1, H, W]`.
    pub(crate) values: Vec<f32>,
    pub(crate) boundaries: Vec<Boundary>,
}

impl Attribution {
    /// The attribution, if all its values are finite.
    pub(super) fn finite(self) -> Result<Self> {
        match self.values.iter().all(|value| value.is_finite()) {
            true => Ok(self),
            false => Err(Error::Options(say!(
                "relevance-infinite",
                "the relevance is not finite with this stabilizer and epsilon, so there is no map; try the signed stabilizer or a larger epsilon"
            ))),
        }
    }

    /// What `work` gives, if it adds up. Relevance starts with an `amount`; where there is none, with whatever is there.
    pub(super) async fn read(
        device: &Device,
        amount: Option<f32>,
        work: impl FnOnce() -> Relevance + Send,
    ) -> Result<Self> {
        let ((names, sizes), mut read) = witness::read_kept(device, || {
            let Relevance { input, boundaries, accounts } = work();
            let sizes: Vec<_> = boundaries.iter().map(|(_, map)| map.dims()).collect();
            let mut tensors = vec![input.flatten::<1>(0, 3)];
            let mut names = Vec::with_capacity(boundaries.len());
            for (name, map) in boundaries {
                tensors.push(map.flatten(0, 3));
                names.push(name);
            }
            tensors.extend(accounts.into_iter().flatten());
            ((names, sizes), tensors)
        })
        .await?;
        let accounts = read.split_off(1 + names.len());
        let maps = read.split_off(1);
        let boundary = |((name, map), [_, _, height, width]): ((String, Vec<f32>), [usize; 4])| {
            let sum = map.iter().map(|&value| f64::from(value)).sum();
            Boundary { name, sum, map, width, height }
        };
        let boundaries: Vec<_> = names.into_iter().zip(maps).zip(sizes).map(boundary).collect();
        // The device gives the start its sign.
        let start = boundaries.first().map_or(0.0, |boundary| boundary.sum);
        let amount = amount.map(f64::from);
        let mut before = amount.map_or(start, |amount| amount.copysign(start));
        let mut handed = amount.unwrap_or(0.0);
        for (Boundary { name, sum, .. }, account) in boundaries.iter().zip(accounts.chunks_exact(2)) {
            let [taken, magnitude] =
                [&account[0], &account[1]].map(|value| value.first().copied().map_or(f64::NAN, f64::from));
            balanced(name, before, *sum, taken, handed.max(magnitude))?;
            (before, handed) = (*sum, magnitude);
        }
        Ok(Self { values: read.swap_remove(0), boundaries })
    }
}

/// Whether what is left of relevance and what was taken are what there was before.
pub(super) fn balanced(name: &str, before: f64, sum: f64, taken: f64, magnitude: f64) -> Result<()> {
    // Not where any of them is no number.
    if (sum + taken - before).abs() <= IMBALANCE * magnitude.max(taken.abs()) {
        return Ok(());
    }
    Err(Error::DeviceWrong(say!(
        "relevance-unbalanced",
        "relevance does not add up at {layer}: {left} is left and {taken} was taken of {before}",
        layer = name,
        left = sum,
        taken,
        before
    )))
}

/// Values [channels, pixels] summed over the channels, [pixels].
pub(crate) fn summed(values: &[f32], pixels: usize) -> Vec<f32> {
    (0..pixels).map(|at| values.iter().skip(at).step_by(pixels).sum()).collect()
}
