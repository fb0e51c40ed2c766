//! Applies a method to a forward pass.

use std::ops::Range;

use super::attribution::{Attribution, balanced};
use super::{Forward, known_start};
use crate::attribution::{self, Graded, Method, Rise};
use crate::explanation::{Progress, step};
use crate::network::Graph;
use crate::output::{Output, Target, weighted};
use crate::resample::resize;
use crate::sentence::say;
use crate::{Error, Result, witness};

impl Forward {
    /// The relevance of a target by a method. If the method needs more forward passes, `batch` of them run at a time.
    ///
    /// # Errors
    /// [`Error::Options`] if the method doesn't suit the network, or its result is not finite; [`Error::DeviceWrong`]
    /// if relevance is not conserved.
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
                Attribution::read(&trace.logits.device(), known_start(target, amount), work).await?
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
                let scores =
                    self.rise_scores(network, output, (class, target), (rise, 0..rise.masks), batch, progress).await?;
                return self.rise_map(rise, &scores);
            }
            Method::AttentionMap if matches!(target, Target::Contrast(_)) => {
                return Err(Error::Options(say!(
                    "attention-against",
                    "the method abn has one map for all classes, so it can't set a class against others; leave out against, or use another method"
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

    /// The scores that RISE adds up: the probability, or for a contrast the weighted sum of probabilities, under each
    /// of a range of masks. Progress counts masks.
    ///
    /// # Errors
    /// [`Error::DeviceLost`] if the device goes away.
    pub(crate) async fn rise_scores(
        &self,
        network: &Graph,
        output: Output,
        (class, target): (usize, &Target),
        (rise, masks): (&Rise, Range<usize>),
        batch: usize,
        progress: Progress<'_>,
    ) -> Result<Vec<f32>> {
        let score = |logits: &[f32]| {
            let probabilities = output.probabilities(logits);
            match target {
                Target::Class { .. } => probabilities[class],
                Target::Contrast(weights) => weighted(weights, &probabilities),
            }
        };
        let report = |done, total| progress(done as f64, total as f64, step::MASKS);
        rise.scores(network, (&self.input, self.size), score, masks, batch, report).await
    }

    /// RISE's map, from the scores of all its masks.
    ///
    /// # Errors
    /// [`Error::Options`] if it is not finite.
    pub(crate) fn rise_map(&self, rise: &Rise, scores: &[f32]) -> Result<Attribution> {
        Attribution { values: rise.map(scores, self.size)?, boundaries: Vec::new() }.finite()
    }

    /// A map `[rows, columns]`, enlarged to the picture's size by bilinear interpolation between the pixels' centres.
    fn coarse(&self, map: Vec<f32>, [rows, columns]: [usize; 2]) -> Result<Attribution> {
        let [height, width] = self.size;
        Ok(Attribution { values: resize(&map, [columns, rows], [width, height])?, boundaries: Vec::new() })
    }

    /// A map made from the gradient, if its account adds up to the logit, and the map's size.
    async fn graded(&self, target: &Target, work: impl FnOnce() -> Graded + Send) -> Result<(Vec<f32>, [usize; 2])> {
        let ((size, account), read) = witness::read_kept(&self.trace.logits.device(), || {
            let Graded { map, account } = work();
            let [_, _, rows, columns] = map.dims();
            let mut tensors = vec![map.flatten::<1>(0, 3)];
            let account = account.map(|(sum, account)| {
                let (account, sums) = account.tensors();
                tensors.push(sum);
                tensors.extend(sums);
                account
            });
            (([rows, columns], account), tensors)
        })
        .await?;
        let mut read = read.into_iter();
        let map = read.next().unwrap_or_default();
        if let (Some(account), Some(sum)) = (account, read.next()) {
            let sum = sum.into_iter().map(f64::from).sum();
            let [taken, magnitude] = account.read(read);
            balanced("the picture", target.logit(&self.logits).into(), sum, taken, magnitude)?;
        }
        Ok((map, size))
    }
}
