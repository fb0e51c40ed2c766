//! The results as tables: CSV for machines, Markdown for people, JSON for the benchmark.

use std::fmt::Write;

use c3lrp::Result;
use c3lrp::metric::parts::{Checks, thresholds};
use c3lrp::metric::{Curve, OVERLAPS, Plan, Ties, accuracy};
use serde_json::{Value, json};

use super::records::{Agreement, Boxes, Map, Measured, Record, Taken};
use super::statistics::{self, Mean, RESAMPLES};

const HEADER: &str = "picture,name,class,target,predicted,probability,method,filter,protocol,ties,insertion,deletion,id,\
object_pointing,object_mass,object_rank,deciding_pointing,deciding_mass,deciding_rank,outcome,fallback,conservation,region_iou,box_iou\n";

/// Where parts are taken away, at the share of the map's sum at which the method's filter is the most complete.
const TAKEN: &str =
    "single_deletion,target_sensitivity,threshold,preservation,deletion_check,controlled,distractibility";

/// Writing to a string can't fail.
macro_rules! put {
    ($to:expr, $($what:tt)*) => { _ = writeln!($to, $($what)*) };
}

/// Insertion, deletion and ID of the curves of one plan.
fn scores([insertion, deletion]: &[Vec<f32>; 2]) -> [f64; 3] {
    let area = |probabilities: &Vec<f32>| Curve { shares: Vec::new(), probabilities: probabilities.clone() }.area();
    let [insertion, deletion] = [area(insertion), area(deletion)];
    [insertion, deletion, insertion - deletion]
}

impl Measured {
    /// The records of a method with their maps by one of its filters, picture by picture.
    pub fn maps(&self, method: usize, filter: usize) -> impl Iterator<Item = (&Record, &Map)> {
        let records = self.records.iter().filter(move |((_, of), _)| *of == method);
        records.filter_map(move |(_, record)| Some((record, record.maps.get(filter)?)))
    }

    /// Every method and filter, by their places and names.
    pub fn rows(&self) -> Vec<(usize, usize, &str, &str)> {
        let methods = self.settings.methods.iter().enumerate();
        let rows = methods.flat_map(|(method, name)| {
            let filters = self.settings.filters_of(method).iter().enumerate();
            filters.map(move |(filter, filter_name)| (method, filter, name.as_str(), filter_name.as_str()))
        });
        rows.collect()
    }

    fn mean(&self, values: impl Iterator<Item = f64>) -> Option<Mean> {
        statistics::mean(&values.collect::<Vec<_>>(), self.settings.seed)
    }

    /// How complete a method's maps are by one of its filters: at each share t of a map's sum, the mean over the
    /// pictures of the mean of the three checks' mean and distractibility. And the place of the largest of them, the first
    /// of equals, at which the checks are reported, as FunnyBirds' released code has it.
    fn completeness(&self, method: usize, filter: usize) -> (Vec<Option<f64>>, usize) {
        let at = |at: usize| {
            let found = self.taken(method, filter).filter_map(|taken| checks(taken, at)?.completeness());
            plain_mean(&found.collect::<Vec<f64>>())
        };
        let all: Vec<Option<f64>> = (0..thresholds().count()).map(at).collect();
        let best = (0..all.len()).rev().max_by(|&a, &b| all[a].unwrap_or(-1.0).total_cmp(&all[b].unwrap_or(-1.0)));
        (all, best.unwrap_or_default())
    }

    fn taken(&self, method: usize, filter: usize) -> impl Iterator<Item = &Taken> {
        self.maps(method, filter).filter_map(|(_, map)| map.taken.as_ref())
    }

    /// Objects of the scenes that the network doesn't need, and all of them, where parts are taken away.
    fn background(&self) -> Option<[usize; 2]> {
        let found: std::collections::BTreeMap<usize, [usize; 2]> =
            self.records.values().filter_map(|record| Some((record.picture, record.background?))).collect();
        let sum = |which: usize| found.values().map(|counts| counts[which]).sum();
        (!found.is_empty()).then(|| [sum(0), sum(1)])
    }

