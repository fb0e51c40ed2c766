//! What can go wrong, in words that a person can act on.

use std::fmt;

use crate::sentence::{Sentence, say};

/// Every error of this crate. The variant says what failed, and so what has to change; the message says how.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The weights file can't be used; the message names the tensor and says what was expected.
    Weights(Sentence),
    /// The picture or tensor can't be used.
    Picture(Sentence),
    /// The list of class names can't be read, or belongs to another network.
    Labels(Sentence),
    /// An option is unknown or out of its range.
    Options(Sentence),
    /// The device is missing, unfit, or failed its self-test.
    Device(Sentence),
    /// The device went away or failed while it was working: open a device again, and load the network again.
    DeviceLost(Sentence),
    /// The device computed something wrong, so the result is withheld: load the network again, on the CPU.
    DeviceWrong(Sentence),
    /// The engine itself failed, and nothing that it holds can be trusted: create a new one.
    Engine(Sentence),
    /// A file could not be read or written.
    File(Sentence),
}

/// The result of every function of this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The error for a panic, from the panic's message.
    pub(crate) fn panicked(what: &str) -> Self {
        Self::Engine(say!("engine-panicked", "It said: {words}.", words = what.trim_end_matches('.')))
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

    /// Whether the device or the engine failed: what it computed before may be wrong as well, and it should compute no more.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Device(_) | Self::DeviceLost(_) | Self::DeviceWrong(_) | Self::Engine(_) => true,
            Self::Weights(_) | Self::Picture(_) | Self::Options(_) | Self::Labels(_) | Self::File(_) => false,
        }
    }

    /// The problem alone, without the kind of error.
    pub fn sentence(&self) -> &Sentence {
        match self {
            Self::Weights(what)
            | Self::Picture(what)
            | Self::Labels(what)
            | Self::Options(what)
            | Self::Device(what)
            | Self::DeviceLost(what)
            | Self::DeviceWrong(what)
            | Self::Engine(what)
            | Self::File(what) => what,
        }
    }
}

/// How the message of each kind of error begins, by [`Error::name`]. It says what has to change.
pub(crate) const STARTS: [(&str, &str); 9] = [
    ("WeightsError", "These weights can't be used: "),
    ("PictureError", "This picture can't be used: "),
    ("LabelsError", "These class names can't be used: "),
    ("OptionsError", "This option can't be used: "),
    ("DeviceError", "This device can't be used: "),
    ("DeviceLost", "The device was lost: "),
    ("DeviceWrong", "The device computed wrongly, so that no map is shown: "),
    ("EngineError", "The engine failed and can't go on; load the network again. "),
    ("FileError", ""),
];

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = STARTS.iter().find(|(name, _)| *name == self.name()).map_or("", |(_, start)| start);
        write!(f, "{start}{}", self.sentence())
    }
}

impl std::error::Error for Error {}

impl From<burn::tensor::ExecutionError> for Error {
    fn from(error: burn::tensor::ExecutionError) -> Self {
        Self::DeviceLost(say!("device-says", "{words}", words = error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_ends() {
        let long = Error::Weights(format!("first {} last", "ü".repeat(1 << 20)).into()).to_string();
        assert!(long.starts_with("These weights can't be used: first ü") && long.ends_with("ü last"));
        assert!(long.contains(" … ") && long.len() < 1300, "{}", long.len());
        assert_eq!(Error::File("as it is".into()).to_string(), "as it is");
    }
}
