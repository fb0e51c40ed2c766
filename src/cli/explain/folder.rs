//! Many pictures: three files for each, and a page that shows all of them. An interrupted run continues.

use std::path::{Path, PathBuf};

use c3lrp::{Error, Result};
use serde_json::Value;

use super::super::asked::{Asked, Asking};
use super::super::disk;
use super::super::evaluate::{is_picture, passing};
use super::super::files;
use super::super::print::line;
use super::super::progress::Progress;
use super::report;
use super::sheet::{self, Entry};

/// Explains a picture, or every picture of a folder, and writes to a folder.
pub fn explain(asked: &Asked, out: &Path) -> Result<()> {
    let pictures = pictures(asked.input(), out)?;
    let asking = asked.load()?;
    let question = question(asked, &asking)?;
    files::create_folder(out)?;
    let mut progress = Progress::new(pictures.len() as u64, 0);
    let (mut entries, mut passed) = (Vec::new(), 0);
    for path in &pictures {
        let name = name(path);
        let found = one(&asking, path, out, &question);
        let (entry, there) = match found {
            Ok((report, there)) => (Entry { name: name.clone(), report: Ok(report) }, there),
            Err(error) => {
                // An error that need not affect the next picture is printed, and shown in the picture's place.
                let error = passing(error)?;
                progress.say(&format!("{name}: {error}"));
                (Entry { name: name.clone(), report: Err(error.to_string()) }, false)
            }
        };
        passed += usize::from(there);
        entries.push(entry);
        progress.add(1, &name);
    }
    progress.clear();
    let sheet = out.join("index.html");
    files::write_whole(&sheet, sheet::html(&entries, &asking).as_bytes())?;
    let failed = entries.iter().filter(|entry| entry.report.is_err()).count();
    let explained = entries.len() - failed - passed;
    line!("{explained} explained, {passed} passed over, {failed} failed; {} shows them", sheet.display())?;
    match entries.first() {
        Some(Entry { name, report: Err(reason) }) if failed == entries.len() => {
            Err(Error::Picture(format!("none could be explained, the first one, {name}, as: {reason}").into()))
        }
        _ => Ok(()),
    }
}

/// A picture's JSON, and whether it existed already.
fn one(asking: &Asking, path: &Path, out: &Path, question: &str) -> Result<(Value, bool)> {
    let run = format!("{:016x}", disk::hash(format!("{question}\n{}", disk::fingerprint(path)?).as_bytes()));
    let file = |end: &str| out.join(format!("{}.{end}", name(path)));
    if let Some(report) = there(&file("json"), &run) {
        return Ok((report, true));
    }
    let answer = asking.explain(path)?;
    let mut report = report::json(asking, &answer);
    report["run"] = run.into();
    files::write_whole(&file("png"), &files::png_bytes(&report::heatmap(&answer.explained, &asking.options))?)?;
    files::write_whole(&file("npy"), &report::relevance(&answer.explained)?)?;
    // The JSON comes last: if it exists, the other files do too.
    files::write_whole(&file("json"), format!("{report}\n").as_bytes())?;
    Ok((report, false))
}

/// The JSON that exists from the same run; none if it is from another run, or not ours.
fn there(path: &Path, run: &str) -> Option<Value> {
    let report: Value = serde_json::from_str(&disk::read_text(path).ok()?).ok()?;
    let same = report["run"] == run && report["format"] == report::FORMAT;
    same.then_some(report)
}

/// Everything except the picture that determines the picture's files.
fn question(asked: &Asked, asking: &Asking) -> Result<String> {
    let info = asking.explainer.info();
    let labels = asking.names.labels.as_ref().map(|labels| disk::hash(labels.names().join("\n").as_bytes()));
    Ok(format!(
        "{}\n{}{}\n{labels:?}\n{} {}\n{}",
        asking.question,
        asked.network.fingerprint()?,
        asked.network.said()?,
        info.device,
        info.adapter,
        env!("CARGO_PKG_VERSION")
    ))
}

/// The picture, or the pictures of the folder, sorted by name.
fn pictures(input: &Path, out: &Path) -> Result<Vec<PathBuf>> {
    if !input.is_dir() {
        return Ok(vec![input.to_owned()]);
    }
    let same = |path: &Path| path.canonicalize().ok();
    if same(input).is_some() && same(input) == same(out) {
        return Err(Error::Options("--out is the folder of the pictures; name another one".into()));
    }
    let found: Vec<PathBuf> =
        disk::list(input)?.into_iter().filter(|path| path.is_file() && is_picture(path)).collect();
    match found.is_empty() {
        true => Err(Error::File(format!("{} has no pictures ({})", input.display(), files::KINDS).into())),
        false => Ok(found),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
