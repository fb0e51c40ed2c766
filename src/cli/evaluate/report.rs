//! Writes and prints results.

use std::path::Path;

use c3lrp::{Error, Result};

use super::super::files;
use super::super::print::{line, print};
use super::records::Results;

/// Writes the tables and curves to the folder, and prints the means.
pub fn report(measured: &Results, folder: Option<&Path>, json: bool) -> Result<()> {
    let markdown = measured.markdown()?;
    if let Some(folder) = folder {
        files::write(&folder.join("results.csv"), measured.csv()?.as_bytes())?;
        files::write(&folder.join("failures.csv"), measured.failures_csv().as_bytes())?;
        files::write(&folder.join("curves.csv"), measured.curves_csv()?.as_bytes())?;
        files::write(&folder.join("evaluation.md"), markdown.as_bytes())?;
        measured.plot(folder)?;
    }
    if json {
        let json = serde_json::to_string_pretty(&measured.json()?);
        line!("{}", json.map_err(|error| Error::File(error.to_string().into()))?)?;
    } else {
        print(format_args!("{markdown}"))?;
    }
    require_any(measured)
}

/// An error if no picture could be measured; some may fail.
///
/// # Errors
/// [`Error::Picture`] if none could be measured.
pub fn require_any(measured: &Results) -> Result<()> {
    match (measured.records.is_empty(), measured.failures.values().next()) {
        (true, Some(failure)) => Err(Error::Picture(
            format!("none could be measured, the first one, {}, as: {}", failure.name, failure.reason).into(),
        )),
        _ => Ok(()),
    }
}
