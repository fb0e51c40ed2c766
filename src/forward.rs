//! A forward pass, and what the methods make of it.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use crate::attribution::{self, Composite, Graded, Method, Staged, Start};
use crate::concept::{self, Concept, Concepts};
use crate::explanation::{Boundary, Progress, step};
use crate::network::{Graph, Trace};
use crate::output::{Against, Output, Target, weighted};
use crate::pause::Pause;
use crate::resample::resize;
use crate::sentence::say;
use crate::{Error, Result, witness};

/// How far relevance may be from what the ledger says of it, as a share of Σ|R| and of what was taken. Each
/// sum in f32 rounds at 6e-8, and terms of other signs may be larger than what is left of them: 7e-7 is the
/// most that was seen, of every method on both devices, with ε down to 1e-30.
const IMBALANCE: f64 = 1e-4;

/// The least that relevance starts with: a probability that f32 rounds to zero, or that is so small that what
/// comes of it would be, gives the map of this one. Maps are of relevance a millionth of the start and less.
const LEAST: f32 = 1e-12;

/// A forward pass whose activations are kept, so that another class needs only the way back.
#[derive(Debug)]
pub(crate) struct Forward {
    /// [channels, height, width].
    pub(crate) input: Arc<Vec<f32>>,
    /// [height, width].
    pub(crate) size: [usize; 2],
    trace: Trace,
    /// [classes], finite.
    pub(crate) logits: Vec<f32>,
}

impl Forward {
    /// Runs a network on one input [channels, height, width].
    ///
    /// # Errors
    /// [`Error::Weights`] where a logit is not finite, and [`Error::DeviceWrong`].
    pub(crate) async fn run(
        network: &Graph,
        input: impl Into<Arc<Vec<f32>>>,
        [height, width]: [usize; 2],
        device: &Device,
    ) -> Result<Self> {
        let input = input.into();
        let picture = Tensor::from_data(TensorData::new(input.to_vec(), [1, network.channels, height, width]), device);
        let (trace, read) = witness::read_kept(device, || {
            let trace = network.forward(picture);
            let logits = trace.logits.clone().flatten(0, 3);
            (trace, vec![logits])
        })
        .await?;
        let logits: Vec<f32> = read.into_iter().flatten().collect();
        if logits.iter().any(|logit| !logit.is_finite()) {
            return Err(Error::Weights(say!(
                "output-infinite",
                "the network's output is not finite on this picture; its weights overflow"
            )));
        }
        Ok(Self { input, size: [height, width], trace, logits })
    }

    /// What is explained of a class, which may be held against others.
    ///
    /// # Errors
    /// As [`Output::contrast`].
    pub(crate) fn target(&self, output: Output, class: usize, against: Option<Against>) -> Result<Target> {
        against.map_or_else(|| Ok(output.target(class)), |against| output.contrast(class, against, &self.logits))
    }

    /// How much relevance a class starts with.
    pub(crate) fn amount(&self, output: Output, class: usize, target: &Target, start: Start) -> f32 {
        let amount = match start {
            Start::Probability => output.probabilities(&self.logits)[class],
            Start::Logit => target.logit(&self.logits).abs(),
        };
        amount.max(LEAST)
    }

