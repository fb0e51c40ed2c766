//! Lists of class names.

use wasm_bindgen::prelude::*;

use super::{JsResult, thrown};
use crate::Labels;

/// The classes' names in a list's bytes, in the order of the network's outputs. The list may have lines, JSON (a list,
/// index → name, or name → index), CSV, lines of a synset and a name, or be a `config.json` of Hugging Face or timm.
///
/// Throws `LabelsError`, which says what is wrong with the list.
#[wasm_bindgen(js_name = parseLabels)]
pub fn parse_labels_to_js(bytes: &[u8]) -> JsResult<Vec<String>> {
    Labels::parse(bytes).map(|labels| labels.names().to_vec()).map_err(thrown)
}