    /// A row for each picture, method, filter, protocol and tie policy.
    pub fn csv(&self) -> Result<String> {
        let plans = self.settings.plans()?;
        let mut table = HEADER.to_owned();
        if self.settings.takes_parts() {
            table = format!("{},{TAKEN}\n", table.trim_end());
        }
        let rows = self.rows();
        let best: Vec<usize> = rows.iter().map(|(method, filter, ..)| self.completeness(*method, *filter).1).collect();
        for ((_, method), record) in &self.records {
            let class = optional(record.class);
            let Record { picture, target, predicted, probability, .. } = record;
            for (filter, map) in record.maps.iter().enumerate() {
                let of = |agreement: Option<Agreement>| match agreement {
                    Some(Agreement { pointing, mass, rank }) => [pointing, mass, rank].map(optional).join(","),
                    None => ",,".into(),
                };
                let start = format!(
                    "{picture},{},{class},{target},{predicted},{probability},{},{}",
                    quoted(&record.name),
                    quoted(&record.method),
                    quoted(&map.filter)
                );
                let end = format!(
                    "{},{},{},{},{},{},{}",
                    of(map.object),
                    of(map.deciding),
                    map.outcome.as_deref().unwrap_or_default(),
                    map.fallback,
                    optional(record.conservation),
                    optional(map.boxes.as_ref().map(|boxes| boxes.region)),
                    optional(map.boxes.as_ref().map(|boxes| boxes.bounds))
                );
                let row = rows.iter().position(|&(of, by, ..)| (of, by) == (*method, filter));
                let end = match (&map.taken, row.and_then(|row| best.get(row))) {
                    (Some(taken), Some(&at)) => format!("{end},{}", taken_fields(taken, at)),
                    _ => end,
                };
                if plans.is_empty() {
                    put!(table, "{start},,,,,,{end}");
                }
                for (Plan { protocol, ties, .. }, curves) in plans.iter().zip(&map.curves) {
                    let [insertion, deletion, id] = scores(curves);
                    put!(table, "{start},{protocol},{},{insertion},{deletion},{id},{end}", name(*ties));
                }
            }
        }
        Ok(table)
    }

    /// What was not measured, and why.
    pub fn failures_csv(&self) -> String {
        let mut table = "picture,name,method,reason\n".to_owned();
        for failure in self.failures.values() {
            let method = quoted(failure.method.as_deref().unwrap_or_default());
            put!(table, "{},{},{method},{}", failure.picture, quoted(&failure.name), quoted(&failure.reason));
        }
        table
    }

    /// Means over the pictures, and all that has to be known to read them.
    pub fn markdown(&self) -> Result<String> {
        let settings = &self.settings;
        let mut text = format!("# Evaluation\n\n{}\n", self.summary());
        put!(text, "- Pictures: {}", settings.pictures);
        if let Some(classes) = &settings.classes {
            put!(text, "- Folders name classes {classes}");
        }
        put!(text, "- Weights: {}, on {}", settings.weights, settings.device);
        if let Some(labels) = &settings.labels {
            put!(text, "- Classes are named by {labels}");
        }
        let explained =
            if settings.explain == "truth" { "the picture's own, where it is known" } else { "the most probable" };
        put!(text, "- Class explained: {explained}");
        if let Some(against) = &settings.against {
            put!(text, "- Held against: {against}; curves follow σ of the margin");
        }
        if let Some(masks) = settings.masks {
            put!(text, "- Masks of RISE: {masks}");
        }
        put!(
            text,
            "- Figures: mean ± standard deviation over the pictures [95 % confidence interval of the mean, {RESAMPLES} bootstrap resamples, seed {}]\n",
            settings.seed
        );
        for (at, Plan { protocol, ties, .. }) in settings.plans()?.iter().enumerate() {
            let policy = match ties {
                Ties::Stable => "equals one after the other",
                Ties::Together => "equals together",
            };
            put!(text, "## Insertion and deletion, protocol {protocol}, {policy}\n");
            put!(text, "| method | filter | pictures | insertion ↑ | deletion ↓ | ID ↑ |");
            put!(text, "| --- | --- | ---: | ---: | ---: | ---: |");
            for (method, filter, method_name, filter_name) in self.rows() {
                let scores: Vec<_> =
                    self.maps(method, filter).filter_map(|(_, map)| Some(scores(map.curves.get(at)?))).collect();
                let figure = |which: usize| figure(self.mean(scores.iter().map(|scores| scores[which])));
                let [insertion, deletion, id] = [0, 1, 2].map(figure);
                let count = scores.len();
                put!(text, "| {method_name} | {filter_name} | {count} | {insertion} | {deletion} | {id} |");
            }
            text.push('\n');
        }
        self.localisation(&mut text, "the object", |map| map.object);
        self.localisation(&mut text, "the deciding parts", |map| map.deciding);
        self.localisation(&mut text, "the tag", |map| map.tag);
        self.boxes(&mut text);
        self.parts(&mut text);
        self.errors(&mut text);
        self.conservation(&mut text);
        self.sanity(&mut text);
        if !self.failures.is_empty() {
            put!(text, "## Not measured\n");
            for failure in self.failures.values() {
                let method = failure.method.as_ref().map_or_else(String::new, |method| format!(" by {method}"));
                put!(text, "- {}{method}: {}", failure.name, failure.reason);
            }
        }
        Ok(text)
    }