    /// The `top` channels with most relevance at the output of the node `at`, each with its map. `progress` is told the
    /// maps done and in all.
    ///
    /// # Errors
    /// As [`Forward::attribute`].
    pub(crate) async fn concepts(
        &self,
        network: &Graph,
        (target, amount): (&Target, f32),
        composite: &Staged<Composite>,
        (at, top): (usize, usize),
        progress: Progress<'_>,
    ) -> Result<Concepts> {
        let (trace, device) = (&self.trace, self.trace.logits.device());
        let work = || attribution::attribute_to(network, trace, target, amount, composite, at);
        let reached = Attribution::read(&device, known(target, amount), work).await?;
        let Some(Boundary { name, width, height, .. }) = reached.boundaries.last() else {
            return Err(Error::DeviceLost(say!("result-short", "its result is shorter than it should be")));
        };
        let area = width * height;
        let channels = concept::channels(&reached.values, area);
        let order = concept::most_relevant(&channels, top);
        let magnitude: f64 = channels.iter().map(|relevance| relevance.abs()).sum();
        let (mut concepts, mut pause) = (Vec::with_capacity(order.len()), Pause::new());
        for &channel in &order {
            progress(concepts.len() as f64, order.len() as f64, step::CONCEPTS);
            let own = channel * area..(channel + 1) * area;
            let mut alone = vec![0f32; reached.values.len()];
            alone[own.clone()].copy_from_slice(&reached.values[own]);
            let alone = Tensor::from_data(TensorData::new(alone, [1, channels.len(), *height, *width]), &device);
            let work = || attribution::attribute_from(network, trace, composite, at, alone);
            let Attribution { values, .. } = Attribution::read(&device, None, work).await?.finite()?;
            let relevance = channels[channel];
            let share = if magnitude > 0.0 { relevance / magnitude } else { 0.0 };
            let map = summed(&values, self.size[0] * self.size[1]);
            concepts.push(Concept { channel, relevance, share, map });
            pause.take().await;
        }
        let [height, width] = self.size;
        Ok(Concepts { layer: name.clone(), channels, concepts, width, height })
    }

    /// The logits [outputs] where the outputs of the node `at` are 0 in these channels: all that comes after it runs again.
    ///
    /// # Errors
    /// [`Error::Options`] where there is no such channel, [`Error::DeviceWrong`] and [`Error::DeviceLost`].
    pub(crate) async fn without(&self, network: &Graph, at: usize, channels: &[usize]) -> Result<Vec<f32>> {
        let (output, name) = (&self.trace.steps[at].output, &network.nodes[at].name);
        let count = output.dims()[1];
        let mut kept = vec![1f32; count];
        for &channel in channels {
            *kept.get_mut(channel).ok_or_else(|| {
                Error::Options(say!(
                    "no-channel",
                    "there is no channel {channel} in {layer}; its channels are 0 to {last}",
                    channel,
                    layer = name.as_str(),
                    last = count.saturating_sub(1)
                ))
            })? = 0.0;
        }
        let device = output.device();
        let kept = Tensor::from_data(TensorData::new(kept, [1, count, 1, 1]), &device);
        let work = || ((), vec![network.logits_from(at + 1, output.clone() * kept).flatten(0, 1)]);
        let ((), read) = witness::read(&device, work).await?;
        Ok(read.into_iter().flatten().collect())
    }

