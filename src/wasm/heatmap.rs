//! Filters maps, turns them into colours, and measures them.

use js_sys::{Float32Array, Uint8Array};
use serde_json::Map;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsCast};

use super::call::usable;
use super::{JsResult, from_js, object_of, thrown};
use crate::heatmap::{self, Style};
use crate::metric::{BoundingBox, Region};
use crate::sentence::say;
use crate::{Error, Options, metric};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "HeatmapStyle")]
    pub type HeatmapStyle;
    #[wasm_bindgen(typescript_type = "ExplainOptions[\"filter\"]")]
    pub type JsFilter;
    #[wasm_bindgen(typescript_type = "Filtered")]
    pub type JsFiltered;
}

/// A map after a filter, as `explain` would return it: another filter needs no new explanation.
///
/// Throws `OptionsError` or `PictureError`.
#[wasm_bindgen(js_name = filterMap)]
pub fn filter_to_js(values: &[f32], width: usize, height: usize, filter: JsFilter) -> JsResult<JsFiltered> {
    usable()?;
    let filter = JsValue::from(filter);
    let mut given = Map::new();
    if !filter.is_undefined() {
        given.insert("filter".into(), from_js(&filter).map_err(thrown)?);
    }
    let options = Options::from_json(given.into()).map_err(thrown)?;
    let found = options.filter.apply(values, width, height).map_err(thrown)?;
    let region = Region::of(&found.map, width, height, Region::SHARE).map_err(thrown)?;
    let object = object_of([
        ("filtered", Float32Array::from(&found.map[..]).into()),
        ("mask", Uint8Array::from(&found.mask[..]).into()),
        ("region", region_to_js(region.as_ref())?),
        ("fallback", found.fallback.into()),
    ])?;
    Ok(object.unchecked_into())
}

/// A region's mask with its box; `undefined` if there is none.
pub fn region_to_js(region: Option<&Region>) -> JsResult<JsValue> {
    let Some(Region { bounds, area, mask }) = region else { return Ok(JsValue::UNDEFINED) };
    object_of([
        ("x", bounds.x.into()),
        ("y", bounds.y.into()),
        ("width", bounds.width.into()),
        ("height", bounds.height.into()),
        ("area", (*area).into()),
        ("mask", Uint8Array::from(&mask[..]).into()),
    ])
}

/// A map as RGBA bytes, four for each value: `"diverging"` (blue, white, red; opaque) or `"overlay"` (transparent at
/// and below zero, then yellow to red). `scale` is the magnitude with the full colour; if it is absent, `fullColour` is
/// used.
///
/// Throws `OptionsError`.
#[wasm_bindgen(js_name = heatmap)]
pub fn heatmap_to_js(values: Vec<f32>, style: HeatmapStyle, scale: Option<f32>) -> JsResult<Clamped<Vec<u8>>> {
    Ok(Clamped(heatmap::heatmap(&values, style_from_js(style)?, scale)))
}

/// The magnitude with the full colour: for `"overlay"` the map's largest value, for `"diverging"` the magnitude that
/// 99.5 % of the values don't exceed.
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
            Err(thrown(Error::Options(say!(
                "heatmap-style",
                "heatmap style is {given}; \"diverging\" or \"overlay\" was expected",
                given = other
            ))))
        }
    }
}

/// The share of a map's positive relevance that lies inside a mask (one byte per pixel, 0 outside); `undefined` if
/// nothing is positive. For a uniform map it is the mask's share of the area.
///
/// Throws `PictureError` if the mask has another length, or a value is not finite.
#[wasm_bindgen(js_name = relevanceMass)]
pub fn relevance_mass_to_js(values: &[f32], mask: &[u8]) -> JsResult<Option<f64>> {
    metric::mass(values, mask).map_err(thrown)
}

/// Intersection over union of two masks (one byte per pixel, 0 outside), 0 to 1; `undefined` if both are empty.
///
/// Throws `PictureError` if they have different lengths.
#[wasm_bindgen(js_name = maskOverlap)]
pub fn mask_overlap_to_js(one: &[u8], other: &[u8]) -> JsResult<Option<f64>> {
    metric::overlap(one, other).map_err(thrown)
}

/// Intersection over union of the smallest boxes around two masks with rows of this width; `undefined` if one is empty.
///
/// Throws `PictureError` if they have different lengths.
#[wasm_bindgen(js_name = boxOverlap)]
pub fn box_overlap_to_js(one: &[u8], other: &[u8], width: usize) -> JsResult<Option<f64>> {
    metric::overlap(one, other).map_err(thrown)?;
    let [one, other] = [one, other].map(|mask| BoundingBox::of(mask, width.max(1)));
    Ok(one.zip(other).map(|(one, other)| one.iou(&other)))
}

/// How much of a map (H·W, with rows of this width) lies on a part of the picture: the sum of its values, of both
/// signs, inside the part's mask (one byte per pixel, 0 outside), dilated by a 5×5 maximum as in FunnyBirds.
///
/// Throws `PictureError` if the mask has another length, a value is not finite, or the width doesn't divide the map.
#[wasm_bindgen(js_name = partImportance)]
pub fn part_importance_to_js(values: &[f32], mask: &[u8], width: usize) -> JsResult<f64> {
    metric::parts::importance(values, width, mask).map_err(thrown)
}

/// Spearman's rank correlation of two lists, from −1 to 1; `undefined` if all values of one list are equal.
///
/// Throws `PictureError` if their lengths differ, or a value is not finite.
#[wasm_bindgen(js_name = rankCorrelation)]
pub fn rank_correlation_to_js(a: &[f32], b: &[f32]) -> JsResult<Option<f64>> {
    metric::spearman(a, b).map_err(thrown)
}