    /// How much of the work there is a result of.
    pub fn summary(&self) -> String {
        let (pictures, count) = (self.pictures(), self.settings.count);
        let failed: std::collections::BTreeSet<_> = self.failures.keys().map(|(picture, _)| picture).collect();
        let mut text = format!("{pictures} of {count} pictures measured, {} failed", failed.len());
        if self.missing() > 0 {
            text += &format!(", {} not yet done", self.missing());
        }
        if let Some(accuracy) = self.accuracy() {
            text += &format!("; {:.1} % called by their class", 100.0 * accuracy);
        }
        text + ".\n"
    }

    fn localisation(&self, text: &mut String, what: &str, of: impl Fn(&Map) -> Option<Agreement>) {
        if !self.records.values().flat_map(|record| &record.maps).any(|map| of(map).is_some()) {
            return;
        }
        put!(text, "## On {what}\n\n| method | filter | pictures | pointing ↑ | mass ↑ | rank ↑ |");
        put!(text, "| --- | --- | ---: | ---: | ---: | ---: |");
        for (method, filter, method_name, filter_name) in self.rows() {
            let found: Vec<Agreement> = self.maps(method, filter).filter_map(|(_, map)| of(map)).collect();
            // Where a value is missing, its mean is over fewer pictures, and says so.
            let over = |values: Vec<f64>| {
                let fewer = if values.len() < found.len() { format!(" ({})", values.len()) } else { String::new() };
                figure(self.mean(values.into_iter())) + &fewer
            };
            let pointing = over(found.iter().filter_map(|found| found.pointing).collect());
            let mass = over(found.iter().filter_map(|found| found.mass).collect());
            let rank = over(found.iter().filter_map(|found| found.rank).collect());
            put!(text, "| {method_name} | {filter_name} | {} | {pointing} | {mass} | {rank} |", found.len());
        }
        text.push('\n');
    }

    fn boxes(&self, text: &mut String) {
        if !self.records.values().flat_map(|record| &record.maps).any(|map| map.boxes.is_some()) {
            return;
        }
        put!(text, "## Boxes around the object\n");
        put!(
            text,
            "MaxBoxAccV2: the share of pictures in which a box around some component of the map overlaps with the object's box by 30, 50 or 70 %, where the map is cut at the level that is best for all of them, and the mean of the three. MaxBoxAcc: by 50 %, of the largest component alone. Region and box: intersection over union of the largest region above a fifth of the map's maximum, and of its box.\n"
        );
        put!(
            text,
            "| method | filter | pictures | 30 % ↑ | 50 % ↑ | 70 % ↑ | MaxBoxAccV2 ↑ | MaxBoxAcc ↑ | region ↑ | box ↑ |"
        );
        put!(text, "| --- | --- |{}", " ---: |".repeat(8));
        for (method, filter, method_name, filter_name) in self.rows() {
            let found: Vec<&Boxes> = self.boxed(method, filter).collect();
            let Some(accuracy) = Accuracy::of(&found) else { continue };
            let shares = [accuracy.best[0], accuracy.best[1], accuracy.best[2], accuracy.mean(), accuracy.largest];
            let shares = shares.map(|share| format!("{share:.3}")).join(" | ");
            let [region, bounds] = [|boxes: &Boxes| boxes.region, |boxes: &Boxes| boxes.bounds]
                .map(|of| figure(self.mean(found.iter().map(|boxes| of(boxes)))));
            let count = found.len();
            put!(text, "| {method_name} | {filter_name} | {count} | {shares} | {region} | {bounds} |");
        }
        text.push('\n');
    }

