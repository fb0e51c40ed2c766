//! Chooses the fastest kernels on the device for each layer of a network.

use burn::tensor::Tensor;
use serde_json::Value;

use super::{Device, Kind, gpu, self_test};
use crate::explanation::{Progress, step};
use crate::kernel::{self, Candidate, Direction, KernelTimings, Kernels};
use crate::network::Graph;
use crate::sentence::say;
use crate::{Error, Result, witness};

/// How kernels on a GPU are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Preference {
    /// Use one candidate for every layer that it supports. For tests and comparisons.
    Force(Candidate),
    /// Use the fastest candidate, according to earlier measurements if there are any for this adapter; missing ones are
    /// measured now.
    Measure(Vec<KernelTimings>),
}

impl Preference {
    /// Reads a candidate's name, or a list of earlier measurements. Measurements from an older edition are skipped.
    ///
    /// # Errors
    /// [`Error::Options`] if it is neither.
    pub fn from_json(json: Value) -> Result<Self> {
        match json {
            Value::Array(known) => {
                Ok(Self::Measure(known.into_iter().filter_map(|known| serde_json::from_value(known).ok()).collect()))
            }
            other => serde_json::from_value(other).map(Self::Force).map_err(|error| {
                Error::Options(say!(
                    "kernels-form",
                    "kernels: {words}; a candidate's name, or a list of what was measured before, was expected",
                    words = error.to_string()
                ))
            }),
        }
    }
}

impl Default for Preference {
    fn default() -> Self {
        Self::Measure(Vec::new())
    }
}

impl Device {
    /// Chooses kernels for each of the network's convolutions, for pictures with this side. Each kernel was compared
    /// with the CPU's result for the layer's shape when it was measured, and with a known answer now. Does nothing on
    /// the CPU, where there is no choice.
    ///
    /// # Errors
    /// [`Error::Device`] if no kernel computes correctly.
    pub async fn fit(
        &self,
        network: &mut Graph,
        side: usize,
        preference: Preference,
        progress: Progress<'_>,
    ) -> Result<Option<KernelTimings>> {
        if self.kind == Kind::Cpu {
            return Ok(None);
        }
        let mut layers = network.convolutions([side; 2]);
        let measured = match preference {
            Preference::Force(candidate) => {
                let kernels = Kernels { forward: candidate, vjp: candidate };
                layers.into_iter().for_each(|(layer, _)| layer.kernels = kernels);
                let _turn = self.turn().await;
                self_test::run(&self.burn, candidate).await?;
                None
            }
            Preference::Measure(known) => {
                let known = known.into_iter().find(|known| known.fits(&self.adapter));
                let known = known.unwrap_or_else(|| KernelTimings::new(&self.adapter));
                let measured = self
                    .measure(
                        &layers.iter().map(|(layer, size)| layer.geometry(1, *size)).collect::<Vec<_>>(),
                        known,
                        progress,
                    )
                    .await?;
                for (layer, size) in &mut layers {
                    let geometry = layer.geometry(1, *size);
                    let chosen = |direction| {
                        measured.timing(&geometry, direction).map(|timing| timing.chosen).unwrap_or_default()
                    };
                    layer.kernels = Kernels { forward: chosen(Direction::Forward), vjp: chosen(Direction::Vjp) };
                }
                Some(measured)
            }
        };
        self.check()?;
        Ok(measured)
    }

    /// Waits until the device has done everything that was submitted.
    async fn trip(&self) -> Result<()> {
        witness::read_one(Tensor::<1>::zeros([1], &self.burn)).await.map(|_| ())
    }

    async fn measure(
        &self,
        shapes: &[kernel::Geometry],
        mut measured: KernelTimings,
        progress: Progress<'_>,
    ) -> Result<KernelTimings> {
        let mut missing = Vec::new();
        for shape in shapes {
            for direction in [Direction::Forward, Direction::Vjp] {
                if measured.timing(shape, direction).is_none() && !missing.contains(&(*shape, direction)) {
                    missing.push((*shape, direction));
                }
            }
        }
        // Large weights first: the browser collects their buffers while the other shapes are tried.
        missing.sort_by_key(|(shape, _)| kernel::light(shape));
        let heavy = missing.partition_point(|(shape, _)| !kernel::light(shape));
        for (at, (shape, direction)) in missing.iter().enumerate() {
            if at == heavy {
                self.burn.memory_cleanup();
            }
            progress(at as f64, missing.len() as f64, step::KERNELS);
            // Between two shapes, others' work goes on.
            let trial = gpu::FAULTS.trial(async || self.trip().await).await?;
            let timing = kernel::measure(shape, *direction, &self.burn, &measured, || trial.take()).await?;
            measured.layers.push(timing);
        }
        let _turn = self.turn().await;
        // Measurements that were passed in were right in an earlier session only.
        for candidate in Candidate::ALL {
            if measured.layers.iter().any(|timing| timing.chosen == candidate) {
                self_test::run(&self.burn, candidate).await?;
            }
        }
        Ok(measured)
    }
}
