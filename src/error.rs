//! What can go wrong, in words that a person can act on.

use std::fmt;

/// Every error of this crate. The variant says what kind of thing has to change: the weights file,
/// the picture, the options, or the device.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The weights file can't be used; the message names the tensor and what was expected.
    Weights(String),
    /// The picture or tensor can't be used.
    Picture(String),
    /// The list of class names can't be read, or belongs to another network.
    Labels(String),
    /// An option is unknown or out of its range.
    Options(String),
    /// The device is missing, unfit, or gave a wrong answer.
    Device(String),
    /// The device went away or failed in the middle of the work: make a new one and load again.
    DeviceLost(String),
    /// The device gave a wrong answer in the middle of the work, so that what it would show is withheld: make a
    /// new one, on the CPU, and load again.
    DeviceWrong(String),
    /// The engine itself failed, so that nothing of it is to be believed any more: make a new one.
    Engine(String),
    /// A file could not be read or written.
    File(String),
}

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Of a panic, by what it says of itself.
    pub(crate) fn panicked(what: &str) -> Self {
        Self::Engine(format!("It said: {}.", what.trim_end_matches('.')))
    }

    /// The variant's name as JavaScript sees it in `error.name`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Weights(_) => "WeightsError",
            Self::Picture(_) => "PictureError",
            Self::Labels(_) => "LabelsError",
            Self::Options(_) => "OptionsError",
            Self::Device(_) => "DeviceError",
            Self::DeviceLost(_) => "DeviceLost",
            Self::DeviceWrong(_) => "DeviceWrong",
            Self::Engine(_) => "EngineError",
            Self::File(_) => "FileError",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, what) = match self {
            Self::Weights(what) => ("These weights can't be used: ", what),
            Self::Picture(what) => ("This picture can't be used: ", what),
            Self::Labels(what) => ("These class names can't be used: ", what),
            Self::Options(what) => ("This option can't be used: ", what),
            Self::Device(what) => ("This device can't be used: ", what),
            Self::DeviceLost(what) => ("The device was lost: ", what),
            Self::DeviceWrong(what) => ("The device computed wrongly, so that no map is shown: ", what),
            Self::Engine(what) => ("The engine failed and can't go on; load the network again. ", what),
            Self::File(what) => ("", what),
        };
        let (what, end) = shortened(what);
        write!(f, "{start}{what}{end}")
    }
}

/// A file may name a tensor with a megabyte. Of such a message the ends are shown: it begins with what is
/// wrong, and ends with what to do.
fn shortened(what: &str) -> (&str, String) {
    if what.len() <= 2 * SHOWN {
        return (what, String::new());
    }
    let start = &what[..what.floor_char_boundary(SHOWN)];
    (start, format!(" … {}", &what[what.ceil_char_boundary(what.len() - SHOWN)..]))
}

/// Bytes of each end of a message that is too long.
const SHOWN: usize = 600;

impl std::error::Error for Error {}

impl From<burn::tensor::ExecutionError> for Error {
    fn from(error: burn::tensor::ExecutionError) -> Self {
        Self::DeviceLost(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_ends() {
        let long = Error::Weights(format!("first {} last", "ü".repeat(1 << 20))).to_string();
        assert!(long.starts_with("These weights can't be used: first ü") && long.ends_with("ü last"));
        assert!(long.contains(" … ") && long.len() < 1300, "{}", long.len());
        assert_eq!(Error::File("as it is".into()).to_string(), "as it is");
    }
}
