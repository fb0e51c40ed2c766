//! A loaded network that explains pictures.

use burn::tensor::{Tensor, TensorData};
use serde::Serialize;
use web_time::Instant;

use crate::attribution::{self, MethodInfo};
use crate::device::{Adapter, Choice, Device, Kind, Memory, Preference};
use crate::explanation::{Explanation, Milliseconds, Progress};
use crate::forward::{Attribution, Forward, answer, most_probable, softmax};
use crate::kernel::Measured;
use crate::metric::{Curves, Direction, Faithfulness, Plan};
use crate::network::ResNet;
use crate::options::Options;
use crate::pause::{self, Pause};
use crate::picture::{self, Crop, Normalisation};
use crate::weights::{Architecture, Checkpoint, Source};
use crate::{Error, Result};

/// The sides of an input that is taken: the network halves it five times, and memory is not endless.
const SIDES: std::ops::RangeInclusive<usize> = 32..=1024;

/// What is loaded, and where it runs.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// What computes.
    pub device: Kind,
    /// The adapter's description.
    pub adapter: String,
    /// Why this device was taken, as a sentence.
    pub reason: String,
    /// Number of classes.
    pub classes: usize,
    /// Number of parameters.
    pub parameters: usize,
    /// Blocks in each stage.
    pub depths: Vec<usize>,
    /// Whether it has an attention branch, which the method `abn` needs.
    pub attention: bool,
    /// The classes' names, where the weights file has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// What was measured to choose the GPU's kernels, to be given back next time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernels: Option<Measured>,
}

/// A network on its device, with the last picture's activations.
#[derive(Debug)]
pub struct Explainer {
    device: Device,
    network: ResNet,
    normalisation: Normalisation,
    info: Info,
    architecture: Architecture,
    last: Option<Forward>,
}

impl Explainer {
    /// Reads weights, opens a device and loads the network to it. Progress counts bytes.
    ///
    /// # Errors
    /// [`Error::Weights`] and [`Error::Device`].
    pub async fn create<S: Source>(
        weights: S,
        choice: Choice,
        adapter: std::result::Result<Adapter, String>,
        kernels: Preference,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let size = weights.size() as f64;
        progress(0.0, size, "reading the weights' header");
        let checkpoint = Checkpoint::open(weights).await?;
        let normalisation = checkpoint.normalisation()?;
        progress(0.0, size, "checking the device");
        let device = Device::open(choice, adapter).await?;
        let turn = device.turn().await;
        let mut network = ResNet::load(&checkpoint, device.burn(), |done, total| {
            progress((size * done as f64 / total as f64).round(), size, "loading the weights")
        })
        .await?;
        device.check()?;
        drop(turn);
        let kernels = device.fit(&mut network, kernels, progress).await?;
        let architecture = checkpoint.architecture();
        let info = Info {
            device: device.kind,
            adapter: device.adapter.clone(),
            reason: device.reason.clone(),
            classes: architecture.classes,
            parameters: architecture.parameters(),
            depths: architecture.stages.iter().map(|stage| stage.depth).collect(),
            attention: architecture.attention.is_some(),
            labels: checkpoint.labels(),
            kernels,
        };
        let architecture = architecture.clone();
        Ok(Self { device, network, normalisation, info, architecture, last: None })
    }

    /// What is loaded, and where it runs.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// What the GPU's memory pools hold; none on the CPU.
    pub fn memory(&self) -> Option<Memory> {
        Memory::of(self.network.fc.weight.tensor())
    }

    /// The methods that an explanation can ask for, the default one first.
    pub fn methods() -> Vec<MethodInfo> {
        attribution::methods()
    }

    /// The RGB pixels of the picture that was explained last, as the network saw it.
    pub fn seen(&self) -> Option<Vec<[u8; 3]>> {
        self.last.as_ref().map(|forward| picture::pixels(&forward.input, &self.normalisation))
    }

    /// How pixels become the network's values.
    pub fn normalisation(&self) -> Normalisation {
        self.normalisation
    }

    /// The network that is explained.
    pub fn network(&self) -> &ResNet {
        &self.network
    }

    /// Explains another network of the same classes from now on, such as a
    /// [`randomised`](crate::metric::randomised) one.
    pub fn replace_network(&mut self, network: ResNet) {
        self.last = None;
        self.network = network;
    }

