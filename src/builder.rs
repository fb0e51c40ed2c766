//! How a network is loaded: its options, then [`Builder::build`].

use crate::Result;
use crate::checkpoint::Reading;
use crate::device::{self, Choice, Preference};
use crate::explainer::{Explained, Explainer, Loading};
use crate::explanation::Progress;
use crate::options::Options;
use crate::weights::Source;

/// Options for loading a network; [`Explainer::builder`] makes one. An option that isn't set has its default.
#[derive(Debug)]
#[must_use = "nothing is loaded before `build` or `build_blocking`"]
pub struct Builder<S> {
    weights: S,
    loading: Loading,
}

impl Explainer {
    /// Starts with the weights, such as [`Bytes`](crate::weights::Bytes) of a safetensors file or of a PyTorch
    /// checkpoint.
    pub fn builder<S: Source>(weights: S) -> Builder<S> {
        Builder { weights, loading: Loading::default() }
    }

    /// [`Explainer::explain`], but waits for the result. Don't call it on a thread of an async runtime.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub fn explain_blocking(&self, rgba: &[u8], width: usize, height: usize, options: &Options) -> Result<Explained> {
        pollster::block_on(self.explain(rgba, width, height, options, &mut |_, _, _| {}))
    }
}

impl<S: Source> Builder<S> {
    /// Which device runs the network; by default a real GPU if there is one, otherwise the CPU.
    pub fn device(mut self, device: Choice) -> Self {
        self.loading.device = device;
        self
    }

    /// Which kernels a GPU uses; by default those that measure fastest.
    pub fn kernels(mut self, kernels: Preference) -> Self {
        self.loading.kernels = kernels;
        self
    }

    /// How the weights are read, and facts about the network that they don't contain; by default, what the file itself
    /// says.
    pub fn reading(mut self, reading: Reading) -> Self {
        self.loading.reading = reading;
        self
    }

    /// Loads the network.
    ///
    /// # Errors
    /// As [`Explainer::create`].
    pub async fn build(self) -> Result<Explainer> {
        self.build_with(&mut |_, _, _| {}).await
    }

    /// Loads the network, and reports the progress in bytes.
    ///
    /// # Errors
    /// As [`Explainer::create`].
    pub async fn build_with(self, progress: Progress<'_>) -> Result<Explainer> {
        let Self { weights, loading } = self;
        // With the CPU chosen, no GPU is opened.
        let adapter = match loading.device {
            Choice::Cpu => Err("the CPU was asked for".into()),
            Choice::Auto | Choice::WebGpu => device::adapter(),
        };
        Explainer::create(weights, loading, adapter, progress).await
    }

    /// Loads the network, and waits for it. Don't call it on a thread of an async runtime.
    ///
    /// # Errors
    /// As [`Explainer::create`].
    pub fn build_blocking(self) -> Result<Explainer> {
        pollster::block_on(self.build())
    }
}
