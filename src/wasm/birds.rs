//! Drawn birds.

use js_sys::{Array, Object, Reflect, Uint8Array, Uint8ClampedArray};
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

use super::{JsResult, object_of, property, thrown, to_js};
use crate::Error;
use crate::birds::{self, Objects, Part, Parts, Species};
use crate::sentence::say;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Species[]")]
    pub type JsSpecies;
    #[wasm_bindgen(typescript_type = "BirdOptions")]
    pub type BirdOptions;
    #[wasm_bindgen(typescript_type = "Bird")]
    pub type JsBird;
}

/// The species that `drawBird` draws, in the order of the birds' models' labels.
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

/// Draws a bird, with masks of its parts. The species and the seed (an integer from 0 to 2⁵³ − 1) determine every
/// pixel, on every platform.
///
/// Throws `OptionsError`.
#[wasm_bindgen(js_name = drawBird)]
pub fn draw_bird_to_js(species: &str, seed: f64, options: Option<BirdOptions>) -> JsResult<JsBird> {
    let by_name = |name: &str| {
        Species::by_name(name).ok_or_else(|| {
            thrown(Error::Options(say!("no-species", "there is no species of birds \"{species}\"", species = name)))
        })
    };
    let whole = |value: f64, least: f64, most: f64, what: &str| {
        if value.fract() == 0.0 && (least..=most).contains(&value) {
            return Ok(value);
        }
        Err(thrown(Error::Options(say!(
            "bird-number",
            "{option} is {value}; a whole number from {least} to {most} was expected",
            option = what,
            value,
            least,
            most
        ))))
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
    let without = list(&options, "without")?.iter().map(|name| part(&name)).collect::<JsResult<Parts>>()?;
    let number = |value: JsValue| -> JsResult<usize> {
        Ok(whole(value.as_f64().unwrap_or(f64::NAN), 0.0, 255.0, "withoutObjects")? as usize)
    };
    let bare = list(&options, "withoutObjects")?.iter().map(number).collect::<JsResult<Objects>>()?;
    let mut swap = [None; Part::COUNT];
    if let Some(chosen) = property(&options, "swap").dyn_ref::<Object>() {
        for name in Object::keys(chosen).iter() {
            let other = Reflect::get(chosen, &name).unwrap_or_default().as_string().unwrap_or_default();
            swap[part(&name)?.index()] = Some(by_name(&other)?.index());
        }
    }
    let species = by_name(species)?;
    let seed = whole(seed, 0.0, 9_007_199_254_740_991.0, "seed")?;
    let bird = birds::draw(species, seed as u64, &birds::Options { side, tag, without, swap, bare });

    let parts = Object::new();
    for part in Part::ALL.into_iter().filter(|&part| bird.part(part).contains(&1)) {
        Reflect::set(&parts, &part.name().into(), &Uint8Array::from(bird.part(part)).into())?;
    }
    let objects: Array = bird.objects.iter().map(|mask| JsValue::from(Uint8Array::from(&mask[..]))).collect();
    let object = object_of([
        ("species", species.name().into()),
        ("seed", seed.into()),
        ("side", side.into()),
        ("rgba", Uint8ClampedArray::from(&bird.rgba[..]).into()),
        ("whole", Uint8Array::from(&bird.whole[..]).into()),
        ("deciding", Uint8Array::from(&bird.deciding[..]).into()),
        ("parts", parts.into()),
        ("objects", objects.into()),
    ])?;
    if let Some(tag) = &bird.tag {
        Reflect::set(&object, &"tag".into(), &Uint8Array::from(&tag[..]).into())?;
    }
    Ok(object.unchecked_into())
}

/// A list among the options; empty if it is absent.
fn list(options: &JsValue, name: &'static str) -> JsResult<Array> {
    match property(options, name) {
        absent if absent.is_undefined() => Ok(Array::new()),
        list => list
            .dyn_into()
            .map_err(|_| thrown(Error::Options(say!("bird-list", "{option} must be a list", option = name)))),
    }
}

fn part(name: &JsValue) -> JsResult<Part> {
    Part::by_name(&name.as_string().unwrap_or_default()).map_err(thrown)
}
