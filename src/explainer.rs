//! A loaded network that explains pictures.

use burn::tensor::{Tensor, TensorData, Transaction};
use serde::Serialize;
use web_time::Instant;

use crate::attribution::{self, Method, MethodInfo, Start};
use crate::device::{Adapter, Choice, Device, Kind};
use crate::network::{ResNet, Trace};
use crate::options::Options;
use crate::picture::{self, Crop, Normalisation};
use crate::resample::resize;
use crate::weights::{Checkpoint, Source};
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
}

/// How long the parts of an explanation took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Milliseconds {
    /// Picture to logits; 0 where the pass of the same picture before was used again.
    pub forward: f64,
    /// Class to relevance.
    pub backward: f64,
    /// The post-filter.
    pub filter: f64,
}

/// One class of one picture, explained.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The explained class.
    pub target: usize,
    /// Its softmax probability.
    pub probability: f32,
    /// [classes].
    pub logits: Vec<f32>,
    /// Relevance [3, H, W]; the map, [1, H, W], where the method gives no relevance per channel
    /// (Grad-CAM, RISE, ABN).
    pub relevance: Vec<f32>,
    /// Relevance summed over the channels, [H, W].
    pub map: Vec<f32>,
    /// Relevance of each layer's output, from the class down to the picture; empty where the method is
    /// no LRP.
    pub boundaries: Vec<Boundary>,
    /// The map after the filter, [H, W].
    pub filtered: Vec<f32>,
    /// 1 where the filter keeps, [H, W].
    pub mask: Vec<u8>,
    /// W.
    pub width: usize,
    /// H.
    pub height: usize,
    /// The part of the picture that the map covers.
    pub crop: Crop,
    /// Whether contour and component shared nothing, so that the component alone was kept.
    pub fallback: bool,
    /// Times taken.
    pub milliseconds: Milliseconds,
}

/// Relevance between two layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The layer whose output it is of: `fc`, `avgpool`, `layer4.2`, … `layer1.0`, `maxpool`, `stem`; at
    /// last `input`, the picture.
    pub name: String,
    /// All of it. Where rules conserve, it is what relevance started as.
    pub sum: f64,
    /// Summed over the channels, [height, width].
    pub map: Vec<f32>,
    /// Columns of the map.
    pub width: usize,
    /// Rows of the map.
    pub height: usize,
}

/// Told of the work: steps done, steps in all, what comes next.
pub type Progress<'a> = &'a mut dyn FnMut(f64, f64, &str);

