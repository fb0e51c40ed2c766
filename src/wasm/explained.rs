//! A picture that was explained, as a JavaScript class.

use std::rc::Rc;

use js_sys::{Array, Float32Array, Float64Array, Object, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::abort::Abort;
use super::asked::{Call, ExplainOptions};
use super::call::promise;
use super::heatmap::region_to_js;
use super::{JsResult, fields, object_of, progress, thrown, to_js};
use crate::metric::{Curve, Direction};
use crate::options::CurveCall;
use crate::options::Name;
use crate::{Boundary, Concept, Concepts, Explained, Explanation};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "FaithfulnessOptions")]
    pub type FaithfulnessOptions;
    #[wasm_bindgen(typescript_type = "ShownOptions")]
    pub type ShownOptions;
    #[wasm_bindgen(typescript_type = "FilmOptions")]
    pub type FilmOptions;
    #[wasm_bindgen(typescript_type = "Uint8ClampedArray<ArrayBuffer>")]
    pub type JsPixels;
    #[wasm_bindgen(typescript_type = "Uint8ClampedArray<ArrayBuffer>[]")]
    pub type JsFilm;
    #[wasm_bindgen(typescript_type = "ConceptOptions")]
    pub type ConceptOptions;
    #[wasm_bindgen(typescript_type = "Promise<Concepts>")]
    pub type ConceptsPromise;
    #[wasm_bindgen(typescript_type = "Promise<Float32Array>")]
    pub type ProbabilitiesPromise;
    #[wasm_bindgen(typescript_type = "Promise<Float32Array>")]
    pub type ScoresPromise;
    #[wasm_bindgen(typescript_type = "Promise<Explanation>")]
    pub type ExplanationPromise;
    #[wasm_bindgen(typescript_type = "Promise<Explained>")]
    pub type ExplainedPromise;
    #[wasm_bindgen(typescript_type = "Promise<Faithfulness>")]
    pub type FaithfulnessPromise;
}

/// A picture that was explained, for further questions about it, whatever was explained since. Its memory is freed by
/// `free()`, or when nobody refers to it any more.
#[wasm_bindgen(js_name = Explained)]
pub struct JsExplained {
    explained: Rc<Explained>,
}

impl JsExplained {
    /// A JavaScript object that has the explanation's fields as its own.
    pub fn to_js(explained: Explained) -> JsResult<JsValue> {
        let fields = explanation_to_js(&explained)?;
        let object = JsValue::from(Self { explained: Rc::new(explained) });
        Ok(Object::assign(object.unchecked_ref(), &fields).into())
    }
}

#[wasm_bindgen(js_class = Explained)]
impl JsExplained {
    /// Explains another class of the picture, or with another method or filter. The picture's forward pass is used
    /// again if it is still kept.
    ///
    /// Throws as `Explainer.explain`.
    pub fn explain(&self, options: Option<ExplainOptions>) -> ExplanationPromise {
        let explained = self.explained.clone();
        promise(async move {
            let Call { options, abort, mut report } = Call::read(options)?;
            let explanation = abort.unless(explained.explain(&options, &mut report)).await?;
            Ok(explanation_to_js(&explanation)?.into())
        })
    }

    /// RISE's scores for `count` of its masks, starting with number `first`, so that workers can share the masks.
    /// `onProgress` counts masks.
    ///
    /// Throws as `Explainer.explain`, and `OptionsError` if the method is not RISE, or has no such masks.
    #[wasm_bindgen(js_name = riseScores)]
    pub fn rise_scores(&self, first: usize, count: usize, options: Option<ExplainOptions>) -> ScoresPromise {
        let explained = self.explained.clone();
        promise(async move {
            let Call { options, abort, mut report } = Call::read(options)?;
            let masks = first..first.saturating_add(count);
            let scores = abort.unless(explained.rise_scores(&options, masks, &mut report)).await?;
            Ok(Float32Array::from(&scores[..]).into())
        })
    }

