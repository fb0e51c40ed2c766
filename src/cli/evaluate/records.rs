//! Records of what was measured: one line for each picture and method, appended as it comes, so that a run can be
//! interrupted at any time and continued.

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

/// A line of the file; the first line holds the settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    Settings(Settings),
    #[serde(rename = "measured")]
    Record(Record),
    Failed(Failure),
}

/// One picture measured with one method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The picture's index, from 0.
    pub picture: usize,
    pub name: String,
    pub method: String,
    /// The picture's own class, if it is known.
    pub class: Option<usize>,
    /// The class that was explained.
    pub target: usize,
    /// The most probable class.
    pub predicted: usize,
    /// The probability of the explained class.
    pub probability: f32,
    pub conservation: Option<f64>,
    /// If parts are removed: the number of objects of the scene that the network doesn't need, and of all visible ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<[usize; 2]>,
    /// The results for each filter, in the settings' order.
    pub maps: Vec<Map>,
    /// Spearman's correlation with the map after each layer from the last on is randomised; empty if that was not asked
    /// for, `null` if such a map is constant or not finite.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sanity: Vec<(String, Option<f64>)>,
}

/// A map after a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    pub filter: String,
    /// Whether contour and component didn't overlap.
    pub fallback: bool,
    pub object: Option<Agreement>,
    pub deciding: Option<Agreement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<Agreement>,
    /// How the boxes around what stands out fit the object's box; absent if there is no mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boxes: Option<Boxes>,
    pub outcome: Option<String>,
    /// For each plan, in the settings' order: the probabilities of insertion and of deletion.
    pub curves: Vec<[Vec<f32>; 2]>,
    /// The scores of FunnyBirds' protocols, if parts are removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// How well boxes fit the object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boxes {
    /// Intersection over union of the map's largest region and the object's mask; 0 if there is no region.
    pub region: f64,
    /// Intersection over union of the boxes around both.
    pub bounds: f64,
    /// The levels at which the largest component's box overlaps the object's by half (MaxBoxAcc).
    pub largest: Runs,
    /// For each of [`OVERLAPS`], the levels at which the best component's box overlaps by that much (MaxBoxAccV2).
    pub best: [Runs; OVERLAPS.len()],
}

/// How a map performs when parts are removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// Absent if all parts count the same.
    pub single_deletion: Option<f64>,
    /// Absent if no two classes can be told apart in this way.
    pub target_sensitivity: Option<f64>,
    /// For each share of the map's sum: preservation, deletion, controlled check and distractibility.
    pub checks: Vec<(f64, f64, Option<f64>, Option<f64>)>,
}

/// How a map agrees with a mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// The pointing game; absent if the map is empty.
    pub pointing: Option<f64>,
    /// Relevance mass; absent if nothing in the map is positive.
    pub mass: Option<f64>,
    /// Relevance rank; absent if the mask is empty.
    pub rank: Option<f64>,
}

/// A picture that couldn't be measured, by one method or at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub picture: usize,
    pub name: String,
    /// Absent if no method was tried.
    pub method: Option<String>,
    pub reason: String,
}

/// The file that a run appends to.
pub struct Records {
    path: PathBuf,
    file: File,
    done: BTreeSet<(usize, String)>,
    failures: Vec<Failure>,
}

impl Records {
    /// Starts a file, or continues one; an incomplete last line is dropped.
    pub fn open(path: &Path, settings: &Settings) -> Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| failed(path, "opened", error))?;
        // On a file system without locks, there is no lock.
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

    /// Records a failure, unless it is already recorded.
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
        // A single write, so that an interrupted one leaves a whole line or the beginning of a line; synced, so that
        // nothing that the progress bar counted is lost when the machine crashes.
        let written = self.file.write_all(&text).and_then(|()| self.file.sync_data());
        written.map_err(|error| failed(&self.path, "written", error))
    }
}

/// The lines, and the number of bytes that they take; anything after that is the beginning of another line.
fn parse(path: &Path, bytes: &[u8]) -> Result<(Vec<Line>, usize)> {
    let (mut lines, mut whole) = (Vec::new(), 0);
    for text in bytes.split_inclusive(|&byte| byte == b'\n').filter(|text| text.ends_with(b"\n")) {
        match serde_json::from_slice(text) {
            Ok(line) => lines.push(line),
            // A machine that crashes can leave a last line of the right length with wrong bytes.
            Err(_) if whole + text.len() == bytes.len() => break,
            Err(error) => return Err(failed(path, "read", format!("line {}: {error}", lines.len() + 1))),
        }
        whole += text.len();
    }
    Ok((lines, whole))
}

/// All results, in whatever order and files they were recorded.
pub struct Results {
    pub settings: Settings,
    /// By picture, then by the method's index in the settings.
    pub records: BTreeMap<(usize, usize), Record>,
    /// The pictures and methods that have no record.
    pub failures: BTreeMap<(usize, Option<usize>), Failure>,
}

impl Results {
    /// Reads the records of one run: its file, or those of its shards.
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

    /// How a record differs from what the settings ask for; none if it doesn't.
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

    /// Number of pictures with a record for at least one method.
    pub fn pictures(&self) -> usize {
        self.records.keys().map(|(picture, _)| picture).collect::<BTreeSet<_>>().len()
    }

    /// The share of the pictures with a known class for which the network predicts it.
    pub fn accuracy(&self) -> Option<f64> {
        let calls: BTreeMap<usize, bool> = self
            .records
            .values()
            .filter_map(|record| Some((record.picture, record.class? == record.predicted)))
            .collect();
        let right = calls.values().filter(|right| **right).count();
        (!calls.is_empty()).then(|| right as f64 / calls.len() as f64)
    }

    /// Number of pictures that were neither measured nor failed.
    pub fn missing(&self) -> usize {
        let seen: BTreeSet<usize> =
            self.records.keys().map(|key| key.0).chain(self.failures.keys().map(|key| key.0)).collect();
        self.settings.count - seen.len().min(self.settings.count)
    }
}