    /// A class by a method. Where it needs more forward passes, `batch` run together.
    ///
    /// # Errors
    /// [`Error::Options`] where the method needs another network, or its result is not finite, and
    /// [`Error::DeviceWrong`] where it does not add up.
    pub(crate) async fn attribute(
        &self,
        network: &Graph,
        output: Output,
        (class, target): (usize, &Target),
        method: &Method,
        batch: usize,
        progress: Progress<'_>,
    ) -> Result<Attribution> {
        let trace = &self.trace;
        let attribution = match method {
            Method::Lrp(composite) => {
                let amount = self.amount(output, class, target, composite.at(0).start);
                let work = || attribution::attribute(network, trace, target, amount, composite);
                Attribution::read(&trace.logits.device(), known(target, amount), work).await?
            }
            Method::InputXGradient => {
                let (values, _) = self.graded(target, || attribution::input_x_gradient(network, trace, target)).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::GradCam { stage } => {
                let at = network.stage(*stage)?;
                let graded = || attribution::grad_cam(network, trace, target, at);
                let (values, size) = self.graded(target, graded).await?;
                self.coarse(values, size)?
            }
            Method::Rise(rise) => {
                // The backward step, in parts.
                let report = |done, total| progress(1.0 + done as f64 / total as f64, 3.0, step::MASKS);
                let score = |logits: &[f32]| {
                    let probabilities = output.probabilities(logits);
                    match target {
                        Target::Class { .. } => probabilities[class],
                        Target::Contrast(weights) => weighted(weights, &probabilities),
                    }
                };
                let values = rise.map(network, &self.input, self.size, score, batch, report).await?;
                Attribution { values, boundaries: Vec::new() }
            }
            Method::AttentionMap if matches!(target, Target::Contrast(_)) => {
                return Err(Error::Options(say!(
                    "attention-against",
                    "the method abn shows one map for all classes, so that it can't hold a class against others; leave against out, or take another method"
                )));
            }
            Method::AttentionMap => match network.attention() {
                Some((at, attention)) => {
                    let device = trace.logits.device();
                    let (size, read) = witness::read(&device, || {
                        let map = attention.forward(trace.given(at).clone());
                        let [_, _, rows, columns] = map.dims();
                        ([rows, columns], vec![map.flatten(0, 3)])
                    })
                    .await?;
                    self.coarse(read.into_iter().flatten().collect(), size)?
                }
                None => {
                    return Err(Error::Options(say!(
                        "no-attention",
                        "the method abn shows a network's own attention map, and this network has no attention branch; load an Attention Branch Network, or take another method"
                    )));
                }
            },
        };
        attribution.finite()
    }

    /// A map [rows, columns] at the picture's size, by bilinear interpolation between the pixels' centres.
    fn coarse(&self, map: Vec<f32>, [rows, columns]: [usize; 2]) -> Result<Attribution> {
        let [height, width] = self.size;
        Ok(Attribution { values: resize(&map, [columns, rows], [width, height])?, boundaries: Vec::new() })
    }

    /// What was made of the gradient, if it adds up to the logit, and its size.
    async fn graded(&self, target: &Target, work: impl FnOnce() -> Graded + Send) -> Result<(Vec<f32>, [usize; 2])> {
        let (size, read) = witness::read_kept(&self.trace.logits.device(), || {
            let Graded { map, account } = work();
            let [_, _, rows, columns] = map.dims();
            let mut tensors = vec![map.flatten::<1>(0, 3)];
            tensors.extend(account.into_iter().flatten());
            ([rows, columns], tensors)
        })
        .await?;
        let mut read = read.into_iter();
        let map = read.next().unwrap_or_default();
        if let [sum, taken, magnitude] = &read.flatten().map(f64::from).collect::<Vec<_>>()[..] {
            balanced("the picture", target.logit(&self.logits).into(), *sum, *taken, *magnitude)?;
        }
        Ok((map, size))
    }
}

/// What a method found.
pub(crate) struct Attribution {
    /// [channels, H, W], or a map [1, H, W].
    pub(crate) values: Vec<f32>,
    pub(crate) boundaries: Vec<Boundary>,
}

/// Relevance that a class starts with, whose sum has to be at the first boundary; a contrast's is the device's.
fn known(target: &Target, amount: f32) -> Option<f32> {
    matches!(target, Target::Class { .. }).then_some(amount)
}

/// Values [channels, pixels] summed over the channels, [pixels].
pub(crate) fn summed(values: &[f32], pixels: usize) -> Vec<f32> {
    (0..pixels).map(|at| values.iter().skip(at).step_by(pixels).sum()).collect()
}

impl Attribution {
    /// The same, if all of it is finite.
    fn finite(self) -> Result<Self> {
        match self.values.iter().all(|value| value.is_finite()) {
            true => Ok(self),
            false => Err(Error::Options(say!(
                "relevance-infinite",
                "the relevance is not finite with this stabilizer and epsilon, so there is no map; try the signed stabilizer or a larger epsilon"
            ))),
        }
    }

