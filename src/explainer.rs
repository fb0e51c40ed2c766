//! A loaded network that explains pictures.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Tensor, TensorData};
use serde::Serialize;
use web_time::Instant;

use crate::attribution::Method;
use crate::concept::Concepts;
use crate::device::{Adapter, Choice, Device, Kind, Memory, Preference};
use crate::explained::{Explained, Passes, Picture};
use crate::explanation::{Explanation, Milliseconds, Progress, step};
use crate::fence::Fence;
use crate::forward::{Attribution, Forward, answer, summed};
use crate::hints::Fact;
use crate::kernel::Measured;
use crate::metric::Region;
use crate::network::Graph;
use crate::options::{MethodInfo, Options, methods};
use crate::output::{Against, Output};
use crate::pause;
use crate::picture::{Crop, Preparation, SIDES};
use crate::sentence::{Sentence, say};
use crate::weights::{Checkpoint, Reading, Source};
use crate::{Error, Result};

/// What is loaded, and where it runs.
#[derive(Clone, Debug, Serialize)]
pub struct Info {
    /// What computes.
    pub device: Kind,
    /// The adapter's description.
    pub adapter: String,
    /// Why this device was taken, as a sentence.
    pub reason: String,
    /// The same for other languages.
    pub why: Sentence,
    /// What the network is, such as ResNet-50, with the name that a configuration gives it.
    pub architecture: String,
    /// Channels of a picture: 3, or 1 where pictures are turned to grey.
    pub channels: usize,
    /// Side of the square that it sees.
    pub side: usize,
    /// What its tensors don't tell, as it was taken, and who said so.
    pub facts: Vec<Fact>,
    /// Number of classes: two where the network has one output.
    pub classes: usize,
    /// How logits become probabilities of classes.
    pub output: Output,
    /// Number of parameters.
    pub parameters: usize,
    /// Blocks in each stage, or convolutions where there are no blocks.
    pub depths: Vec<usize>,
    /// Tensors of the weights file that belong to no layer of the network, and are left out.
    pub unused: Vec<String>,
    /// Whether it has an attention branch, which the method `abn` needs.
    pub attention: bool,
    /// The classes' names, where the weights file has them; "no" and "yes" where it has none of one output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    /// What was measured to choose the GPU's kernels, to be given back next time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernels: Option<Measured>,
}

/// A network on its device. A clone is another handle of the same; calls that overlap wait for each other.
#[derive(Clone, Debug)]
pub struct Explainer {
    engine: Arc<Engine>,
}

#[derive(Debug)]
struct Engine {
    device: Device,
    network: Graph,
    preparation: Preparation,
    info: Info,
    /// Who holds it uses this network.
    turn: async_lock::Mutex<()>,
    passes: Mutex<Passes>,
    fence: Fence,
}

/// How a network is loaded.
#[derive(Clone, Debug, Default)]
pub struct Loading {
    /// Where it runs.
    pub device: Choice,
    /// Which kernels a GPU takes.
    pub kernels: Preference,
    /// How its file is read, and what is said of the network besides.
    pub reading: Reading,
}

impl Explainer {
    /// Reads weights, opens a device and loads the network to it. `adapter` is the one that the platform offers,
    /// or why there is none. Progress counts bytes.
    ///
    /// # Errors
    /// [`Error::Weights`], [`Error::Device`] and [`Error::Options`].
    pub async fn create<S: Source>(
        weights: S,
        loading: Loading,
        adapter: std::result::Result<Adapter, Sentence>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        let fence = Fence::default();
        let engine = fence.within(Self::load(weights, loading, adapter, progress)).await?;
        Ok(Self { engine: Arc::new(Engine { fence, ..engine }) })
    }

