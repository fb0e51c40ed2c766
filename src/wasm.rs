//! The boundary to JavaScript: types in, types out, no numerics.

use std::rc::Rc;

use async_lock::Mutex;
use js_sys::{
    Array, Error as JsError, Float32Array, Function, Object, Promise, Reflect, Uint8Array, Uint8ClampedArray,
};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::birds::{self, Part, Species};
use crate::device::{Adapter, Choice};
use crate::heatmap::{self, Style};
use crate::metric;
use crate::weights::Source;
use crate::{Boundary, Error, Explainer, Explanation, Options, Result};

/// What is thrown is an `Error` of JavaScript.
type JsResult<T> = std::result::Result<T, JsValue>;

#[wasm_bindgen(typescript_custom_section)]
const INTERFACE: &str = include_str!("interface.d.ts");

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Blob | Uint8Array")]
    pub type Weights;
    #[wasm_bindgen(typescript_type = "CreateOptions")]
    pub type CreateOptions;
    #[wasm_bindgen(typescript_type = "ExplainOptions")]
    pub type ExplainOptions;
    #[wasm_bindgen(typescript_type = "Info")]
    pub type JsInfo;
    #[wasm_bindgen(typescript_type = "MethodInfo[]")]
    pub type JsMethods;
    #[wasm_bindgen(typescript_type = "Explanation")]
    pub type JsExplanation;
    #[wasm_bindgen(typescript_type = "HeatmapStyle")]
    pub type HeatmapStyle;
    #[wasm_bindgen(typescript_type = "Species[]")]
    pub type JsSpecies;
    #[wasm_bindgen(typescript_type = "BirdOptions")]
    pub type BirdOptions;
    #[wasm_bindgen(typescript_type = "Bird")]
    pub type JsBird;
}

/// Panics and Burn's log go to the console: on the GPU they are all that a failed shader leaves.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    // A second start of the same module keeps the first logger.
    let _ = console_log::init_with_level(log::Level::Warn);
}

/// A network on its device, ready to explain pictures.
#[wasm_bindgen(js_name = Explainer)]
pub struct JsExplainer {
    /// Calls that overlap wait for each other.
    explainer: Rc<Mutex<Explainer>>,
    info: JsValue,
}

#[wasm_bindgen(js_class = Explainer)]
impl JsExplainer {
    /// Loads a safetensors file of a bottleneck ResNet to a device. `onProgress` is told bytes.
    ///
    /// Throws `WeightsError`, `DeviceError` or `OptionsError`; the message says what to do.
    pub async fn create(weights: Weights, options: Option<CreateOptions>) -> JsResult<JsExplainer> {
        let options = options.map(JsValue::from).unwrap_or_default();
        let mut report = progress(&options)?;
        let choice = match property(&options, "device") {
            device if device.is_undefined() => Choice::Auto,
            device => serde_wasm_bindgen::from_value(device)
                .map_err(|error| thrown(Error::Options(format!("device: {error}"))))?,
        };
        let adapter = if choice == Choice::Cpu { Err("the CPU was asked for".into()) } else { adapter().await };
        let explainer =
            Explainer::create(Piecewise::new(weights.into())?, choice, adapter, &mut report).await.map_err(thrown)?;
        let info = to_js(explainer.info())?;
        Ok(Self { explainer: Rc::new(Mutex::new(explainer)), info })
    }