    /// What `work` gives, if it adds up. Relevance starts with an `amount`; where there is none, with whatever is there.
    async fn read(
        device: &Device,
        amount: Option<f32>,
        work: impl FnOnce() -> attribution::Relevance + Send,
    ) -> Result<Self> {
        let ((names, sizes), mut read) = witness::read_kept(device, || {
            let attribution::Relevance { input, boundaries, accounts } = work();
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
fn balanced(name: &str, before: f64, sum: f64, taken: f64, magnitude: f64) -> Result<()> {
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

/// Logits [N, outputs] of pictures [N, 3, H, W], with nothing kept.
///
/// # Errors
/// [`Error::DeviceWrong`] and [`Error::DeviceLost`].
pub(crate) async fn answer(network: &Graph, pictures: Tensor<4>) -> Result<Vec<f32>> {
    let device = pictures.device();
    let ((), read) = witness::read(&device, || ((), vec![network.logits(pictures).flatten(0, 1)])).await?;
    Ok(read.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::weights::{Architecture, Bytes, Checkpoint, formula};

    const SIDES: [usize; 2] = [72, 64];

    fn network() -> Graph {
        let checkpoint = formula::checkpoint(&Architecture::resnet([1, 2, 1, 1], 8, 10)).unwrap();
        let checkpoint = pollster::block_on(Checkpoint::open(Bytes(checkpoint))).unwrap();
        pollster::block_on(Graph::load(&checkpoint, &Device::flex(), |_, _| {})).unwrap()
    }

    fn forward(network: &Graph) -> Forward {
        let input = formula::input("input", SIDES[0], SIDES[1]);
        pollster::block_on(Forward::run(network, input, SIDES, &Device::flex())).unwrap()
    }

    fn attributed(forward: &Forward, network: &Graph, options: Value) -> Result<Attribution> {
        let method = crate::Options::from_json(json!({ "method": options })).unwrap().method;
        let target = Output::Softmax.most_probable(&forward.logits);
        pollster::block_on(forward.attribute(
            network,
            Output::Softmax,
            (target, &Output::Softmax.target(target)),
            &method,
            1,
            &mut |_, _, _| {},
        ))
    }

    #[test]
    fn every_method_adds_up() {
        let network = network();
        let forward = forward(&network);
        for method in crate::options::methods() {
            let options = match method.name {
                "abn" => continue,
                "rise" => json!({ "name": "rise", "masks": 3 }),
                name => json!({ "name": name }),
            };
            attributed(&forward, &network, options).unwrap();
        }
        for options in [
            json!({ "name": "lrp-epsilon", "epsilon": 1e-30, "norm": "own" }),
            json!({ "name": "lrp-epsilon", "convolution": "zero", "stabilizer": "plain" }),
            json!({ "name": "lrp-splitting", "addition": "symmetric", "identitySkips": false }),
            json!({ "name": "lrp-epsilon-plus", "linear": "gamma", "first": "w-square" }),
            json!({ "name": "c3-lrp", "epsilon": 10, "start": "logit" }),
            json!({ "name": "grad-cam", "stage": 1 }),
        ] {
            attributed(&forward, &network, options).unwrap();
        }
    }

    /// The way back by other weights than the way there.
    #[test]
    fn what_does_not_add_up_is_withheld() {
        let network = network();
        let forward = forward(&network);
        for method in ["c3-lrp", "input-x-gradient"] {
            let mut other = network.clone();
            let Some((conv2, _)) = other.convolutions(SIDES).into_iter().nth(5) else { unreachable!() };
            conv2.weight = (conv2.weight.tensor().clone() * 1.01).into();
            let found = attributed(&forward, &other, json!({ "name": method })).err();
            assert!(matches!(found, Some(Error::DeviceWrong(_))), "{method}: {found:?}");
        }
    }

    #[test]
    fn no_number_balances_nothing() {
        assert!(balanced("fc", 1.0, 0.75, 0.25, 1.0).is_ok());
        assert!(balanced("fc", 0.0, 0.0, 0.0, 0.0).is_ok());
        assert!(balanced("fc", 1.0, 0.75, 0.26, 1.0).is_err());
        assert!(balanced("fc", 1.0, f64::NAN, 0.25, 1.0).is_err());
        assert!(balanced("fc", 1.0, 0.75, f64::NAN, 1.0).is_err());
    }
}
