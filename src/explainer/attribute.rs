//! Work on a picture's forward pass, one piece of work at a time.

use std::ops::Range;
use std::sync::Arc;

use web_time::Instant;

use super::passes::Picture;
use super::{Engine, Explainer, lasted};
use crate::attribution::{Method, Rise};
use crate::concept::Concepts;
use crate::explanation::{Explanation, Milliseconds, Progress, step};
use crate::forward::{Attribution, Forward, summed};
use crate::metric::Region;
use crate::options::Options;
use crate::output::Target;
use crate::sentence::say;
use crate::{Error, Result, pause};

impl Explainer {
    /// Explains a picture, which may have been explained before.
    pub(super) async fn explain_picture(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        let Engine { network, preparation, info, .. } = &*self.engine;
        let method = options.method.within(&preparation.normalisation);
        let batch = self.batch(picture.size)?;
        let attribute = async |forward: &Forward, target: usize, asked: &Target, progress: Progress<'_>| {
            forward.attribute(network, info.output, (target, asked), &method, batch, progress).await
        };
        self.explanation(picture, options, attribute, progress).await
    }

    /// RISE's scores for a range of its masks.
    pub(super) async fn rise_scores(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        masks: Range<usize>,
        progress: Progress<'_>,
    ) -> Result<Vec<f32>> {
        self.check(options.target, options.against)?;
        let Engine { network, info, .. } = &*self.engine;
        let rise = rise_of(options)?;
        if masks.is_empty() || masks.end > rise.masks {
            return Err(Error::Options(say!(
                "rise-range",
                "masks {first} to {end} are asked for; a range within 0 to {masks} was expected",
                first = masks.start,
                end = masks.end,
                masks = rise.masks
            )));
        }
        let batch = self.batch(picture.size)?;
        let work = async |forward: &Forward| {
            let (target, asked) = self.asked(forward, options)?;
            forward.rise_scores(network, info.output, (target, &asked), (rise, masks), batch, progress).await
        };
        self.with_pass(picture, work).await
    }

    /// RISE's explanation, from the scores of all its masks in order.
    pub(super) async fn explain_from_scores(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        scores: &[f32],
    ) -> Result<Explanation> {
        let rise = rise_of(options)?;
        if scores.len() != rise.masks {
            return Err(Error::Options(say!(
                "rise-scores",
                "there are {found} scores; one for each of {masks} masks was expected",
                found = scores.len(),
                masks = rise.masks
            )));
        }
        let attribute = async |forward: &Forward, _: usize, _: &Target, _: Progress<'_>| forward.rise_map(rise, scores);
        self.explanation(picture, options, attribute, &mut |_, _, _| {}).await
    }

    /// The channels of a layer with the most relevance, for a class, by an LRP method.
    pub(super) async fn concepts_of(
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
                "this method propagates no relevance through the layers, so it has no concepts; use an LRP method, such as lrp-epsilon-plus"
            )));
        };
        let at = network.layer(layer)?;
        let work = async |forward: &Forward| {
            let (target, asked) = self.asked(forward, options)?;
            let amount = forward.amount(info.output, target, &asked, composite.at(0).start);
            forward.concepts(network, (&asked, amount), &composite, (at, top), progress).await
        };
        self.with_pass(picture, work).await
    }

    /// Each class's probability with some channels of a layer set to 0.
    pub(super) async fn without(&self, picture: &Arc<Picture>, layer: &str, channels: &[usize]) -> Result<Vec<f32>> {
        let Engine { network, info, .. } = &*self.engine;
        let at = network.layer(layer)?;
        let work = async |forward: &Forward| forward.without(network, at, channels).await;
        Ok(info.output.probabilities(&self.with_pass(picture, work).await?))
    }

    /// Runs work on a picture's forward pass once no other work uses the network.
    async fn with_pass<T>(&self, picture: &Arc<Picture>, work: impl AsyncFnOnce(&Forward) -> Result<T>) -> Result<T> {
        let Engine { device, turn, fence, .. } = &*self.engine;
        let work = async {
            let _network = turn.lock().await;
            let _turn = device.turn().await;
            let (forward, _) = self.pass(picture).await?;
            let done = work(&forward).await;
            // If the device rejected a command, that is the cause of any other error.
            device.check()?;
            done
        };
        fence.within(work).await
    }

    /// The class that is asked for, and what is explained of it: the class alone, or set against others.
    fn asked(&self, forward: &Forward, options: &Options) -> Result<(usize, Target)> {
        let output = self.engine.info.output;
        let class = options.target.unwrap_or_else(|| output.most_probable(&forward.logits));
        Ok((class, forward.target(output, class, options.against)?))
    }

    /// A picture's explanation; `attribute` computes the relevance of a class from its forward pass.
    async fn explanation(
        &self,
        picture: &Arc<Picture>,
        options: &Options,
        attribute: impl AsyncFnOnce(&Forward, usize, &Target, Progress<'_>) -> Result<Attribution>,
        progress: Progress<'_>,
    ) -> Result<Explanation> {
        self.check(options.target, options.against)?;
        let Engine { device, info, turn, fence, .. } = &*self.engine;
        let work = async {
            let _network = turn.lock().await;
            let _turn = device.turn().await;
            let mut milliseconds = Milliseconds::default();
            progress(0.0, 3.0, step::FORWARD);
            let (forward, lasting) = self.pass(picture).await?;
            milliseconds.forward = lasting;

            progress(1.0, 3.0, step::BACKWARD);
            pause::hand_back().await;
            let start = Instant::now();
            let (target, asked) = self.asked(&forward, options)?;
            let attribution = attribute(&forward, target, &asked, progress).await;
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

            let probabilities = info.output.probabilities(&forward.logits);
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
        };
        fence.within(work).await
    }
}

/// # Errors
/// [`Error::Options`] if the method is not RISE.
fn rise_of(options: &Options) -> Result<&Rise> {
    match &options.method {
        Method::Rise(rise) => Ok(rise),
        _ => Err(Error::Options(say!("rise-method", "this method has no masks; take rise"))),
    }
}