    async fn load<S: Source>(
        weights: S,
        loading: Loading,
        adapter: std::result::Result<Adapter, Sentence>,
        progress: Progress<'_>,
    ) -> Result<Engine> {
        let size = weights.size() as f64;
        progress(0.0, size, step::HEADER);
        let checkpoint = Checkpoint::open_as(weights, loading.reading).await?;
        let blueprint = checkpoint.blueprint();
        if ![1, 3].contains(&blueprint.channels) {
            return Err(Error::Weights(say!(
                "picture-channels",
                "the network takes pictures of {channels} channels; three (red, green, blue) or one (grey) were expected",
                channels = blueprint.channels
            )));
        }
        let preparation = checkpoint.preparation()?;
        let outputs = blueprint.outputs();
        let output = Output::new(checkpoint.told().output(), outputs)?;
        let facts = checkpoint.told().facts(blueprint, &preparation, output)?;
        progress(0.0, size, step::DEVICE);
        let device = Device::open(loading.device, adapter).await?;
        let turn = device.turn().await;
        let mut network = Graph::load(&checkpoint, device.burn(), |done, total| {
            progress((size * done as f64 / total as f64).round(), size, step::WEIGHTS)
        })
        .await?;
        device.check()?;
        // What the network before it left.
        device.burn().memory_cleanup();
        drop(turn);
        let kernels = device.fit(&mut network, preparation.side, loading.kernels, progress).await?;
        let info = Info {
            device: device.kind,
            adapter: device.adapter.clone(),
            reason: device.reason.to_string(),
            why: device.reason.clone(),
            architecture: checkpoint.architecture(),
            channels: preparation.channels,
            side: preparation.side,
            facts,
            classes: output.classes(outputs),
            output,
            parameters: blueprint.parameters(),
            depths: blueprint.depths(),
            unused: checkpoint.unused().to_vec(),
            attention: blueprint.attends(),
            labels: labels(checkpoint.labels(), output),
            kernels,
        };
        let (turn, fence) = Default::default();
        let passes = Mutex::new(Passes::new(preparation.side));
        Ok(Engine { device, network, preparation, info, turn, passes, fence })
    }

    /// Another network of the same classes in place of this one's, such as a
    /// [`randomised`](crate::metric::randomised) one, on the same device.
    pub fn with_network(&self, network: Graph) -> Self {
        let Engine { device, preparation, info, .. } = &*self.engine;
        let (device, info) = (device.clone(), info.clone());
        let (turn, fence) = Default::default();
        let preparation = *preparation;
        let passes = Mutex::new(Passes::new(preparation.side));
        let engine = Engine { device, network, preparation, info, turn, passes, fence };
        Self { engine: Arc::new(engine) }
    }

    /// What is loaded, and where it runs.
    pub fn info(&self) -> &Info {
        &self.engine.info
    }

    /// What the GPU's memory pools hold, once nothing is under way; none on the CPU.
    pub async fn memory(&self) -> Option<Memory> {
        let _network = self.engine.turn.lock().await;
        Memory::of(self.engine.network.head.weight.tensor())
    }

    /// The methods that an explanation can ask for, the default one first.
    pub fn methods() -> Vec<MethodInfo> {
        methods()
    }

    /// How its pictures are prepared.
    pub fn preparation(&self) -> Preparation {
        self.engine.preparation
    }

    /// The network that is explained.
    pub fn network(&self) -> &Graph {
        &self.engine.network
    }

    /// Keeps the activations of so many pictures that were explained, instead of one, as long as their
    /// [`Explained`] is there.
    pub fn keep_passes(&self, most: usize) {
        self.passes(|passes| passes.keep(most));
    }