    fn boxed(&self, method: usize, filter: usize) -> impl Iterator<Item = &Boxes> {
        self.maps(method, filter).filter_map(|(_, map)| map.boxes.as_ref())
    }

    fn parts(&self, text: &mut String) {
        let Some([independent, all]) = self.background() else { return };
        put!(text, "## Taking parts away\n");
        put!(
            text,
            "FunnyBirds' protocols. Checks and distractibility are those at the share t of a map's sum (0.01 to 0.5, 80 of them) at which completeness is the highest; in brackets its mean over all t. The network needs {} of the {all} objects beside the birds: background independence {:.3}.\n",
            all - independent.min(all),
            independent as f64 / all.max(1) as f64
        );
        put!(
            text,
            "| method | filter | pictures | t | preservation ↑ | deletion ↑ | controlled ↑ | distractibility ↑ | completeness ↑ | correctness (single deletion) ↑ | contrastivity (target sensitivity) ↑ |"
        );
        put!(text, "| --- | --- |{}", " ---: |".repeat(9));
        for (method, filter, method_name, filter_name) in self.rows() {
            let found: Vec<&Taken> = self.taken(method, filter).collect();
            let (over_t, best) = self.completeness(method, filter);
            let over = |values: Vec<f64>| {
                let fewer = if values.len() < found.len() { format!(" ({})", values.len()) } else { String::new() };
                figure(self.mean(values.into_iter())) + &fewer
            };
            let check = |of: &dyn Fn(Checks) -> Option<f64>| {
                over(found.iter().filter_map(|taken| of(checks(taken, best)?)).collect())
            };
            let known: Vec<f64> = over_t.into_iter().flatten().collect();
            let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
            put!(
                text,
                "| {method_name} | {filter_name} | {} | {:.3} | {} | {} | {} | {} | {} ({mean:.3} over t) | {} | {} |",
                found.len(),
                thresholds().nth(best).unwrap_or_default(),
                check(&|checks| Some(checks.preservation)),
                check(&|checks| Some(checks.deletion)),
                check(&|checks| checks.controlled),
                check(&|checks| checks.distractibility),
                check(&|checks| checks.completeness()),
                over(found.iter().filter_map(|taken| taken.single_deletion).collect()),
                over(found.iter().filter_map(|taken| taken.target_sensitivity).collect())
            );
        }
        text.push('\n');
    }

    fn errors(&self, text: &mut String) {
        let kinds = ["attended", "IA", "OA", "WA"];
        if !self.records.values().flat_map(|record| &record.maps).any(|map| map.outcome.is_some()) {
            return;
        }
        put!(text, "## Kinds of error\n");
        put!(
            text,
            "Attended: at least half of the object is covered (where the map, reduced to 28×28, is above its mean), and at most half of the positive relevance lies outside. Insufficiently attended (IA): less is covered. Over-attended (OA): more lies outside. Wrongly attended (WA): both.\n"
        );
        put!(text, "| method | filter | attended | IA | OA | WA |\n| --- | --- | ---: | ---: | ---: | ---: |");
        for (method, filter, method_name, filter_name) in self.rows() {
            let count =
                |kind| self.maps(method, filter).filter(|(_, map)| map.outcome.as_deref() == Some(kind)).count();
            let [attended, ia, oa, wa] = kinds.map(count);
            put!(text, "| {method_name} | {filter_name} | {attended} | {ia} | {oa} | {wa} |");
        }
        text.push('\n');
    }

