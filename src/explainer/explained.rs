//! A picture that was explained, and further questions about it.

use std::ops::{Deref, Range};
use std::sync::Arc;

use super::Explainer;
use super::passes::Picture;
use crate::concept::Concepts;
use crate::explanation::{Explanation, Progress, step};
use crate::metric::{Curves, Direction, Faithfulness, Plan};
use crate::options::Options;
use crate::pause::Pause;
use crate::sentence::say;
use crate::{Error, Result};

/// A picture that was explained, for further questions: another class, another method, or how faithful a map is. The
/// answers are always about this picture, whatever was explained since.
///
/// Its activations are freed when it is dropped. An [`Explainer`] keeps the activations of only one picture, unless
/// [`Explainer::keep_passes`] allows more; for other pictures, the network runs again when they are asked about.
#[derive(Debug)]
pub struct Explained {
    explainer: Explainer,
    picture: Arc<Picture>,
    explanation: Explanation,
}

/// The explanation that was asked for with the picture.
impl Deref for Explained {
    type Target = Explanation;

    fn deref(&self) -> &Explanation {
        &self.explanation
    }
}

impl Explained {
    pub(super) fn new(explainer: Explainer, picture: Arc<Picture>, explanation: Explanation) -> Self {
        Self { explainer, picture, explanation }
    }

    /// The explanation alone, when there are no further questions.
    pub fn into_explanation(self) -> Explanation {
        self.explanation
    }

    /// Explains another class of the picture, or with another method or filter.
    ///
    /// # Errors
    /// As [`Explainer::explain`], and [`Error::Options`] if `fit` differs from the one that the picture was prepared
    /// with.
    pub async fn explain(&self, options: &Options, progress: Progress<'_>) -> Result<Explanation> {
        match (options.fit, self.picture.fit) {
            (Some(asked), Some(fit)) if asked != fit => Err(Error::Options(say!(
                "other-fit",
                "fit is \"{asked}\", but this picture became a square by \"{fit}\"; explain the picture anew",
                asked = asked.word(),
                fit = fit.word()
            ))),
            _ => self.explainer.explain_picture(&self.picture, options, progress).await,
        }
    }

    /// RISE's scores for some of its masks: p_c under each of them, as in the formula of
    /// [`Rise`](crate::attribution::Rise), or for a contrast the weighted sum of probabilities. Several machines or
    /// workers can share the masks; [`Explained::explain_scores`] makes the map of all scores. Progress counts masks.
    ///
    /// # Errors
    /// As [`Explained::explain`], and [`Error::Options`] if the method is not RISE, or has no such masks.
    pub async fn rise_scores(
        &self,
        options: &Options,
        masks: Range<usize>,
        progress: Progress<'_>,
    ) -> Result<Vec<f32>> {
        self.explainer.rise_scores(&self.picture, options, masks, progress).await
    }

    /// RISE's explanation from the scores of all its masks, in order. If the scores are the same, it equals
    /// [`Explained::explain`]'s to the bit.
    ///
    /// # Errors
    /// As [`Explained::explain`], and [`Error::Options`] if the method is not RISE, or the number of scores is not that
    /// of its masks.
    pub async fn explain_scores(&self, options: &Options, scores: &[f32]) -> Result<Explanation> {
        self.explainer.explain_from_scores(&self.picture, options, scores).await
    }

    /// The `top` channels with the most relevance at a layer's output, each with its own map, for the options' class.
    /// The method must be an LRP method. Layers have the names of [`Boundary`](crate::Boundary), from `stem` to
    /// `avgpool`. Progress counts maps.
    ///
    /// # Errors
    /// As [`Explained::explain`], and [`Error::Options`] if there is no such layer or the method is not LRP.
    pub async fn concepts(
        &self,
        layer: &str,
        top: usize,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Concepts> {
        self.explainer.concepts_of(&self.picture, (layer, top), options, progress).await
    }

    /// Each class's probability when the outputs of some channels of a layer are set to 0, and the rest of the network
    /// runs again.
    ///
    /// # Errors
    /// [`Error::Options`] if there is no such layer or channel; otherwise as [`Explained::explain`].
    pub async fn without(&self, layer: &str, channels: &[usize]) -> Result<Vec<f32>> {
        self.explainer.without(&self.picture, layer, channels).await
    }

    /// The picture's RGB pixels as the network sees them, row by row.
    pub fn seen(&self) -> Vec<[u8; 3]> {
        self.explainer.preparation().pixels(&self.picture.input)
    }

    /// Insertion and deletion of a map `[H, W]` of this picture, measured by the probability of the class `target`.
    /// Progress counts the pictures that the network has seen.
    ///
    /// # Errors
    /// [`Error::Picture`] if the map has another size, [`Error::Options`], and [`Error::DeviceLost`].
    pub async fn faithfulness(
        &self,
        map: &[f32],
        target: usize,
        plan: &Plan,
        progress: Progress<'_>,
    ) -> Result<Curves> {
        self.explainer.check(Some(target), None)?;
        let [height, width] = self.picture.size;
        // The pictures of both curves. Their ends are not counted, since several plans share them.
        let total = 2.0 * plan.points as f64;
        progress(0.0, total, step::PICTURES);
        let mut pause = Pause::new();
        let mut seen = 0.0;
        let probabilities = async |pictures: Vec<f32>| {
            let found = self.explainer.probabilities(pictures, width, height, target).await?;
            seen += found.len() as f64;
            progress(seen, total, step::PICTURES);
            pause.take().await;
            Ok(found)
        };
        let curves = self.faithful()?.measure(map, std::slice::from_ref(plan), probabilities).await?;
        curves.into_iter().next().ok_or_else(|| Error::Options(say!("no-curve", "no curve was asked for")))
    }

    /// The RGB pixels of the picture that one point of a curve is measured with; points count from 0.
    ///
    /// # Errors
    /// As [`Explained::faithfulness`].
    pub fn curve_picture(&self, map: &[f32], plan: &Plan, direction: Direction, point: usize) -> Result<Vec<[u8; 3]>> {
        let values = self.faithful()?.picture(map, plan, direction, point)?;
        Ok(self.explainer.preparation().pixels(&values))
    }

    /// As [`Explained::curve_picture`], for every point of a curve in order.
    ///
    /// # Errors
    /// As [`Explained::faithfulness`].
    pub fn curve_pictures(
        &self,
        map: &[f32],
        plan: &Plan,
        direction: Direction,
        mut each: impl FnMut(Vec<[u8; 3]>),
    ) -> Result<()> {
        let preparation = self.explainer.preparation();
        self.faithful()?.pictures(map, plan, direction, |values| each(preparation.pixels(&values)))
    }

    fn faithful(&self) -> Result<Faithfulness> {
        let [height, width] = self.picture.size;
        let (preparation, batch) = (self.explainer.preparation(), self.explainer.batch(self.picture.size)?);
        Faithfulness::new(self.picture.input.to_vec(), width, height, preparation, batch)
    }
}