    /// RISE's explanation, from the scores of all its masks in order.
    ///
    /// Throws as `Explainer.explain`, and `OptionsError` if the method is not RISE, or the number of scores is not that
    /// of its masks.
    #[wasm_bindgen(js_name = explainScores)]
    pub fn explain_scores(&self, scores: Vec<f32>, options: Option<ExplainOptions>) -> ExplanationPromise {
        let explained = self.explained.clone();
        promise(async move {
            let Call { options, abort, .. } = Call::read(options)?;
            let explanation = abort.unless(explained.explain_scores(&options, &scores)).await?;
            Ok(explanation_to_js(&explanation)?.into())
        })
    }

    /// The channels of a layer with the most relevance, each with the relevance that reaches each pixel through it.
    ///
    /// Throws as `Explainer.explain`, and `OptionsError` if there is no such layer or the method is not an LRP method.
    pub fn concepts(&self, layer: String, options: Option<ConceptOptions>) -> ConceptsPromise {
        let explained = self.explained.clone();
        promise(async move {
            let given = options.map(JsValue::from).unwrap_or_default();
            let mut fields = fields(&given)?;
            let top = crate::options::whole(&mut fields, Name::Top).map_err(thrown)?.unwrap_or(TOP);
            let Call { options, abort, mut report } = Call::read_options(&given, fields)?;
            let found = abort.unless(explained.concepts(&layer, top, &options, &mut report)).await?;
            concepts_to_js(&found)
        })
    }

    /// Each class's probability when the outputs of some channels of a layer are set to 0, and everything after them
    /// runs again.
    ///
    /// Throws `OptionsError` if there is no such layer or channel, and `DeviceLost`.
    pub fn without(&self, layer: String, channels: Vec<u32>) -> ProbabilitiesPromise {
        let explained = self.explained.clone();
        promise(async move {
            let channels: Vec<usize> = channels.into_iter().map(|channel| channel as usize).collect();
            let probabilities = explained.without(&layer, &channels).await.map_err(thrown)?;
            Ok(Float32Array::from(&probabilities[..]).into())
        })
    }

    /// Insertion and deletion of a map (H·W) of this picture: whether the class's probability follows what the map
    /// calls relevant.
    ///
    /// Throws `PictureError`, `OptionsError`, `DeviceLost`, and the reason of `signal`.
    pub fn faithfulness(&self, map: Vec<f32>, options: FaithfulnessOptions) -> FaithfulnessPromise {
        let explained = self.explained.clone();
        promise(async move {
            let given = JsValue::from(options);
            let (abort, mut report) = (Abort::of(&given)?, progress(&given)?);
            let asked = CurveCall::read(fields(&given)?, "faithfulness", &[Name::Target]).map_err(thrown)?;
            let target = asked.needed().and_then(|needed| needed.whole(Name::Target)).map_err(thrown)?;
            let curves = abort.unless(explained.faithfulness(&map, target, &asked.plan, &mut report)).await?;
            object_of([
                ("insertion", curve_to_js(&curves.insertion)?),
                ("deletion", curve_to_js(&curves.deletion)?),
                ("id", curves.id().into()),
            ])
        })
    }

    /// The picture that one point of a curve is measured with, as RGBA bytes.
    ///
    /// Throws as `faithfulness`.
    pub fn shown(&self, map: Vec<f32>, options: ShownOptions) -> JsResult<JsPixels> {
        let asked =
            CurveCall::read(fields(&options.into())?, "shown", &[Name::Direction, Name::Point]).map_err(thrown)?;
        let needed = asked.needed().map_err(thrown)?;
        let direction: Direction = needed.word(Name::Direction).map_err(thrown)?;
        let point = needed.whole(Name::Point).map_err(thrown)?;
        let pixels = self.explained.curve_picture(&map, &asked.plan, direction, point).map_err(thrown)?;
        Ok(JsValue::from(Uint8ClampedArray::from(&rgba(pixels)[..])).unchecked_into())
    }

