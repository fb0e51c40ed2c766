//! The results as CSV.

use c3lrp::Result;
use c3lrp::metric::Plan;
use c3lrp::metric::parts::thresholds;

use super::super::records::{Agreement, Record, Results, Taken};
use super::{checks, name, put, scores};

const HEADER: &str = "picture,name,class,target,predicted,probability,method,filter,protocol,ties,insertion,deletion,id,\
object_pointing,object_mass,object_rank,deciding_pointing,deciding_mass,deciding_rank,outcome,fallback,conservation,region_iou,box_iou\n";

/// The columns for removed parts, at the share of the map's sum at which the method's filter is most complete.
const TAKEN: &str =
    "single_deletion,target_sensitivity,threshold,preservation,deletion_check,controlled,distractibility";

impl Results {
    /// A row for each picture, method, filter, protocol and treatment of ties.
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

    /// The pictures that could not be measured, with the reasons.
    pub fn failures_csv(&self) -> String {
        let mut table = "picture,name,method,reason\n".to_owned();
        for failure in self.failures.values() {
            let method = quoted(failure.method.as_deref().unwrap_or_default());
            put!(table, "{},{},{method},{}", failure.picture, quoted(&failure.name), quoted(&failure.reason));
        }
        table
    }
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
