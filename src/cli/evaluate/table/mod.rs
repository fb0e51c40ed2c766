//! The results as tables: CSV for machines, Markdown for people, JSON for programs.

mod accuracy;
mod csv;
mod json;
mod markdown;

pub use csv::quoted;

use c3lrp::metric::parts::{Checks, thresholds};
use c3lrp::metric::{Curve, Ties};

use super::records::{Boxes, Map, Record, Results, Taken};
use super::statistics::{self, Mean};

/// Writes to a string, which can't fail.
macro_rules! put {
    ($to:expr, $($what:tt)*) => {{
        use std::fmt::Write as _;
        _ = writeln!($to, $($what)*)
    }};
}
use put;

/// Insertion score, deletion score and ID score of one plan's curves.
fn scores([insertion, deletion]: &[Vec<f32>; 2]) -> [f64; 3] {
    let area = |probabilities: &Vec<f32>| Curve { shares: Vec::new(), probabilities: probabilities.clone() }.area();
    let [insertion, deletion] = [area(insertion), area(deletion)];
    [insertion, deletion, insertion - deletion]
}

impl Results {
    /// A method's records, with the map of one of its filters, picture by picture.
    pub fn maps(&self, method: usize, filter: usize) -> impl Iterator<Item = (&Record, &Map)> {
        let records = self.records.iter().filter(move |((_, of), _)| *of == method);
        records.filter_map(move |(_, record)| Some((record, record.maps.get(filter)?)))
    }

    /// Every method with each of its filters: their indices and names.
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

    /// How complete a method's maps are with one of its filters: at each share t of a map's sum, the mean over the
    /// pictures of the mean of two numbers, the three checks' mean and distractibility. Also the index of the largest
    /// value, on a tie the first one, at which the checks are reported, as in FunnyBirds' released code.
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

    /// If parts are removed: the number of objects of the scenes that the network doesn't need, and of all of them.
    fn background(&self) -> Option<[usize; 2]> {
        let found: std::collections::BTreeMap<usize, [usize; 2]> =
            self.records.values().filter_map(|record| Some((record.picture, record.background?))).collect();
        let sum = |which: usize| found.values().map(|counts| counts[which]).sum();
        (!found.is_empty()).then(|| [sum(0), sum(1)])
    }

    fn boxed(&self, method: usize, filter: usize) -> impl Iterator<Item = &Boxes> {
        self.maps(method, filter).filter_map(|(_, map)| map.boxes.as_ref())
    }
}

/// A map's checks at a share of its sum, given the share's index.
fn checks(taken: &Taken, at: usize) -> Option<Checks> {
    let &(preservation, deletion, controlled, distractibility) = taken.checks.get(at)?;
    Some(Checks { preservation, deletion, controlled, distractibility })
}

/// The mean without an interval, which would take thousands of resamples.
fn plain_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

pub fn name(ties: Ties) -> &'static str {
    match ties {
        Ties::Stable => "stable",
        Ties::Together => "together",
    }
}