    /// Explains a picture of RGBA bytes.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Options`], [`Error::DeviceLost`] where the device failed,
    /// [`Error::DeviceWrong`] where it computed wrongly, and [`Error::Engine`] where the engine itself failed,
    /// after which it takes no more work; a map that may be wrong is never given.
    pub async fn explain(
        &self,
        rgba: &[u8],
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explained> {
        let own = self.engine.preparation;
        let preparation = Preparation { fit: options.fit.unwrap_or(own.fit), ..own };
        let input = self.engine.fence.within(async { preparation.prepare(rgba, width, height) }).await?;
        let picture = Picture::new(input.values, [own.side; 2], input.crop, Some(preparation.fit));
        self.explained(picture, options, progress).await
    }

    /// Explains a normalised tensor [channels, H, W]. The crop is all of it, and `fit` plays no part.
    ///
    /// # Errors
    /// As [`Explainer::explain`].
    pub async fn explain_tensor(
        &self,
        chw: Vec<f32>,
        width: usize,
        height: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explained> {
        let pictures = self.checked(&chw, width, height)?;
        if pictures != 1 {
            return Err(Error::Picture(say!(
                "tensor-pictures",
                "the tensor holds {pictures} pictures where one was expected",
                pictures
            )));
        }
        let crop = Crop { x: 0.0, y: 0.0, width: width as f64, height: height as f64 };
        self.explained(Picture::new(chw, [height, width], crop, None), options, progress).await
    }

    async fn explained(&self, picture: Picture, options: &Options, progress: Progress<'_>) -> Result<Explained> {
        let picture = Arc::new(picture);
        let explanation = self.of_picture(&picture, options, progress).await?;
        Ok(Explained::new(self.clone(), picture, explanation))
    }

    /// Logits [N, outputs] of normalised pictures [N, channels, H, W], which run through the network together;
    /// nothing is kept of them.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Weights`] where a logit is not finite, [`Error::DeviceLost`] and
    /// [`Error::Engine`].
    pub async fn logits(&self, nchw: Vec<f32>, width: usize, height: usize) -> Result<Vec<f32>> {
        let pictures = self.checked(&nchw, width, height)?;
        let Engine { device, network, turn, fence, .. } = &*self.engine;
        let work = async {
            let _network = turn.lock().await;
            let _turn = device.turn().await;
            let mut logits = Vec::new();
            let most = device.most(self.activation([height, width])?).min(pictures);
            let channels = network.channels;
            let picture = channels * height * width;
            for some in nchw.chunks(most * picture) {
                let input = TensorData::new(some.to_vec(), [some.len() / picture, channels, height, width]);
                let found = answer(network, Tensor::from_data(input, device.burn())).await;
                // A command that was rejected is the cause of what is wrong.
                device.check()?;
                logits.append(&mut found?);
            }
            Ok(logits)
        };
        let logits = fence.within(work).await?;
        match logits.iter().all(|logit| logit.is_finite()) {
            true => Ok(logits),
            false => Err(Error::Weights(say!(
                "output-infinite-batch",
                "the network's output is not finite on these pictures"
            ))),
        }
    }

    /// The class `target`'s probability for each of N pictures, as [`Explainer::logits`] takes them, [N].
    ///
    /// # Errors
    /// As [`Explainer::logits`], and [`Error::Options`] where there is no such class.
    pub async fn probabilities(&self, nchw: Vec<f32>, width: usize, height: usize, target: usize) -> Result<Vec<f32>> {
        self.check(Some(target), None)?;
        let logits = self.logits(nchw, width, height).await?;
        let [outputs, ..] = self.engine.network.head.weight.tensor().dims();
        let probability = |logits: &[f32]| self.engine.info.output.probabilities(logits)[target];
        Ok(logits.chunks_exact(outputs).map(probability).collect())
    }

    /// How many pictures [channels, height, width] a tensor holds.
    fn checked(&self, values: &[f32], width: usize, height: usize) -> Result<usize> {
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(Error::Picture(say!(
                "tensor-size",
                "the tensor is {width} wide and {height} high; {least} to {most} was expected",
                width,
                height,
                least = *SIDES.start(),
                most = *SIDES.end()
            )));
        }
        let channels = self.engine.network.channels;
        let picture = channels * height * width;
        if values.is_empty() || !values.len().is_multiple_of(picture) {
            return Err(Error::Picture(say!(
                "tensor-values",
                "the tensor has {found} values; {channels}·{height}·{width} = {expected} for each picture were expected",
                found = values.len(),
                channels,
                height,
                width,
                expected = picture
            )));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Picture(say!(
                "tensor-infinite",
                "the tensor holds {value}; every value must be finite",
                value
            )));
        }
        Ok(values.len() / picture)
    }

    /// Bytes of the largest activation of a picture of [height, width].
    ///
    /// # Errors
    /// [`Error::Picture`] where the picture is too small for the network.
    fn activation(&self, size: [usize; 2]) -> Result<u64> {
        Ok(4 * self.engine.network.largest_activation(size)? as u64)
    }

    /// Whether the network has the classes that are asked about.
    ///
    /// # Errors
    /// As [`Output::check`].
    pub(crate) fn check(&self, target: Option<usize>, against: Option<Against>) -> Result<()> {
        let Info { output, classes, .. } = self.engine.info;
        output.check(target, against, classes)
    }

    /// How many pictures of a size run through the network together where there are many of them.
    pub(crate) fn batch(&self, size: [usize; 2]) -> Result<usize> {
        Ok(self.engine.device.batch(self.activation(size)?))
    }

