//! The explainer as JavaScript's class.

use js_sys::{Float32Array, WebAssembly};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};

use super::abort::Abort;
use super::adapter::adapter;
use super::call::promise;
use super::explained::{ExplainedPromise, JsExplained};
use super::weights::Piecewise;
use super::{JsResult, fields, object_of, progress, property, thrown, to_js};
use crate::device::{Choice, Preference};
use crate::options::setting::Name;
use crate::options::take;
use crate::{Error, Explainer, Loading, Options};

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
    #[wasm_bindgen(typescript_type = "Promise<Memory>")]
    pub type MemoryPromise;
    #[wasm_bindgen(typescript_type = "Promise<Explainer>")]
    pub type ExplainerPromise;
    #[wasm_bindgen(typescript_type = "Promise<Float32Array>")]
    pub type LogitsPromise;
}

/// A network on its device, ready to explain pictures.
#[wasm_bindgen(js_name = Explainer)]
pub struct JsExplainer {
    /// Calls that overlap wait for each other.
    explainer: Explainer,
    info: JsValue,
}

#[wasm_bindgen(js_class = Explainer)]
impl JsExplainer {
    /// Loads a safetensors file of a ResNet or a VGG to a device. `onProgress` is told bytes.
    ///
    /// Throws `WeightsError`, `DeviceError` or `OptionsError`; the message says what to do.
    pub fn create(weights: Weights, options: Option<CreateOptions>) -> ExplainerPromise {
        promise(async move {
            let given = options.map(JsValue::from).unwrap_or_default();
            let mut report = progress(&given)?;
            let loading = loading(fields(&given)?).map_err(thrown)?;
            let cpu = loading.device == Choice::Cpu;
            let adapter = if cpu { Err("the CPU was asked for".into()) } else { adapter().await };
            let weights = Piecewise::new(weights.into())?;
            let explainer = Explainer::create(weights, loading, adapter, &mut report).await.map_err(thrown)?;
            let info = to_js(explainer.info())?;
            Ok(Self { explainer, info }.into())
        })
    }

    /// What is loaded, and where it runs.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> JsInfo {
        self.info.clone().unchecked_into()
    }

    /// What is held now, in bytes.
    pub fn memory(&self) -> MemoryPromise {
        let explainer = self.explainer.clone();
        promise(async move {
            let gpu = match explainer.memory().await {
                Some(memory) => to_js(&memory)?,
                None => JsValue::UNDEFINED,
            };
            let memory = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>()?;
            let heap = property(&memory.buffer(), "byteLength");
            object_of([("heap", heap), ("gpu", gpu)])
        })
    }

    /// The methods that `explain` takes, the default one first.
    #[wasm_bindgen(getter)]
    pub fn methods() -> JsResult<JsMethods> {
        Ok(to_js(&Explainer::methods())?.unchecked_into())
    }

    /// Keeps the activations of so many pictures that were explained, instead of one, as long as their
    /// `Explained` is there: other classes and methods of theirs need no forward pass then.
    #[wasm_bindgen(js_name = keepPasses)]
    pub fn keep_passes(&self, most: u32) {
        self.explainer.keep_passes(most as usize);
    }

    /// Explains a picture of RGBA bytes, such as `ImageData.data`. What else is asked of the picture is asked of
    /// what this gives.
    ///
    /// Throws `PictureError`, `OptionsError`, `DeviceError`, or `DeviceLost`, `DeviceWrong` and `EngineError`, after
    /// which a new worker or page is needed; and the reason of `signal`, once that aborts.
    pub fn explain(
        &self,
        rgba: Clamped<Vec<u8>>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> ExplainedPromise {
        let explainer = self.explainer.clone();
        promise(async move {
            let Call { options, abort, mut report } = Call::of(options)?;
            let work = explainer.explain(&rgba.0, width, height, &options, &mut report);
            JsExplained::to_js(abort.unless(work).await?)
        })
    }

    /// Explains a normalised tensor, 3·height·width values channel by channel.
    ///
    /// Throws as `explain`.
    #[wasm_bindgen(js_name = explainTensor)]
    pub fn explain_tensor(
        &self,
        chw: Vec<f32>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> ExplainedPromise {
        let explainer = self.explainer.clone();
        promise(async move {
            let Call { options, abort, mut report } = Call::of(options)?;
            let work = explainer.explain_tensor(chw, width, height, &options, &mut report);
            JsExplained::to_js(abort.unless(work).await?)
        })
    }

    /// The logits of normalised pictures, N·outputs from N·3·height·width values: they run through the
    /// network together, and nothing is explained.
    ///
    /// Throws `PictureError`, `DeviceLost` or `EngineError`.
    pub fn logits(&self, nchw: Vec<f32>, width: usize, height: usize) -> LogitsPromise {
        let explainer = self.explainer.clone();
        promise(async move {
            let logits = explainer.logits(nchw, width, height).await.map_err(thrown)?;
            Ok(Float32Array::from(&logits[..]).into())
        })
    }
}

/// How a network is to be loaded.
fn loading(mut given: serde_json::Map<String, Value>) -> crate::Result<Loading> {
    let device = take(&mut given, Name::Device)?.unwrap_or_default();
    let output = take(&mut given, Name::Output)?;
    let network = match given.remove("network") {
        None => None,
        Some(Value::String(network)) => Some(network),
        Some(other) => {
            return Err(Error::Options(format!(
                "network is {other}; the beginning of its tensors' names was expected"
            )));
        }
    };
    let kernels = given.remove("kernels").map(Preference::from_json).transpose()?.unwrap_or_default();
    match given.keys().next() {
        None => Ok(Loading { device, kernels, output, network }),
        Some(unknown) => {
            Err(Error::Options(format!("there is no option {unknown}; there are device, kernels, network and output")))
        }
    }
}

/// What a call of `explain` is given.
pub struct Call<R> {
    pub options: Options,
    pub abort: Abort,
    /// Reports progress.
    pub report: R,
}

impl Call<()> {
    pub fn of(given: Option<ExplainOptions>) -> JsResult<Call<impl FnMut(f64, f64, &str)>> {
        let given = given.map(JsValue::from).unwrap_or_default();
        let (abort, report) = (Abort::of(&given)?, progress(&given)?);
        let options = Options::from_json(fields(&given)?.into()).map_err(thrown)?;
        Ok(Call { options, abort, report })
    }
}
