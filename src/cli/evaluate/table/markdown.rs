//! The results as Markdown.

use c3lrp::Result;
use c3lrp::metric::parts::{Checks, thresholds};
use c3lrp::metric::{Plan, Ties};

use super::super::records::{Agreement, Boxes, Map, Record, Results, Taken};
use super::super::statistics::{Mean, RESAMPLES};
use super::accuracy::Accuracy;
use super::{checks, put, scores};

impl Results {
    /// Means over the pictures, with everything that is needed to read them.
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

    /// How much of the work has a result.
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
            // If some pictures lack a value, the mean is over fewer pictures, and says so.
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
}

fn figure(mean: Option<Mean>) -> String {
    mean.map_or_else(
        || "–".into(),
        |Mean { mean, deviation, interval: [low, high], .. }| {
            format!("{mean:.3} ± {deviation:.3} [{low:.3}, {high:.3}]")
        },
    )
}