    /// What is loaded, and where it runs.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> JsInfo {
        self.info.clone().unchecked_into()
    }

    /// The methods that `explain` takes, the default one first.
    #[wasm_bindgen(getter)]
    pub fn methods() -> JsResult<JsMethods> {
        Ok(to_js(&Explainer::methods())?.unchecked_into())
    }

    /// Explains a picture of RGBA bytes, such as `ImageData.data`. The same picture again re-uses
    /// its forward pass.
    ///
    /// Throws `PictureError`, `OptionsError`, `DeviceError`, or `DeviceLost`, after which a new
    /// worker or page is needed.
    pub async fn explain(
        &self,
        rgba: Clamped<Vec<u8>>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> JsResult<JsExplanation> {
        let (options, mut report) = explain_options(options)?;
        let mut explainer = self.explainer.lock().await;
        let explanation = explainer.explain(&rgba.0, width, height, &options, &mut report).await.map_err(thrown)?;
        explanation_to_js(&explanation)
    }

    /// Explains a normalised tensor, 3·height·width values channel by channel.
    ///
    /// Throws as `explain`.
    #[wasm_bindgen(js_name = explainTensor)]
    pub async fn explain_tensor(
        &self,
        chw: Vec<f32>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> JsResult<JsExplanation> {
        let (options, mut report) = explain_options(options)?;
        let mut explainer = self.explainer.lock().await;
        let explanation = explainer.explain_tensor(chw, width, height, &options, &mut report).await.map_err(thrown)?;
        explanation_to_js(&explanation)
    }
}

/// A map as RGBA bytes, four a value: `"diverging"` (blue, white, red; opaque) or `"overlay"`
/// (clear at and below zero, then yellow to red). `scale` is the magnitude that gets the full
/// colour, `fullColour` where it is absent.
///
/// Throws `OptionsError`.
#[wasm_bindgen(js_name = heatmap)]
pub fn heatmap_to_js(values: Vec<f32>, style: HeatmapStyle, scale: Option<f32>) -> JsResult<Clamped<Vec<u8>>> {
    Ok(Clamped(heatmap::heatmap(&values, style_from_js(style)?, scale)))
}

/// The magnitude that gets the full colour: for `"overlay"` the map's largest value, for
/// `"diverging"` what 99.5 % of the magnitudes don't exceed.
///
/// Throws `OptionsError`.
#[wasm_bindgen(js_name = fullColour)]
pub fn full_colour_to_js(values: Vec<f32>, style: HeatmapStyle) -> JsResult<f32> {
    Ok(heatmap::full_colour(&values, style_from_js(style)?))
}

fn style_from_js(style: HeatmapStyle) -> JsResult<Style> {
    match JsValue::from(style).as_string().as_deref() {
        Some("diverging") => Ok(Style::Diverging),
        Some("overlay") => Ok(Style::Overlay),
        other => {
            let other = other.unwrap_or("no string");
            Err(thrown(Error::Options(format!("heatmap style is {other}; \"diverging\" or \"overlay\" was expected"))))
        }
    }
}

/// The species that `drawBird` draws, in the order of their labels in the models of the birds.
#[wasm_bindgen(js_name = species)]
pub fn species_to_js() -> JsResult<JsSpecies> {
    let names = |parts: Vec<Part>| parts.into_iter().map(Part::name).collect();
    let all: Vec<SpeciesFields> = Species::all()
        .iter()
        .map(|species| SpeciesFields {
            name: species.name(),
            deciding: names(species.deciding_parts()),
            nearest: species.nearest().into_iter().map(Species::name).collect(),
        })
        .collect();
    Ok(to_js(&all)?.unchecked_into())
}

#[derive(Serialize)]
struct SpeciesFields {
    name: &'static str,
    deciding: Vec<&'static str>,
    nearest: Vec<&'static str>,
}

/// Draws a bird with masks of its parts. Species and seed (an integer from 0 to 2⁵³ − 1) determine
/// every pixel, on every platform.
///
/// Throws `OptionsError`.
#[wasm_bindgen(js_name = drawBird)]
pub fn draw_bird_to_js(species: &str, seed: f64, options: Option<BirdOptions>) -> JsResult<JsBird> {
    let by_name = |name: &str| {
        Species::by_name(name).ok_or_else(|| thrown(Error::Options(format!("there is no species of birds {name:?}"))))
    };
    let whole = |value: f64, least: f64, most: f64, what: &str| {
        if value.fract() == 0.0 && (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(thrown(Error::Options(format!("{what} is {value}; a whole number from {least} to {most} was expected"))))
    };
    let options = options.map(JsValue::from).unwrap_or_default();
    let side = match property(&options, "side") {
        side if side.is_undefined() => birds::Options::default().side,
        side => whole(side.as_f64().unwrap_or(f64::NAN), 96.0, 1024.0, "side")? as usize,
    };
    let tag = match property(&options, "tag") {
        tag if tag.is_undefined() => None,
        tag => Some(by_name(&tag.as_string().unwrap_or_default())?.index()),
    };
    let species = by_name(species)?;
    let seed = whole(seed, 0.0, 9_007_199_254_740_991.0, "seed")?;
    let bird = birds::draw(species, seed as u64, &birds::Options { side, tag, without: None });

    let parts = Object::new();
    for part in Part::ALL.into_iter().filter(|&part| bird.part(part).contains(&1)) {
        Reflect::set(&parts, &part.name().into(), &Uint8Array::from(bird.part(part)).into())?;
    }
    let object = object_of([
        ("species", species.name().into()),
        ("seed", seed.into()),
        ("side", side.into()),
        ("rgba", Uint8ClampedArray::from(&bird.rgba[..]).into()),
        ("whole", Uint8Array::from(&bird.whole[..]).into()),
        ("deciding", Uint8Array::from(&bird.deciding[..]).into()),
        ("parts", parts.into()),
    ])?;
    if let Some(tag) = &bird.tag {
        Reflect::set(&object, &"tag".into(), &Uint8Array::from(&tag[..]).into())?;
    }
    Ok(object.unchecked_into())
}

/// The share of a map's positive relevance that lies in a mask (a byte a pixel, 0 outside);
/// `undefined` where nothing is positive. A uniform map has the mask's share of the area.
#[wasm_bindgen(js_name = relevanceMass)]
pub fn relevance_mass_to_js(values: &[f32], mask: &[u8]) -> Option<f64> {
    metric::mass(values, mask)
}

/// The one place where an error becomes JavaScript's.
fn thrown(error: Error) -> JsValue {
    let js = JsError::new(&error.to_string());
    js.set_name(error.name());
    js.into()
}

fn to_js(value: &impl Serialize) -> JsResult<JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

fn explanation_to_js(explanation: &Explanation) -> JsResult<JsExplanation> {
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
        ("logits", Float32Array::from(&explanation.logits[..]).into()),
        ("relevance", Float32Array::from(&explanation.relevance[..]).into()),
        ("map", Float32Array::from(&explanation.map[..]).into()),
        ("boundaries", boundaries.into()),
        ("filtered", Float32Array::from(&explanation.filtered[..]).into()),
        ("mask", Uint8Array::from(&explanation.mask[..]).into()),
        ("width", explanation.width.into()),
        ("height", explanation.height.into()),
        ("crop", to_js(&explanation.crop)?),
        ("fallback", explanation.fallback.into()),
        ("milliseconds", to_js(&explanation.milliseconds)?),
    ])?;
    Ok(object.unchecked_into())
}

