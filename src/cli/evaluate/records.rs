//! What was measured, a line for each picture and method, appended as it comes: a run can be killed at any
//! time and taken up again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use c3lrp::metric::parts::THRESHOLDS;
use c3lrp::metric::{OVERLAPS, Runs};
use c3lrp::{Error, Result};
use serde::{Deserialize, Serialize};

use super::super::disk::failed;
use super::settings::Settings;

/// A line of the file; the first one has the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    Settings(Settings),
    #[serde(rename = "measured")]
    Record(Record),
    Failed(Failure),
}

/// One picture by one method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place among the pictures, from 0.
    pub picture: usize,
    pub name: String,
    pub method: String,
    /// The picture's own class, where it is known.
    pub class: Option<usize>,
    /// The class that was explained.
    pub target: usize,
    /// The most probable class.
    pub predicted: usize,
    /// The explained class's.
    pub probability: f32,
    pub conservation: Option<f64>,
    /// Objects of the scene that the network doesn't need, and all that show, where parts are taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<[usize; 2]>,
    /// By each filter, in the settings' order.
    pub maps: Vec<Map>,
    /// Spearman's correlation with the map after each layer from the top is randomised; empty where that was
    /// not asked for, `null` where such a map is constant or not finite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sanity: Vec<(String, Option<f64>)>,
}

/// A map after a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    pub filter: String,
    /// Whether contour and component shared nothing.
    pub fallback: bool,
    pub object: Option<Agreement>,
    pub deciding: Option<Agreement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Agreement>,
    /// Of the boxes around what stands out, with the object's; absent where no mask is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Boxes>,
    pub outcome: Option<String>,
    /// By each plan, in the settings' order: the probabilities of insertion and of deletion.
    pub curves: Vec<[Vec<f32>; 2]>,
    /// Where parts are taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// How boxes fit the object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boxes {
    /// Intersection over union of the map's largest region with the object's mask; 0 where there is none.
    pub region: f64,
    /// Intersection over union of the boxes around both.
    pub bounds: f64,
    /// The levels at which the largest component's box overlaps by half (MaxBoxAcc).
    pub largest: Runs,
    /// Those at which the best component's box does by each of [`OVERLAPS`] (MaxBoxAccV2).
    pub best: [Runs; OVERLAPS.len()],
}

/// How a map fares when parts are taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// Absent where all parts count the same.
    pub single_deletion: Option<f64>,
    /// Absent where no two classes can be told apart so.
    pub target_sensitivity: Option<f64>,
    /// At each share of the map's sum: preservation, deletion, controlled check and distractibility.
    pub checks: Vec<(f64, f64, Option<f64>, Option<f64>)>,
}

/// With a mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Absent where the map is empty.
    pub pointing: Option<f64>,
    /// Absent where nothing in the map is positive.
    pub mass: Option<f64>,
    /// Absent where the mask is empty.
    pub rank: Option<f64>,
}

/// A picture, or a method on it, that couldn't be measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub picture: usize,
    pub name: String,
    /// Absent where no method was tried.
    pub method: Option<String>,
    pub reason: String,
}

/// The file to which a run appends.
pub struct Records {
    path: PathBuf,
    file: File,
    done: BTreeSet<(usize, String)>,
    failures: Vec<Failure>,
}

impl Records {
    /// Begins a file, or takes it up: a last line that was cut off is dropped.
    pub fn open(path: &Path, settings: &Settings) -> Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| failed(path, "opened", error))?;
        // Where the file system has no locks, there is none.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(failed(path, "taken up", "another run is writing to it"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| failed(path, "read", error))?;
        let (lines, whole) = parse(path, &bytes)?;
        file.set_len(whole as u64)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| failed(path, "written", error))?;
        let mut records = Self { path: path.to_owned(), file, done: BTreeSet::new(), failures: Vec::new() };
        match lines.first() {
            None => records.append(&Line::Settings(settings.clone()))?,
            Some(Line::Settings(found)) => {
                if let Some(difference) = settings.difference(found) {
                    return Err(failed(
                        path,
                        "taken up",
                        format!("it is of another run: {difference}; name another --out"),
                    ));
                }
            }
            Some(_) => return Err(failed(path, "taken up", "its first line has no settings")),
        }
        for line in lines {
            match line {
                Line::Settings(_) => {}
                Line::Record(record) => _ = records.done.insert((record.picture, record.method)),
                Line::Failed(failure) => records.failures.push(failure),
            }
        }
        Ok(records)
    }

    pub fn has(&self, picture: usize, method: &str) -> bool {
        self.done.contains(&(picture, method.to_owned()))
    }

    pub fn measured(&mut self, record: Record) -> Result<()> {
        self.done.insert((record.picture, record.method.clone()));
        self.append(&Line::Record(record))
    }

    /// A failure that is already recorded is not written again.
    pub fn failed(&mut self, failure: Failure) -> Result<()> {
        if self.failures.contains(&failure) {
            return Ok(());
        }
        self.failures.push(failure.clone());
        self.append(&Line::Failed(failure))
    }

    fn append(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(|error| failed(&self.path, "written", error))?;
        text.push(b'\n');
        // One write, so that a kill leaves a whole line or the beginning of one; synced, so that no crash of
        // the machine loses what the bar has counted.
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_data());
        written.map_err(|error| failed(&self.path, "written", error))
    }
}