    /// Explains a picture of RGBA bytes.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Options`], [`Error::DeviceLost`] where the device failed, and
    /// [`Error::DeviceWrong`] where it computed wrongly; a map that may be wrong is never given.
    pub async fn explain(
        &mut self,
        rgba: &[u8],
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        let input = picture::prepare(rgba, width, height, options.fit, &self.normalisation)?;
        self.explain_values(input.values, [picture::SIDE; 2], input.crop, options, progress).await
    }

    /// Explains a normalised tensor [3, H, W]. The crop is all of it.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub async fn explain_tensor(
        &mut self,
        chw: Vec<f32>,
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        let pictures = checked(&chw, width, height)?;
        if pictures != 1 {
            return Err(Error::Picture(format!("the tensor holds {pictures} pictures where one was expected")));
        }
        let crop = Crop { x: 0.0, y: 0.0, width: width as f64, height: height as f64 };
        self.explain_values(chw, [height, width], crop, options, progress).await
    }

    /// Logits [N, classes] of normalised pictures [N, 3, H, W], which run through the network together;
    /// nothing is kept of them.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Weights`] where a logit is not finite, and [`Error::DeviceLost`].
    pub async fn logits(&self, nchw: Vec<f32>, width: usize, height: usize) -> Result<Vec<f32>> {
        let pictures = checked(&nchw, width, height)?;
        let _turn = self.device.turn().await;
        let mut logits = Vec::with_capacity(pictures * self.info.classes);
        let most = self.device.most(self.activation([height, width])).min(pictures);
        for some in nchw.chunks(most * 3 * height * width) {
            let input = TensorData::new(some.to_vec(), [some.len() / (3 * height * width), 3, height, width]);
            let found = answer(&self.network, Tensor::from_data(input, self.device.burn())).await;
            // A command that was rejected is the cause of what is wrong.
            self.device.check()?;
            logits.append(&mut found?);
        }
        match logits.iter().all(|logit| logit.is_finite()) {
            true => Ok(logits),
            false => Err(Error::Weights("the network's output is not finite on these pictures".into())),
        }
    }

    /// The class `target`'s probability for each of N pictures, as [`Explainer::logits`] takes them, [N].
    ///
    /// # Errors
    /// As [`Explainer::logits`], and [`Error::Options`] where there is no such class.
    pub async fn probabilities(&self, nchw: Vec<f32>, width: usize, height: usize, target: usize) -> Result<Vec<f32>> {
        self.check_target(target)?;
        let logits = self.logits(nchw, width, height).await?;
        Ok(logits.chunks_exact(self.info.classes).map(|logits| softmax(logits)[target]).collect())
    }

    /// Insertion and deletion of a map [H, W] of the picture that was explained last, by the probability of
    /// the class `target`. Progress counts pictures shown to the network.
    ///
    /// # Errors
    /// [`Error::Picture`] where nothing was explained or the map is of another size, [`Error::Options`], and
    /// [`Error::DeviceLost`].
    pub async fn faithfulness(
        &self,
        map: &[f32],
        target: usize,
        plan: &Plan,
        progress: Progress<'_>,
    ) -> Result<Curves> {
        self.check_target(target)?;
        let [height, width] = self.explained()?.size;
        // What both curves show besides their ends, which many plans share.
        let total = 2.0 * plan.points as f64;
        progress(0.0, total, "pictures");
        let mut pause = Pause::new();
        let mut seen = 0.0;
        let probabilities = async |pictures: Vec<f32>| {
            let found = self.probabilities(pictures, width, height, target).await?;
            seen += found.len() as f64;
            progress(seen, total, "pictures");
            pause.take().await;
            Ok(found)
        };
        let curves = self.faithful()?.measure(map, std::slice::from_ref(plan), probabilities).await?;
        curves.into_iter().next().ok_or_else(|| Error::Options("no curve was asked for".into()))
    }

    /// The RGB pixels of the picture that was explained last, at one point of a curve from 0 on: what its
    /// probability is of.
    ///
    /// # Errors
    /// As [`Explainer::faithfulness`].
    pub fn shown(&self, map: &[f32], plan: &Plan, direction: Direction, point: usize) -> Result<Vec<[u8; 3]>> {
        let values = self.faithful()?.picture(map, plan, direction, point)?;
        Ok(picture::pixels(&values, &self.normalisation))
    }

    /// The RGB pixels of the picture that was explained last, at every point of a curve, in order.
    ///
    /// # Errors
    /// As [`Explainer::faithfulness`].
    pub fn film(
        &self,
        map: &[f32],
        plan: &Plan,
        direction: Direction,
        mut each: impl FnMut(Vec<[u8; 3]>),
    ) -> Result<()> {
        self.faithful()?.film(map, plan, direction, |values| each(picture::pixels(&values, &self.normalisation)))
    }

    fn faithful(&self) -> Result<Faithfulness> {
        let Forward { input, size: [height, width], .. } = self.explained()?;
        let batch = self.device.batch(self.activation([*height, *width]));
        Faithfulness::new(input.clone(), *width, *height, self.normalisation, batch)
    }

    fn explained(&self) -> Result<&Forward> {
        self.last.as_ref().ok_or_else(|| Error::Picture("nothing is explained yet; explain the picture first".into()))
    }

    /// Bytes of the largest activation of a picture of [height, width].
    fn activation(&self, size: [usize; 2]) -> u64 {
        4 * self.architecture.largest_activation(size) as u64
    }

    fn check_target(&self, target: usize) -> Result<()> {
        match target < self.info.classes {
            true => Ok(()),
            false => Err(Error::Options(format!(
                "target is {target}, but the network has the classes 0 to {}",
                self.info.classes - 1
            ))),
        }
    }

    async fn explain_values(
        &mut self,
        values: Vec<f32>,
        [height, width]: [usize; 2],
        crop: Crop,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        options.target.map_or(Ok(()), |target| self.check_target(target))?;
        let _turn = self.device.turn().await;
        let mut milliseconds = Milliseconds::default();
        progress(0.0, 3.0, "forward");
        let start = Instant::now();
        let forward = match self.last.take() {
            Some(last) if last.input == values && last.size == [height, width] => last,
            last => {
                drop(last);
                let forward = Forward::run(&self.network, values, [height, width], self.device.burn()).await;
                // A command that was rejected is the cause of what is wrong.
                self.device.check()?;
                milliseconds.forward = lasted(start);
                forward?
            }
        };
        let activation = self.activation([height, width]);
        // Kept from here on, whatever comes of the way back.
        let forward = self.last.insert(forward);
        let target = options.target.unwrap_or_else(|| most_probable(&forward.logits));
        let probability = softmax(&forward.logits)[target];

        progress(1.0, 3.0, "backward");
        pause::hand_back().await;
        let start = Instant::now();
        let method = options.method.within(&self.normalisation);
        let batch = self.device.batch(activation);
        let attribution = forward.attribute(&self.network, target, &method, batch, progress).await;
        self.device.check()?;
        let Attribution { values: relevance, boundaries } = attribution?;
        milliseconds.backward = lasted(start);

        progress(2.0, 3.0, "filter");
        let start = Instant::now();
        let pixels = width * height;
        let map: Vec<f32> = (0..pixels).map(|at| relevance.iter().skip(at).step_by(pixels).sum()).collect();
        let filtered = options.filter.apply(&map, width, height)?;
        milliseconds.filter = lasted(start);
        progress(3.0, 3.0, "done");

        let logits = forward.logits.clone();
        let (fallback, mask, filtered) = (filtered.fallback, filtered.mask, filtered.map);
        Ok(Explanation {
            target,
            probability,
            logits,
            relevance,
            map,
            boundaries,
            filtered,
            mask,
            width,
            height,
            crop,
            fallback,
            milliseconds,
        })
    }
}

/// How many pictures [3, height, width] a tensor holds.
fn checked(values: &[f32], width: usize, height: usize) -> Result<usize> {
    if !SIDES.contains(&width) || !SIDES.contains(&height) {
        return Err(Error::Picture(format!(
            "the tensor is {width} wide and {height} high; {} to {} was expected",
            SIDES.start(),
            SIDES.end()
        )));
    }
    let picture = 3 * height * width;
    if values.is_empty() || !values.len().is_multiple_of(picture) {
        return Err(Error::Picture(format!(
            "the tensor has {} values; 3·{height}·{width} = {picture} for each picture were expected",
            values.len()
        )));
    }
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(Error::Picture(format!("the tensor holds {value}; every value must be finite")));
    }
    Ok(values.len() / picture)
}

fn lasted(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