fn object_of<const N: usize>(fields: [(&str, JsValue); N]) -> JsResult<JsValue> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// The options, and what reports progress to the function among them.
fn explain_options(options: Option<ExplainOptions>) -> JsResult<(Options, impl FnMut(f64, f64, &str))> {
    let options = options.map(JsValue::from).unwrap_or_default();
    let report = progress(&options)?;
    let plain = Object::new();
    if let Some(options) = options.dyn_ref::<Object>() {
        Object::assign(&plain, options);
        Reflect::delete_property(&plain, &"onProgress".into())?;
    }
    let json =
        serde_wasm_bindgen::from_value(plain.into()).map_err(|error| thrown(Error::Options(error.to_string())))?;
    Ok((Options::from_json(json).map_err(thrown)?, report))
}

fn progress(options: &JsValue) -> JsResult<impl FnMut(f64, f64, &str) + use<>> {
    let function = match property(options, "onProgress") {
        absent if absent.is_undefined() || absent.is_null() => None,
        function => Some(
            function
                .dyn_into::<Function>()
                .map_err(|_| thrown(Error::Options("onProgress must be a function".into())))?,
        ),
    };
    Ok(move |done: f64, total: f64, what: &str| {
        if let Some(function) = &function {
            // What a listener throws is no reason to stop the work.
            let _ = function.apply(&JsValue::UNDEFINED, &Array::of3(&done.into(), &total.into(), &what.into()));
        }
    })
}

