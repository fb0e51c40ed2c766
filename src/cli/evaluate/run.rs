//! One run: every picture with every method, and the errors that end it.

use std::path::Path;
use std::time::Instant;

use c3lrp::{Error, Result};

use super::super::progress::Progress;
use super::measure::Measure;
use super::parts::Interventions;
use super::pictures::Pictures;
use super::records::{Failure, Records, Results};
use super::shard::Shard;
use super::speed::Speed;

/// Measures whatever the folder's records lack, picture by picture, and reads all records.
pub fn measure_all(
    measure: &mut Measure,
    pictures: &Pictures,
    folder: &Path,
    shard: Option<Shard>,
    compare_speed: bool,
) -> Result<Results> {
    let settings = measure.settings;
    let (file, numbers): (_, Vec<usize>) = match shard {
        None => ("records.jsonl".to_owned(), (0..pictures.len()).collect()),
        Some(Shard { part, of }) => {
            (format!("records-{part}-of-{of}.jsonl"), (part - 1..pictures.len()).step_by(of).collect())
        }
    };
    let path = folder.join(file);
    let mut records = Records::open(&path, settings)?;
    let works: Vec<u64> = (0..settings.methods.len()).map(|method| measure.work(method)).collect();
    let names = || settings.methods.iter().enumerate();
    let left = |records: &Records, number: usize| -> Vec<usize> {
        names().filter(|(_, name)| !records.has(number, name)).map(|(method, _)| method).collect()
    };
    let work = |methods: &[usize]| methods.iter().map(|&method| works[method]).sum::<u64>();
    let total = works.iter().sum::<u64>() * numbers.len() as u64;
    let to_do: u64 = numbers.iter().map(|&number| work(&left(&records, number))).sum();
    let mut progress = Progress::new(total, total - to_do);
    let mut speed = compare_speed.then(Speed::default);
    for number in numbers {
        let methods = left(&records, number);
        if methods.is_empty() {
            continue;
        }
        let start = Instant::now();
        let name = pictures.name(number);
        let ready = || {
            let subject = pictures.load(number)?;
            let classes = measure.classes(&subject)?;
            let taken = settings.takes_parts();
            let interventions =
                taken.then(|| Interventions::new(&measure.explainer, settings, pictures, number, &classes));
            Ok((subject, classes, interventions.transpose()?))
        };
        let (subject, classes, mut interventions) = match ready() {
            Ok(ready) => ready,
            Err(error) => {
                let error = passing(error)?;
                progress.say(&format!("{name}: {error}"));
                records.failed(Failure { picture: number, name, method: None, reason: error.to_string() })?;
                progress.add(work(&methods), "");
                continue;
            }
        };
        for method in methods {
            match measure.record(number, &name, method, &subject, &classes, interventions.as_mut()) {
                Ok(record) => records.measured(record)?,
                Err(error) => {
                    let error = passing(error)?;
                    let method = settings.methods[method].clone();
                    progress.say(&format!("{name} by {method}: {error}"));
                    let (method, reason) = (Some(method), error.to_string());
                    records.failed(Failure { picture: number, name: name.clone(), method, reason })?;
                }
            }
            progress.add(works[method], &name);
        }
        if let Some(speed) = &mut speed {
            speed.compare(measure, start.elapsed())?;
        }
    }
    progress.clear();
    speed.map_or(Ok(()), Speed::report)?;
    drop(records);
    Results::read(&[path])
}

/// An error that need not affect the next picture. A device that failed or computed wrongly may have been wrong before:
/// then the run stops, so that no wrong record is added.
pub fn passing(error: Error) -> Result<Error> {
    match error {
        Error::Device(_) | Error::DeviceLost(_) | Error::DeviceWrong(_) | Error::Engine(_) => Err(error),
        Error::Weights(_) | Error::Picture(_) | Error::Options(_) | Error::Labels(_) | Error::File(_) => Ok(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_device_that_is_wrong_stops_the_run() {
        for fatal in [Error::Device, Error::DeviceLost, Error::DeviceWrong] {
            assert_eq!(passing(fatal("it".into())), Err(fatal("it".into())));
        }
        for passed in [Error::Weights, Error::Picture, Error::Options, Error::File] {
            assert_eq!(passing(passed("it".into())), Ok(passed("it".into())));
        }
    }
}
