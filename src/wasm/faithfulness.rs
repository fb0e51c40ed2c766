//! Insertion and deletion.

use js_sys::{Array, Float32Array, Uint8ClampedArray};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};

use super::abort::Abort;
use super::explainer::JsExplainer;
use super::{JsResult, object_of, plain, progress, thrown};
use crate::Error;
use crate::metric::{Curve, Direction, Plan, Ties};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "FaithfulnessOptions")]
    pub type FaithfulnessOptions;
    #[wasm_bindgen(typescript_type = "ShownOptions")]
    pub type ShownOptions;
    #[wasm_bindgen(typescript_type = "FilmOptions")]
    pub type FilmOptions;
    #[wasm_bindgen(typescript_type = "Uint8ClampedArray<ArrayBuffer>[]")]
    pub type JsFilm;
    #[wasm_bindgen(typescript_type = "Faithfulness")]
    pub type JsFaithfulness;
}

#[wasm_bindgen(js_class = Explainer)]
impl JsExplainer {
    /// Insertion and deletion of a map (H·W) of the picture that was explained last: whether the class's
    /// probability follows what the map calls relevant.
    ///
    /// Throws `PictureError`, `OptionsError`, `DeviceLost`, and the reason of `signal`.
    pub async fn faithfulness(&self, map: Vec<f32>, options: FaithfulnessOptions) -> JsResult<JsFaithfulness> {
        let given = JsValue::from(options);
        let (abort, mut report) = (Abort::of(&given)?, progress(&given)?);
        let Measured { target, plan } = plain(&given)?;
        let plan = plan.checked()?;
        let work = async { self.explainer().lock().await.faithfulness(&map, target, &plan, &mut report).await };
        let curves = abort.unless(work).await?;
        let object = object_of([
            ("insertion", curve_to_js(&curves.insertion)?),
            ("deletion", curve_to_js(&curves.deletion)?),
            ("id", curves.id().into()),
        ])?;
        Ok(object.unchecked_into())
    }

    /// The picture that was explained last at one point of a curve, as RGBA bytes: what its probability is
    /// of.
    ///
    /// Throws as `faithfulness`.
    pub async fn shown(&self, map: Vec<f32>, options: ShownOptions) -> JsResult<Clamped<Vec<u8>>> {
        let Shown { direction, point, plan } = plain(&options.into())?;
        let (plan, direction) = (plan.checked()?, towards(&direction)?);
        let pixels = self.explainer().lock().await.shown(&map, &plan, direction, point).map_err(thrown)?;
        Ok(Clamped(rgba(pixels)))
    }

    /// The same at every point of the curve, in order.
    ///
    /// Throws as `faithfulness`.
    pub async fn film(&self, map: Vec<f32>, options: FilmOptions) -> JsResult<JsFilm> {
        let Filmed { direction, plan } = plain(&options.into())?;
        let (plan, direction) = (plan.checked()?, towards(&direction)?);
        let film = Array::new();
        let each = |pixels| {
            film.push(&Uint8ClampedArray::from(&rgba(pixels)[..]));
        };
        self.explainer().lock().await.film(&map, &plan, direction, each).map_err(thrown)?;
        Ok(film.unchecked_into())
    }
}

#[derive(Deserialize)]
struct Measured {
    target: usize,
    #[serde(flatten)]
    plan: Asked,
}

#[derive(Deserialize)]
struct Shown {
    direction: String,
    point: usize,
    #[serde(flatten)]
    plan: Asked,
}

#[derive(Deserialize)]
struct Filmed {
    direction: String,
    #[serde(flatten)]
    plan: Asked,
}

fn towards(direction: &str) -> JsResult<Direction> {
    match direction {
        "insertion" => Ok(Direction::Insertion),
        "deletion" => Ok(Direction::Deletion),
        other => {
            let wrong = format!("direction is {other:?}; \"insertion\" or \"deletion\" was expected");
            Err(thrown(Error::Options(wrong)))
        }
    }
}

fn rgba(pixels: Vec<[u8; 3]>) -> Vec<u8> {
    pixels.into_iter().flat_map(|[r, g, b]| [r, g, b, u8::MAX]).collect()
}

#[derive(Deserialize)]
struct Asked {
    protocol: Option<String>,
    ties: Option<String>,
    points: Option<usize>,
}

impl Asked {
    fn checked(self) -> JsResult<Plan> {
        let protocol = self.protocol.as_deref().unwrap_or("paper").parse().map_err(thrown)?;
        let ties = match self.ties.as_deref() {
            None | Some("stable") => Ties::Stable,
            Some("together") => Ties::Together,
            Some(other) => {
                let wrong = format!("ties is {other:?}; \"stable\" or \"together\" was expected");
                return Err(thrown(Error::Options(wrong)));
            }
        };
        Ok(Plan { protocol, ties, points: self.points.unwrap_or(51) })
    }
}

fn curve_to_js(curve: &Curve) -> JsResult<JsValue> {
    let shares: Vec<f32> = curve.shares.iter().map(|&share| share as f32).collect();
    object_of([
        ("shares", Float32Array::from(&shares[..]).into()),
        ("probabilities", Float32Array::from(&curve.probabilities[..]).into()),
        ("area", curve.area().into()),
    ])
}