/// The lines, and the number of bytes that they take: what comes after them is the beginning of a line.
fn parse(path: &Path, bytes: &[u8]) -> Result<(Vec<Line>, usize)> {
    let (mut lines, mut whole) = (Vec::new(), 0);
    for text in bytes.split_inclusive(|&byte| byte == b'\n').filter(|text| text.ends_with(b"\n")) {
        match serde_json::from_slice(text) {
            Ok(line) => lines.push(line),
            // A machine that went down can leave a last line whose length is right and whose bytes are not.
            Err(_) if whole + text.len() == bytes.len() => break,
            Err(error) => return Err(failed(path, "read", format!("line {}: {error}", lines.len() + 1))),
        }
        whole += text.len();
    }
    Ok((lines, whole))
}

/// All that was measured, whatever the order and the files it came in.
pub struct Results {
    pub settings: Settings,
    /// By picture, then by the method's place in the settings.
    pub records: BTreeMap<(usize, usize), Record>,
    /// What has no record.
    pub failures: BTreeMap<(usize, Option<usize>), Failure>,
}

impl Results {
    /// Reads the records of one run: the file of an unsharded one, or those of its shards.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut all: Option<Self> = None;
        for path in paths {
            let mut bytes = Vec::new();
            File::open(path)
                .and_then(|mut file| file.read_to_end(&mut bytes))
                .map_err(|error| failed(path, "read", error))?;
            let mut lines = parse(path, &bytes)?.0.into_iter();
            let Some(Line::Settings(settings)) = lines.next() else {
                return Err(failed(path, "read", "its first line has no settings"));
            };
            let all = match &mut all {
                None => all.insert(Self { settings, records: BTreeMap::new(), failures: BTreeMap::new() }),
                Some(all) => match all.settings.difference(&settings) {
                    None => all,
                    Some(difference) => {
                        return Err(failed(path, "merged", format!("it is of another run: {difference}")));
                    }
                },
            };
            lines.try_for_each(|line| all.add(path, line))?;
        }
        let mut all = all.ok_or_else(|| Error::File("there are no records to read".into()))?;
        let Self { records, failures, .. } = &mut all;
        failures.retain(|&(picture, method), _| match method {
            Some(method) => !records.contains_key(&(picture, method)),
            None => records.range((picture, 0)..(picture + 1, 0)).next().is_none(),
        });
        Ok(all)
    }

    fn add(&mut self, path: &Path, line: Line) -> Result<()> {
        let place = |name: &String| self.settings.methods.iter().position(|method| method == name);
        match line {
            Line::Settings(_) => return Err(failed(path, "read", "it has settings twice")),
            Line::Record(record) => {
                let method =
                    place(&record.method).ok_or_else(|| failed(path, "read", "a method is none of its settings'"))?;
                if let Some(wrong) = self.wrong(&record, method)? {
                    let what = format!("{} by {} {wrong}", record.name, record.method);
                    return Err(failed(path, "read", what));
                }
                let key = (record.picture, method);
                if self.records.get(&key).is_some_and(|known| *known != record) {
                    let what =
                        format!("{} by {} is measured twice, with different results", record.name, record.method);
                    return Err(failed(path, "merged", what));
                }
                self.records.insert(key, record);
            }
            Line::Failed(failure) => {
                let method = failure.method.as_ref().and_then(place);
                self.failures.insert((failure.picture, method), failure);
            }
        }
        Ok(())
    }

    /// What a record has other than its settings ask for; none where it has all of it.
    fn wrong(&self, record: &Record, method: usize) -> Result<Option<String>> {
        let filters = record.maps.iter().map(|map| &map.filter);
        if !filters.eq(self.settings.filters_of(method)) {
            return Ok(Some("has the maps of other filters than its settings'".into()));
        }
        let plans = self.settings.plans()?;
        let expected = self.settings.takes_parts().then_some(THRESHOLDS);
        for map in &record.maps {
            if map.taken.as_ref().map(|taken| taken.checks.len()) != expected {
                return Ok(Some("has other scores of parts than its settings ask for".into()));
            }
            if map.curves.len() != plans.len() {
                let (found, expected) = (map.curves.len(), plans.len());
                return Ok(Some(format!("has {found} pairs of curves, and its settings ask for {expected}")));
            }
            for (plan, curves) in plans.iter().zip(&map.curves) {
                let cells = (self.settings.side / plan.protocol.side().max(1)).pow(2);
                let points = plan.protocol.counts(cells, plan.points)?.len();
                if let Some(curve) = curves.iter().find(|curve| curve.len() != points) {
                    let found = curve.len();
                    return Ok(Some(format!("has a curve of {found} points, and its settings ask for {points}")));
                }
                if curves.iter().flatten().any(|value| !value.is_finite()) {
                    return Ok(Some("has a probability that is not finite".into()));
                }
            }
        }
        Ok(None)
    }

    /// Pictures with a record by at least one method.
    pub fn pictures(&self) -> usize {
        self.records.keys().map(|(picture, _)| picture).collect::<BTreeSet<_>>().len()
    }

    /// The share of the pictures of known class that the network calls by it.
    pub fn accuracy(&self) -> Option<f64> {
        let calls: BTreeMap<usize, bool> = self
            .records
            .values()
            .filter_map(|record| Some((record.picture, record.class? == record.predicted)))
            .collect();
        let right = calls.values().filter(|right| **right).count();
        (!calls.is_empty()).then(|| right as f64 / calls.len() as f64)
    }

    /// Pictures that were neither measured nor failed.
    pub fn missing(&self) -> usize {
        let seen: BTreeSet<usize> =
            self.records.keys().map(|key| key.0).chain(self.failures.keys().map(|key| key.0)).collect();
        self.settings.count - seen.len().min(self.settings.count)
    }
}