    fn passes<T>(&self, act: impl FnOnce(&mut Passes) -> T) -> T {
        act(&mut self.engine.passes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A picture's own forward pass: the one that is kept, or a new one.
    async fn pass(&self, picture: &Arc<Picture>) -> Result<(Arc<Forward>, f64)> {
        let Engine { device, network, .. } = &*self.engine;
        let start = Instant::now();
        if let Some(pass) = self.passes(|passes| passes.find(picture)) {
            return Ok((pass, 0.0));
        }
        if self.passes(|passes| passes.make_room(picture.size)) {
            // Buffers are kept for pictures of one size.
            device.burn().memory_cleanup();
        }
        let forward = Forward::run(network, picture.input.clone(), picture.size, device.burn()).await;
        // A command that was rejected is the cause of what is wrong.
        device.check()?;
        let forward = forward?;
        // Kept from here on, whatever comes of the way back.
        let forward = Arc::new(forward);
        self.passes(|passes| passes.insert(picture, forward.clone()));
        Ok((forward, lasted(start)))
    }

    pub(crate) async fn of_picture(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        self.check(options.target, options.against)?;
        self.engine.fence.within(self.attribute(picture, options, progress)).await
    }

    /// The channels of a layer with most relevance, for a class by a walk.
    pub(crate) async fn concepts_of(
        &self,
        picture: &Arc<Picture>,
        (layer, top): (&str, usize),
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Concepts> {
        self.check(options.target, options.against)?;
        let Engine { network, preparation, info, .. } = &*self.engine;
        let Method::Lrp(composite) = options.method.within(&preparation.normalisation) else {
            return Err(Error::Options(say!(
                "concepts-method",
                "this method walks no relevance through the layers, so that it knows no concepts; take an LRP method, such as lrp-epsilon-plus"
            )));
        };
        let at = network.layer(layer)?;
        let work = async |forward: &Forward| {
            let target = options.target.unwrap_or_else(|| info.output.most_probable(&forward.logits));
            let asked = &forward.target(info.output, target, options.against)?;
            let amount = forward.amount(info.output, target, asked, composite.at(0).start);
            forward.concepts(network, (asked, amount), &composite, (at, top), progress).await
        };
        self.with_pass(picture, work).await
    }

    /// Each class's probability without some channels of a layer.
    pub(crate) async fn without(&self, picture: &Arc<Picture>, layer: &str, channels: &[usize]) -> Result<Vec<f32>> {
        let Engine { network, info, .. } = &*self.engine;
        let at = network.layer(layer)?;
        let work = async |forward: &Forward| forward.without(network, at, channels).await;
        Ok(info.output.probabilities(&self.with_pass(picture, work).await?))
    }

    /// Does something with a picture's forward pass when it is this picture's turn.
    async fn with_pass<T>(&self, picture: &Arc<Picture>, work: impl AsyncFnOnce(&Forward) -> Result<T>) -> Result<T> {
        let Engine { device, turn, fence, .. } = &*self.engine;
        let work = async {
            let _network = turn.lock().await;
            let _turn = device.turn().await;
            let (forward, _) = self.pass(picture).await?;
            let done = work(&forward).await;
            // A command that was rejected is the cause of what is wrong.
            device.check()?;
            done
        };
        fence.within(work).await
    }

    async fn attribute(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        let Engine { device, network, preparation, info, turn, .. } = &*self.engine;
        let _network = turn.lock().await;
        let _turn = device.turn().await;
        let mut milliseconds = Milliseconds::default();
        progress(0.0, 3.0, step::FORWARD);
        let (forward, lasting) = self.pass(picture).await?;
        milliseconds.forward = lasting;
        let target = options.target.unwrap_or_else(|| info.output.most_probable(&forward.logits));
        let probabilities = info.output.probabilities(&forward.logits);

        progress(1.0, 3.0, step::BACKWARD);
        pause::hand_back().await;
        let start = Instant::now();
        let method = options.method.within(&preparation.normalisation);
        let batch = self.batch(picture.size)?;
        let asked = forward.target(info.output, target, options.against)?;
        let attribution = forward.attribute(network, info.output, (target, &asked), &method, batch, progress).await;
        device.check()?;
        let Attribution { values: relevance, boundaries } = attribution?;
        milliseconds.backward = lasted(start);

        progress(2.0, 3.0, step::FILTER);
        let start = Instant::now();
        let [height, width] = picture.size;
        let map = summed(&relevance, width * height);
        let filtered = options.filter.apply(&map, width, height)?;
        let region = Region::of(&filtered.map, width, height, Region::SHARE)?;
        milliseconds.filter = lasted(start);
        progress(3.0, 3.0, step::DONE);

        let (fallback, mask, filtered) = (filtered.fallback, filtered.mask, filtered.map);
        Ok(Explanation {
            target,
            probability: probabilities[target],
            logit: info.output.target(target).logit(&forward.logits),
            against: options.against,
            margin: asked.logit(&forward.logits),
            logits: forward.logits.clone(),
            probabilities,
            relevance,
            map,
            boundaries,
            filtered,
            mask,
            region,
            width,
            height,
            crop: picture.crop,
            fallback,
            milliseconds,
        })
    }
}

/// Names of the classes: a file may name the one output of a network that answers yes or no, or both answers.
fn labels(labels: Option<Vec<String>>, output: Output) -> Option<Vec<String>> {
    match (output, labels) {
        (Output::Softmax | Output::Sigmoid, labels) => labels,
        (Output::Binary, None) => Some(vec!["no".into(), "yes".into()]),
        (Output::Binary, Some(labels)) => match &labels[..] {
            [one] => Some(vec![format!("not {one}"), one.clone()]),
            _ => Some(labels),
        },
    }
}

fn lasted(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