/// A network on its device, with the last picture's activations.
#[derive(Debug)]
pub struct Explainer {
    device: Device,
    network: ResNet,
    normalisation: Normalisation,
    info: Info,
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
        progress: Progress<'_>,
    ) -> Result<Self> {
        let size = weights.size() as f64;
        progress(0.0, size, "reading the weights' header");
        let checkpoint = Checkpoint::open(weights).await?;
        let normalisation = checkpoint.normalisation()?;
        progress(0.0, size, "checking the device");
        let device = Device::open(choice, adapter).await?;
        let network = ResNet::load(&checkpoint, device.burn(), |done, total| {
            progress((size * done as f64 / total as f64).round(), size, "loading the weights")
        })
        .await?;
        device.check()?;
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
        };
        Ok(Self { device, network, normalisation, info, last: None })
    }

    /// What is loaded, and where it runs.
    pub fn info(&self) -> &Info {
        &self.info
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

    /// The logits [N, classes] of N normalised pictures [N, 3, height, width], which run through the network
    /// together. No activation is kept.
    ///
    /// # Errors
    /// [`Error::Picture`] where the values are no pictures of that size, [`Error::Weights`] where a logit is not
    /// finite, and [`Error::DeviceLost`].
    pub async fn logits(&self, chw: Vec<f32>, width: usize, height: usize) -> Result<Vec<f32>> {
        let picture = 3 * width.min(*SIDES.end()) * height.min(*SIDES.end());
        if !SIDES.contains(&width) || !SIDES.contains(&height) || chw.is_empty() || !chw.len().is_multiple_of(picture) {
            return Err(Error::Picture(format!(
                "{} values are no pictures of 3·{height}·{width}, with sides of {} to {}",
                chw.len(),
                SIDES.start(),
                SIDES.end()
            )));
        }
        let shape = [chw.len() / picture, 3, height, width];
        let logits = self.network.logits(Tensor::from_data(TensorData::new(chw, shape), self.device.burn()));
        let logits = read(logits).await?;
        self.device.check()?;
        match logits.iter().all(|logit| logit.is_finite()) {
            true => Ok(logits),
            false => Err(Error::Weights("the network's output is not finite on these pictures".into())),
        }
    }

    /// Explains a picture of RGBA bytes.
    ///
    /// # Errors
    /// [`Error::Picture`], [`Error::Options`], and [`Error::DeviceLost`] where the device failed; a
    /// map that may be wrong is never given.
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
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(Error::Picture(format!(
                "the tensor is {width} wide and {height} high; {} to {} was expected",
                SIDES.start(),
                SIDES.end()
            )));
        }
        if chw.len() != 3 * height * width {
            return Err(Error::Picture(format!(
                "the tensor has {} values where 3·{height}·{width} = {} were expected",
                chw.len(),
                3 * height * width
            )));
        }
        if let Some(value) = chw.iter().find(|value| !value.is_finite()) {
            return Err(Error::Picture(format!("the tensor holds {value}; every value must be finite")));
        }
        let crop = Crop { x: 0.0, y: 0.0, width: width as f64, height: height as f64 };
        self.explain_values(chw, [height, width], crop, options, progress).await
    }

    async fn explain_values(
        &mut self,
        values: Vec<f32>,
        [height, width]: [usize; 2],
        crop: Crop,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        if let Some(target) = options.target.filter(|target| *target >= self.info.classes) {
            return Err(Error::Options(format!(
                "target is {target}, but the network has the classes 0 to {}",
                self.info.classes - 1
            )));
        }
        let mut milliseconds = Milliseconds::default();
        progress(0.0, 3.0, "forward");
        let start = Instant::now();
        let forward = match self.last.take() {
            Some(last) if last.input == values && last.size == [height, width] => last,
            last => {
                drop(last);
                let forward = Forward::run(&self.network, values, [height, width], self.device.burn()).await?;
                self.device.check()?;
                milliseconds.forward = lasted(start);
                forward
            }
        };
        let target = options.target.unwrap_or_else(|| most_probable(&forward.logits));
        let probability = softmax(&forward.logits)[target];

        progress(1.0, 3.0, "backward");
        let start = Instant::now();
        let method = options.method.within(&self.normalisation);
        let Attribution { values: relevance, boundaries } =
            forward.attribute(&self.network, target, &method, progress).await?;
        self.device.check()?;
        milliseconds.backward = lasted(start);

        progress(2.0, 3.0, "filter");
        let start = Instant::now();
        let pixels = width * height;
        let map: Vec<f32> = (0..pixels).map(|at| relevance.iter().skip(at).step_by(pixels).sum()).collect();
        let filtered = options.filter.apply(&map, width, height)?;
        milliseconds.filter = lasted(start);
        progress(3.0, 3.0, "done");

        let logits = forward.logits.clone();
        self.last = Some(forward);
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

fn lasted(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// A forward pass whose activations are kept, so that another class needs only the way back.
#[derive(Debug)]
pub(crate) struct Forward {
    input: Vec<f32>,
    size: [usize; 2],
    trace: Trace,
    /// [classes], finite.
    pub(crate) logits: Vec<f32>,
}

impl Forward {
    /// Runs a network on one input [3, height, width].
    pub(crate) async fn run(
        network: &ResNet,
        input: Vec<f32>,
        [height, width]: [usize; 2],
        device: &burn::tensor::Device,
    ) -> Result<Self> {
        let trace = network.forward(Tensor::from_data(TensorData::new(input.clone(), [1, 3, height, width]), device));
        let logits = read(trace.logits.clone()).await?;
        if logits.iter().any(|logit| !logit.is_finite()) {
            return Err(Error::Weights(
                "the network's output is not finite on this picture; its weights overflow".into(),
            ));
        }
        Ok(Self { input, size: [height, width], trace, logits })
    }

    /// The class `target` by a method.
    ///
    /// # Errors
    /// [`Error::Options`] where the method needs another network, or its result is not finite.
    pub(crate) async fn attribute(
        &self,
        network: &ResNet,
        target: usize,
        method: &Method,
        progress: Progress<'_>,
    ) -> Result<Attribution> {
        let trace = &self.trace;
        let attribution = match method {
            Method::Lrp(composite) => {
                let start = match composite.start {
                    Start::Probability => softmax(&self.logits)[target],
                    Start::Logit => self.logits[target],
                };
                Attribution::read(attribution::attribute(network, trace, target, start, composite)).await?
            }
            Method::InputXGradient => {
                let values = read(attribution::input_x_gradient(network, trace, target)).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::GradCam { stage } => self.coarse(attribution::grad_cam(network, trace, target, *stage)).await?,
            Method::Rise(rise) => {
                // The backward step, in parts.
                let report = |done, total| progress(1.0 + done as f64 / total as f64, 3.0, "masks");
                let values = rise.map(network, &self.input, self.size, target, report).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::AttentionMap => match &network.attention {
                Some((attention, at)) => self.coarse(attention.forward(trace.blocks[at - 1].output.clone())).await?,
                None => {
                    return Err(Error::Options(
                        "the method abn shows a network's own attention map, and this network has no attention branch; load an Attention Branch Network, or take another method".into(),
                    ));
                }
            },
        };
        if attribution.values.iter().any(|value| !value.is_finite()) {
            return Err(Error::Options("the relevance is not finite with this stabilizer and epsilon, so there is no map; try the signed stabilizer or a larger epsilon".into()));
        }
        Ok(attribution)
    }

    /// A map [1, 1, h, w] at the picture's size, by bilinear interpolation between the pixels' centres.
    async fn coarse(&self, map: Tensor<4>) -> Result<Attribution> {
        let [_, _, rows, columns] = map.dims();
        let [height, width] = self.size;
        let values = resize(&read(map).await?, [columns, rows], [width, height])?;
        Ok(Attribution { values, boundaries: Vec::new() })
    }
}

/// What a method found.
pub(crate) struct Attribution {
    /// [3, H, W], or a map [1, H, W].
    pub(crate) values: Vec<f32>,
    boundaries: Vec<Boundary>,
}

impl Attribution {
    /// All of it in one trip: each costs the browser milliseconds.
    async fn read(relevance: attribution::Relevance) -> Result<Self> {
        let attribution::Relevance { input, boundaries } = relevance;
        let sizes: Vec<_> = boundaries.iter().map(|(_, map)| map.dims()).collect();
        let mut transaction = Transaction::default().register(input);
        let mut names = Vec::with_capacity(boundaries.len());
        for (name, map) in boundaries {
            transaction = transaction.register(map);
            names.push(name);
        }
        let mut read = Vec::with_capacity(names.len() + 1);
        for data in transaction.execute_async().await? {
            read.push(values(data)?);
        }
        let maps = read.split_off(1);
        let boundary = |((name, map), [_, _, height, width]): ((String, Vec<f32>), [usize; 4])| {
            let sum = map.iter().map(|&value| f64::from(value)).sum();
            Boundary { name, sum, map, width, height }
        };
        let boundaries = names.into_iter().zip(maps).zip(sizes).map(boundary).collect();
        Ok(Self { values: read.swap_remove(0), boundaries })
    }
}

/// Each class's probability.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let exponentials: Vec<f64> = logits.iter().map(|logit| f64::from(logit - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| (exponential / sum) as f32).collect()
}

/// The most probable class, the first of equals.
pub(crate) fn most_probable(logits: &[f32]) -> usize {
    (0..logits.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default()
}

pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    values(tensor.into_data_async().await?)
}

fn values(data: TensorData) -> Result<Vec<f32>> {
    data.try_into_vec().map_err(|error| Error::DeviceLost(format!("its result can't be read: {error:?}")))
}
