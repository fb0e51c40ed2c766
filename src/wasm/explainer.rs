//! The explainer, as a JavaScript class.

use js_sys::{Float32Array, WebAssembly};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};

use super::adapter::adapter;
use super::asked::{Call, ExplainOptions};
use super::call::promise;
use super::explained::{ExplainedPromise, JsExplained};
use super::weights::joined;
use super::{JsResult, fields, object_of, progress, property, thrown, to_js};
use crate::checkpoint::Reading;
use crate::device::{Choice, Preference};
use crate::hints::{Config, HintName, Hints};
use crate::options::Name;
use crate::options::{no_option, take};
use crate::sentence::{Sentence, say};
use crate::words::json_text;
use crate::{Error, Explainer, Loading};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Blob | Uint8Array | (Blob | Uint8Array)[]")]
    pub type Weights;
    #[wasm_bindgen(typescript_type = "CreateOptions")]
    pub type CreateOptions;
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
    /// Overlapping calls wait for each other.
    explainer: Explainer,
    info: JsValue,
}

#[wasm_bindgen(js_class = Explainer)]
impl JsExplainer {
    /// Loads a ResNet or a VGG from a safetensors file or a PyTorch checkpoint to a device. `onProgress` receives
    /// bytes.
    ///
    /// Throws `WeightsError`, `DeviceError` or `OptionsError`; the message says what to do.
    pub fn create(weights: Weights, options: Option<CreateOptions>) -> ExplainerPromise {
        promise(async move {
            let given = options.map(JsValue::from).unwrap_or_default();
            let mut report = progress(&given)?;
            let loading = loading(fields(&given)?).map_err(thrown)?;
            let cpu = loading.device == Choice::Cpu;
            let adapter = if cpu { Err(say!("cpu-asked", "the CPU was asked for")) } else { adapter().await };
            let weights = joined(weights.into())?;
            let explainer = Explainer::create(weights, loading, adapter, &mut report).await.map_err(thrown)?;
            let info = to_js(explainer.info())?;
            Ok(Self { explainer, info }.into())
        })
    }

    /// What is loaded, and the device that it runs on.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> JsInfo {
        self.info.clone().unchecked_into()
    }

    /// How much memory is used now, in bytes.
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

    /// The methods for `explain`, the default one first.
    #[wasm_bindgen(getter)]
    pub fn methods() -> JsResult<JsMethods> {
        Ok(to_js(&Explainer::methods())?.unchecked_into())
    }

    /// From now on, keeps the activations of up to `most` explained pictures instead of one, each as long as its
    /// `Explained` exists. Explaining them again, for other classes or with other methods, then needs no forward pass.
    #[wasm_bindgen(js_name = keepPasses)]
    pub fn keep_passes(&self, most: u32) {
        self.explainer.keep_passes(most as usize);
    }

    /// Explains a picture of RGBA bytes, such as `ImageData.data`. The result answers further questions about the
    /// picture.
    ///
    /// Throws `PictureError`, `OptionsError` or `DeviceError`; `DeviceLost`, `DeviceWrong` or `EngineError`, after
    /// which a new worker or page is needed; and the reason of `signal` once it aborts.
    pub fn explain(
        &self,
        rgba: Clamped<Vec<u8>>,
        width: usize,
        height: usize,
        options: Option<ExplainOptions>,
    ) -> ExplainedPromise {
        let explainer = self.explainer.clone();
        promise(async move {
            let Call { options, abort, mut report } = Call::read(options)?;
            let work = explainer.explain(&rgba.0, width, height, &options, &mut report);
            JsExplained::to_js(abort.unless(work).await?)
        })
    }

    /// Explains a normalised tensor: channels·height·width values, channel by channel.
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
            let Call { options, abort, mut report } = Call::read(options)?;
            let work = explainer.explain_tensor(chw, width, height, &options, &mut report);
            JsExplained::to_js(abort.unless(work).await?)
        })
    }

    /// The logits of normalised pictures: N·outputs numbers from N·channels·height·width values. The pictures run
    /// through the network in one batch, and nothing is explained.
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

/// How a network is loaded.
fn loading(mut given: serde_json::Map<String, Value>) -> crate::Result<Loading> {
    let device = take(&mut given, Name::Device)?.unwrap_or_default();
    let hints = Hints::take(&mut given)?;
    let mut text = |key: &str, expected: fn() -> Sentence| match given.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(Error::Options(say!(
            "option-is",
            "{option} is {given}; {expected} was expected",
            option = key,
            given = json_text(&other),
            expected = expected()
        ))),
    };
    let network = text("network", || say!("tensors-beginning", "the beginning of its tensors' names"))?;
    let name = text("name", || say!("weights-name", "the name of the weights' file or repository"))?;
    let configs = match given.remove("config") {
        None => Vec::new(),
        Some(Value::Array(texts)) => texts.iter().map(config).collect::<crate::Result<_>>()?,
        Some(text) => vec![config(&text)?],
    };
    let kernels = given.remove("kernels").map(Preference::from_json).transpose()?.unwrap_or_default();
    match given.keys().next() {
        None => Ok(Loading { device, kernels, reading: Reading { name, network, hints, configs } }),
        Some(unknown) => {
            let mut options = vec!["device", "kernels", "name", "network", "config"];
            options.extend(HintName::ALL.map(HintName::key));
            Err(Error::Options(no_option(unknown, &options)))
        }
    }
}

fn config(given: &Value) -> crate::Result<Config> {
    match given {
        Value::String(text) => Config::parse(text),
        other => Err(Error::Options(say!(
            "config-form",
            "config is {given}; the text of a configuration was expected",
            given = json_text(other)
        ))),
    }
}