    /// The picture as the network sees it, as RGBA bytes.
    pub fn seen(&self) -> JsPixels {
        JsValue::from(Uint8ClampedArray::from(&rgba(self.explained.seen())[..])).unchecked_into()
    }

    /// As `shown` for every point of the curve, in order.
    ///
    /// Throws as `faithfulness`.
    pub fn film(&self, map: Vec<f32>, options: FilmOptions) -> JsResult<JsFilm> {
        let asked = CurveCall::read(fields(&options.into())?, "film", &[Name::Direction]).map_err(thrown)?;
        let direction: Direction = asked.needed().and_then(|needed| needed.word(Name::Direction)).map_err(thrown)?;
        let film = Array::new();
        let each = |pixels| {
            film.push(&Uint8ClampedArray::from(&rgba(pixels)[..]));
        };
        self.explained.curve_pictures(&map, &asked.plan, direction, each).map_err(thrown)?;
        Ok(film.unchecked_into())
    }
}

fn rgba(pixels: Vec<[u8; 3]>) -> Vec<u8> {
    pixels.into_iter().flat_map(|[r, g, b]| [r, g, b, u8::MAX]).collect()
}

/// Number of channels if none is given.
const TOP: usize = 6;

fn concepts_to_js(found: &Concepts) -> JsResult<JsValue> {
    let concepts = Array::new();
    for Concept { channel, relevance, share, map } in &found.concepts {
        concepts.push(&object_of([
            ("channel", (*channel).into()),
            ("relevance", (*relevance).into()),
            ("share", (*share).into()),
            ("map", Float32Array::from(&map[..]).into()),
        ])?);
    }
    object_of([
        ("layer", found.layer.as_str().into()),
        ("channels", Float64Array::from(&found.channels[..]).into()),
        ("concepts", concepts.into()),
        ("width", found.width.into()),
        ("height", found.height.into()),
    ])
}

fn curve_to_js(curve: &Curve) -> JsResult<JsValue> {
    let shares: Vec<f32> = curve.shares.iter().map(|&share| share as f32).collect();
    object_of([
        ("shares", Float32Array::from(&shares[..]).into()),
        ("probabilities", Float32Array::from(&curve.probabilities[..]).into()),
        ("area", curve.area().into()),
    ])
}

fn explanation_to_js(explanation: &Explanation) -> JsResult<Object> {
    let boundaries = Array::new();
    for Boundary { name, sum, map, width, height } in &explanation.boundaries {
        boundaries.push(&object_of([
            ("name", name.as_str().into()),
            ("sum", (*sum).into()),
            ("map", Float32Array::from(&map[..]).into()),
            ("width", (*width).into()),
            ("height", (*height).into()),
        ])?);
    }
    let object = object_of([
        ("target", explanation.target.into()),
        ("probability", explanation.probability.into()),
        ("logit", explanation.logit.into()),
        ("against", to_js(&explanation.against)?),
        ("margin", explanation.margin.into()),
        ("logits", Float32Array::from(&explanation.logits[..]).into()),
        ("probabilities", Float32Array::from(&explanation.probabilities[..]).into()),
        ("relevance", Float32Array::from(&explanation.relevance[..]).into()),
        ("map", Float32Array::from(&explanation.map[..]).into()),
        ("boundaries", boundaries.into()),
        ("filtered", Float32Array::from(&explanation.filtered[..]).into()),
        ("mask", Uint8Array::from(&explanation.mask[..]).into()),
        ("region", region_to_js(explanation.region.as_ref())?),
        ("width", explanation.width.into()),
        ("height", explanation.height.into()),
        ("crop", to_js(&explanation.crop)?),
        ("fallback", explanation.fallback.into()),
        ("milliseconds", to_js(&explanation.milliseconds)?),
    ])?;
    Ok(object.unchecked_into())
}