/// Weights that stay in JavaScript and are read in pieces.
enum Piecewise {
    Blob(Blob),
    Bytes(Uint8Array),
}

impl Piecewise {
    fn new(weights: JsValue) -> JsResult<Self> {
        match weights.dyn_into::<Blob>() {
            Ok(blob) => Ok(Self::Blob(blob)),
            Err(other) => match other.dyn_into::<Uint8Array>() {
                Ok(bytes) => Ok(Self::Bytes(bytes)),
                Err(_) => Err(thrown(Error::Weights("a Blob, a File or a Uint8Array was expected".into()))),
            },
        }
    }
}

impl Source for Piecewise {
    fn size(&self) -> u64 {
        match self {
            Self::Blob(blob) => blob.size() as u64,
            Self::Bytes(bytes) => bytes.length().into(),
        }
    }

    async fn read(&self, start: u64, into: &mut [u8]) -> Result<()> {
        let end = start + into.len() as u64;
        let piece = match self {
            Self::Blob(blob) => {
                let failed = |error: JsValue| {
                    Error::Weights(format!(
                        "the file can't be read ({}); it may have been moved or changed. Choose it again.",
                        described(&error)
                    ))
                };
                let slice = blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(failed)?;
                Uint8Array::new(&JsFuture::from(slice.array_buffer()).await.map_err(failed)?)
            }
            Self::Bytes(bytes) => bytes.subarray(start as u32, end as u32),
        };
        if piece.length() as usize != into.len() {
            return Err(Error::Weights("the file ends before its last tensor does. Fetch it again.".into()));
        }
        piece.copy_to(into);
        Ok(())
    }
}

fn described(error: &JsValue) -> String {
    error.dyn_ref::<JsError>().map_or_else(|| format!("{error:?}"), |error| error.message().into())
}

/// The adapter that the browser offers, checked before Burn touches it: Burn panics without
/// timestamp queries.
async fn adapter() -> std::result::Result<Adapter, String> {
    let gpu = property(&property(&js_sys::global(), "navigator"), "gpu");
    if !gpu.is_object() {
        return Err("this browser has no WebGPU".into());
    }
    let none = || "the browser has WebGPU, but no GPU adapter for it".to_owned();
    let options = Object::new();
    let set = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let request = property(&gpu, "requestAdapter")
        .dyn_into::<Function>()
        .and_then(|request| set.and_then(|_| request.call1(&gpu, &options)));
    let promise = request.and_then(|promise| promise.dyn_into::<Promise>()).map_err(|_| none())?;
    let adapter = JsFuture::from(promise).await.map_err(|_| none())?;
    if !adapter.is_object() {
        return Err(none());
    }
    let info = property(&adapter, "info");
    let words: Vec<String> = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|name| property(&info, name).as_string().filter(|word| !word.is_empty()))
        .collect();
    let description = if words.is_empty() { "unnamed".into() } else { words.join(" ") };
    let software =
        property(&info, "isFallbackAdapter").is_truthy() || property(&adapter, "isFallbackAdapter").is_truthy();
    Ok(Adapter { description, software, unfit: unfit(&adapter) })
}

/// What Burn's kernels need and not every adapter has.
fn unfit(adapter: &JsValue) -> Option<String> {
    let features = property(adapter, "features");
    let has = property(&features, "has")
        .dyn_into::<Function>()
        .ok()
        .and_then(|has| has.call1(&features, &"timestamp-query".into()).ok());
    if !has.is_some_and(|has| has.is_truthy()) {
        return Some("it has no timestamp queries, which the runtime needs".into());
    }
    let limits = property(adapter, "limits");
    let needed = [
        ("maxComputeInvocationsPerWorkgroup", 256.0),
        ("maxStorageBuffersPerShaderStage", 8.0),
        ("maxStorageBufferBindingSize", 134_217_728.0),
        ("maxBufferSize", 134_217_728.0),
    ];
    needed.into_iter().find_map(|(name, least)| {
        let value = property(&limits, name).as_f64().unwrap_or(0.0);
        (value < least).then(|| format!("its {name} is {value}, and {least} is needed"))
    })
}