    fn conservation(&self, text: &mut String) {
        let errors = self.settings.methods.iter().enumerate().filter_map(|(method, name)| {
            let records = self.records.iter().filter(|((_, of), _)| *of == method);
            Some((name, self.mean(records.filter_map(|(_, record)| record.conservation))?))
        });
        let errors: Vec<_> = errors.collect();
        if errors.is_empty() {
            return;
        }
        put!(
            text,
            "## Conservation\n\nThe largest deviation of a layer's relevance from the start, as a share of it.\n"
        );
        put!(text, "| method | pictures | error ↓ |\n| --- | ---: | ---: |");
        for (name, mean) in errors {
            put!(text, "| {name} | {} | {:.2e} ± {:.2e} |", mean.count, mean.mean, mean.deviation);
        }
        text.push('\n');
    }

    fn sanity(&self, text: &mut String) {
        let layers = self.records.values().map(|record| &record.sanity).find(|sanity| !sanity.is_empty());
        let Some(layers) = layers else { return };
        put!(text, "## Model randomisation\n");
        put!(
            text,
            "Spearman's correlation with the unfiltered map after the layers from `fc` down to this one are drawn anew (seed {}); near 0 is sane. Mean over pictures.\n",
            self.settings.seed
        );
        let names: Vec<&str> = layers.iter().map(|(name, _)| name.as_str()).collect();
        put!(text, "| method | pictures | {} |\n| --- | ---: |{}", names.join(" | "), " ---: |".repeat(names.len()));
        for (method, name) in self.settings.methods.iter().enumerate() {
            let records = self.records.iter().filter(|((_, of), record)| *of == method && !record.sanity.is_empty());
            let records: Vec<&Record> = records.map(|(_, record)| record).collect();
            if records.is_empty() {
                continue;
            }
            let mean = |at: usize| {
                let values = records.iter().filter_map(|record| record.sanity.get(at)?.1);
                self.mean(values).map_or_else(|| "–".into(), |mean| format!("{:.2}", mean.mean))
            };
            let means: Vec<String> = (0..names.len()).map(mean).collect();
            put!(text, "| {name} | {} | {} |", records.len(), means.join(" | "));
        }
        text.push('\n');
    }

    /// Means for programs.
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

    /// How boxes around what stands out fit the object's.
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

    /// Means where parts are taken away; of checks at every share of a map's sum, and at the most complete one.
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

/// The share of pictures whose boxes are right.
struct Accuracy {
    /// By each of [`OVERLAPS`], of the component that fits best.
    best: [f64; OVERLAPS.len()],
    /// By half, of the largest component.
    largest: f64,
}

impl Accuracy {
    fn of(found: &[&Boxes]) -> Option<Self> {
        let mut best = [0.0; OVERLAPS.len()];
        for (at, share) in best.iter_mut().enumerate() {
            *share = accuracy(found.iter().map(|boxes| &boxes.best[at][..]))?;
        }
        Some(Self { best, largest: accuracy(found.iter().map(|boxes| &boxes.largest[..]))? })
    }

    /// MaxBoxAccV2.
    fn mean(&self) -> f64 {
        self.best.iter().sum::<f64>() / OVERLAPS.len() as f64
    }
}

/// A map's checks at a share of its sum, by its place.
fn checks(taken: &Taken, at: usize) -> Option<Checks> {
    let &(preservation, deletion, controlled, distractibility) = taken.checks.get(at)?;
    Some(Checks { preservation, deletion, controlled, distractibility })
}

fn taken_fields(taken: &Taken, at: usize) -> String {
    let checks = checks(taken, at);
    let fields = [
        taken.single_deletion,
        taken.target_sensitivity,
        thresholds().nth(at),
        checks.map(|checks| checks.preservation),
        checks.map(|checks| checks.deletion),
        checks.and_then(|checks| checks.controlled),
        checks.and_then(|checks| checks.distractibility),
    ];
    fields.map(optional).join(",")
}

/// Without an interval, which takes thousands of resamples.
fn plain_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

pub fn name(ties: Ties) -> &'static str {
    match ties {
        Ties::Stable => "stable",
        Ties::Together => "together",
    }
}

fn figure(mean: Option<Mean>) -> String {
    mean.map_or_else(
        || "–".into(),
        |Mean { mean, deviation, interval: [low, high], .. }| {
            format!("{mean:.3} ± {deviation:.3} [{low:.3}, {high:.3}]")
        },
    )
}

fn optional(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A field of a CSV table (RFC 4180).
pub fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
