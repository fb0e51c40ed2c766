//! RISE: the class's probability while random parts of the picture are hidden.

use std::ops::Range;

use burn::tensor::{Tensor, TensorData};

use crate::Result;
use crate::network::{Graph, answer};
use crate::pause::Pause;
use crate::random::mix;
use crate::resample::resize;

/// RISE (Petsiuk, Das, Saenko, BMVC 2018): S = Σ_i p_c(x ⊙ M_i) · M_i / (N · p) over random masks M_i.
///
/// A mask is a grid whose cells are kept with probability p. It is enlarged bilinearly to one cell more than the
/// picture in both directions, and shifted by less than a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// N, the number of masks.
    pub masks: usize,
    /// Cells along an edge of a mask.
    pub grid: usize,
    /// p, the probability that a cell is kept; above 0 and at most 1.
    pub keep: f32,
    /// The seed of the masks' random numbers.
    pub seed: u32,
}

impl Rise {
    /// The mask number `index`, `[height, width]`, with values from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Picture`](crate::Error::Picture) if the size is zero.
    pub fn mask(&self, index: usize, [height, width]: [usize; 2]) -> Result<Vec<f32>> {
        let cells = self.grid * self.grid;
        let draw = |at: usize| {
            let bits = mix(self.seed ^ mix((index * (cells + 2) + at) as u32)) >> 8;
            bits as f32 / 16_777_216.0
        };
        let kept: Vec<f32> = (0..cells).map(|at| f32::from(u8::from(draw(at) < self.keep))).collect();
        let cell = [height, width].map(|side| side.div_ceil(self.grid));
        let [rows, columns] = cell.map(|side| (self.grid + 1) * side);
        let large = resize(&kept, [self.grid; 2], [columns, rows])?;
        let [top, left] = [(cell[0], cells), (cell[1], cells + 1)].map(|(cell, at)| (draw(at) * cell as f32) as usize);
        let rows = large[top * columns..].chunks(columns).take(height).map(|row| &row[left..left + width]);
        Ok(rows.collect::<Vec<_>>().concat())
    }

    /// The scores p_c of a picture `[3, height, width]` under each of a range of masks. `batch` masked copies run
    /// through the network at a time. `score` computes p_c from a copy's logits, or for a contrast Σ_k v_k p_k. After
    /// each batch, `progress` receives the number of masks done and the number of all masks. Dropping the future ends
    /// the work.
    ///
    /// # Errors
    /// [`Error::DeviceLost`](crate::Error::DeviceLost) if the device goes away.
    pub async fn scores(
        &self,
        network: &Graph,
        (input, size): (&[f32], [usize; 2]),
        score: impl Fn(&[f32]) -> f32,
        range: Range<usize>,
        batch: usize,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Vec<f32>> {
        let [height, width] = size;
        let device = network.device();
        let mut scores = Vec::with_capacity(range.len());
        let mut pause = Pause::new();
        for first in range.clone().step_by(batch) {
            let count = batch.min(range.end - first);
            let mut hidden = Vec::with_capacity(count * input.len());
            for index in first..first + count {
                let mask = self.mask(index, size)?;
                for plane in input.chunks_exact(mask.len()) {
                    hidden.extend(plane.iter().zip(&mask).map(|(x, mask)| x * mask));
                }
            }
            let hidden = Tensor::from_data(TensorData::new(hidden, [count, 3, height, width]), &device);
            let logits = answer(network, hidden).await?;
            scores.extend(logits.chunks_exact(logits.len() / count).map(&score));
            progress(scores.len(), range.len());
            pause.take().await;
        }
        Ok(scores)
    }

    /// The map S, `[height, width]`, from the scores of all masks in order.
    ///
    /// # Errors
    /// As [`Rise::mask`].
    pub fn map(&self, scores: &[f32], [height, width]: [usize; 2]) -> Result<Vec<f32>> {
        let mut sum = vec![0f64; height * width];
        for (index, &score) in scores.iter().enumerate() {
            let mask = self.mask(index, [height, width])?;
            sum.iter_mut().zip(mask).for_each(|(sum, mask)| *sum += f64::from(score) * f64::from(mask));
        }
        let scale = 1.0 / (scores.len() as f64 * f64::from(self.keep));
        Ok(sum.into_iter().map(|sum| (sum * scale) as f32).collect())
    }
}
