//! The arguments of a call of `explain`.

use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use super::abort::Abort;
use super::{JsResult, fields, progress, thrown};
use crate::Options;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "ExplainOptions")]
    pub type ExplainOptions;
}

/// The arguments of a call of `explain`.
pub struct Call<R> {
    pub options: Options,
    pub abort: Abort,
    /// Reports progress.
    pub report: R,
}

impl Call<()> {
    pub fn read(given: Option<ExplainOptions>) -> JsResult<Call<impl FnMut(f64, f64, &str)>> {
        let given = given.map(JsValue::from).unwrap_or_default();
        let options = fields(&given)?;
        Self::read_options(&given, options)
    }

    /// Reads only the fields of `given` that are options of an explanation.
    pub fn read_options(
        given: &JsValue,
        options: Map<String, Value>,
    ) -> JsResult<Call<impl FnMut(f64, f64, &str) + use<>>> {
        let (abort, report) = (Abort::of(given)?, progress(given)?);
        let options = Options::from_json(options.into()).map_err(thrown)?;
        Ok(Call { options, abort, report })
    }
}
