//! The explainer as JavaScript's class.

use std::rc::Rc;

use async_lock::Mutex;
use js_sys::{Array, Float32Array, Uint8Array, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};

use super::abort::Abort;
use super::adapter::adapter;
use super::weights::Piecewise;
use super::{JsResult, from_js, object_of, plain, progress, property, thrown, to_js};
use crate::device::{Choice, Preference};
use crate::{Boundary, Error, Explainer, Explanation, Options};

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
    #[wasm_bindgen(typescript_type = "Memory")]
    pub type JsMemory;
    #[wasm_bindgen(typescript_type = "Explanation")]
    pub type JsExplanation;
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
            device => from_js(&device).map_err(|error| thrown(Error::Options(format!("device: {error}"))))?,
        };
        let kernels = match property(&options, "kernels") {
            kernels if kernels.is_undefined() => Preference::default(),
            kernels => from_js(&kernels)
                .map_err(|error| Error::Options(format!("kernels: {error}")))
                .and_then(Preference::from_json)
                .map_err(thrown)?,
        };
        let adapter = if choice == Choice::Cpu { Err("the CPU was asked for".into()) } else { adapter().await };
        let explainer = Explainer::create(Piecewise::new(weights.into())?, choice, adapter, kernels, &mut report)
            .await
            .map_err(thrown)?;
        let info = to_js(explainer.info())?;
        Ok(Self { explainer: Rc::new(Mutex::new(explainer)), info })
    }

    /// What is loaded, and where it runs.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> JsInfo {
        self.info.clone().unchecked_into()
    }

    /// What is held now, in bytes.
    pub async fn memory(&self) -> JsResult<JsMemory> {
        let gpu = match self.explainer.lock().await.memory() {
            Some(memory) => to_js(&memory)?,
            None => JsValue::UNDEFINED,
        };
        let memory = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>()?;
        let heap = property(&memory.buffer(), "byteLength");
        Ok(object_of([("heap", heap), ("gpu", gpu)])?.unchecked_into())
    }

    /// The methods that `explain` takes, the default one first.
    #[wasm_bindgen(getter)]
    pub fn methods() -> JsResult<JsMethods> {
        Ok(to_js(&Explainer::methods())?.unchecked_into())
    }

    /// Explains a picture of RGBA bytes, such as `ImageData.data`. The same picture again re-uses
    /// its forward pass.
    ///
    /// Throws `PictureError`, `OptionsError`, `DeviceError`, or `DeviceLost` and `DeviceWrong`, after which a
    /// new worker or page is needed; and the reason of `signal`, once that aborts.
    pub async fn explain(
        &self,
        rgba: Clamped<Vec<u8>>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> JsResult<JsExplanation> {
        let Call { options, abort, mut report } = Call::of(options)?;
        let work = async { self.explainer.lock().await.explain(&rgba.0, width, height, &options, &mut report).await };
        explanation_to_js(&abort.unless(work).await?)
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
        let Call { options, abort, mut report } = Call::of(options)?;
        let work =
            async { self.explainer.lock().await.explain_tensor(chw, width, height, &options, &mut report).await };
        explanation_to_js(&abort.unless(work).await?)
    }

    /// The logits of normalised pictures, N·classes from N·3·height·width values: they run through the
    /// network together, and nothing is explained.
    ///
    /// Throws `PictureError` or `DeviceLost`.
    pub async fn logits(&self, nchw: Vec<f32>, width: usize, height: usize) -> JsResult<Vec<f32>> {
        self.explainer.lock().await.logits(nchw, width, height).await.map_err(thrown)
    }
}

/// What a call of `explain` is given.
struct Call<R> {
    options: Options,
    abort: Abort,
    /// Reports progress.
    report: R,
}

impl JsExplainer {
    /// What other parts of the interface work with.
    pub fn explainer(&self) -> &Mutex<Explainer> {
        &self.explainer
    }
}

impl Call<()> {
    fn of(given: Option<ExplainOptions>) -> JsResult<Call<impl FnMut(f64, f64, &str)>> {
        let given = given.map(JsValue::from).unwrap_or_default();
        let (abort, report) = (Abort::of(&given)?, progress(&given)?);
        let json = plain(&given)?;
        Ok(Call { options: Options::from_json(json).map_err(thrown)?, abort, report })
    }
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
