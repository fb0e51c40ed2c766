//! The results as JSON.

use c3lrp::Result;
use c3lrp::metric::parts::{Checks, thresholds};
use c3lrp::metric::{OVERLAPS, Plan};
use serde_json::{Value, json};

use super::super::records::{Agreement, Boxes, Map, Results, Taken};
use super::accuracy::Accuracy;
use super::{checks, name, plain_mean, scores};

impl Results {
    /// Means over the pictures, as JSON.
    pub fn json(&self) -> Result<Value> {
        let object = if self.settings.birds { "bird" } else { "object" };
        let plans = self.settings.plans()?;
        let plain = |values: &[f64]| self.mean(values.iter().copied()).map(|mean| mean.mean);
        let agreement = |found: Vec<Agreement>| {
            let mass: Vec<f64> = found.iter().filter_map(|found| found.mass).collect();
            let rank: Vec<f64> = found.iter().filter_map(|found| found.rank).collect();
            let pointing: Vec<f64> = found.iter().filter_map(|found| found.pointing).collect();
            json!({ "pointing": plain(&pointing), "mass": plain(&mass), "rank": plain(&rank) })
        };
        let map = |(method, filter, method_name, filter_name): (usize, usize, &str, &str)| {
            let maps: Vec<&Map> = self.maps(method, filter).map(|(_, map)| map).collect();
            let curves = plans.iter().enumerate().map(|(at, Plan { protocol, ties, .. })| {
                let scores: Vec<_> = maps.iter().filter_map(|map| Some(scores(map.curves.get(at)?))).collect();
                let mean = |which: usize| plain(&scores.iter().map(|scores| scores[which]).collect::<Vec<_>>());
                json!({ "protocol": protocol.to_string(), "ties": name(*ties), "insertion": mean(0), "deletion": mean(1), "id": mean(2) })
            });
            let curves: Vec<Value> = curves.collect();
            let parts = self.parts_json(method, filter);
            json!({
                "map": match filter_name { "none" => method_name.to_owned(), _ => format!("{method_name}, {filter_name}") },
                "method": method_name,
                "filter": filter_name,
                object: agreement(maps.iter().filter_map(|map| map.object).collect()),
                "deciding": agreement(maps.iter().filter_map(|map| map.deciding).collect()),
                "tag": agreement(maps.iter().filter_map(|map| map.tag).collect()),
                "boxes": self.boxes_json(method, filter),
                "curves": curves,
                "parts": parts,
            })
        };
        let maps: Vec<Value> = self.rows().into_iter().map(map).collect();
        Ok(
            json!({ "pictures": self.pictures(), "failed": self.failures.len(), "accuracy": self.accuracy(), "background": self.background(), "maps": maps }),
        )
    }

    /// How the boxes around what stands out fit the object's box.
    fn boxes_json(&self, method: usize, filter: usize) -> Option<Value> {
        let found: Vec<&Boxes> = self.boxed(method, filter).collect();
        let accuracy = Accuracy::of(&found)?;
        let mean = |of: fn(&Boxes) -> f64| plain_mean(&found.iter().map(|boxes| of(boxes)).collect::<Vec<_>>());
        Some(json!({
            "maxBoxAccV2": accuracy.mean(),
            "overlaps": OVERLAPS,
            "right": accuracy.best,
            "maxBoxAcc": accuracy.largest,
            "region": mean(|boxes| boxes.region),
            "box": mean(|boxes| boxes.bounds),
        }))
    }

    /// Means for removed parts: of the checks at every share of a map's sum, and at the most complete one.
    fn parts_json(&self, method: usize, filter: usize) -> Option<Value> {
        let found: Vec<&Taken> = self.taken(method, filter).collect();
        let (completeness, best) = self.completeness(method, filter);
        let at_all = |of: &dyn Fn(Checks) -> Option<f64>| -> Vec<Option<f64>> {
            let at = |at: usize| found.iter().filter_map(|taken| of(checks(taken, at)?)).collect::<Vec<f64>>();
            (0..completeness.len()).map(|place| plain_mean(&at(place))).collect()
        };
        (!found.is_empty()).then(|| {
            json!({
                "best": best,
                "thresholds": thresholds().collect::<Vec<_>>(),
                "preservation": at_all(&|checks| Some(checks.preservation)),
                "deletion": at_all(&|checks| Some(checks.deletion)),
                "controlled": at_all(&|checks| checks.controlled),
                "distractibility": at_all(&|checks| checks.distractibility),
                "completeness": completeness,
                "correctness": plain_mean(&found.iter().filter_map(|taken| taken.single_deletion).collect::<Vec<f64>>()),
                "contrastivity": plain_mean(&found.iter().filter_map(|taken| taken.target_sensitivity).collect::<Vec<f64>>()),
            })
        })
    }
}
