//! The reasons why a checkpoint isn't read.

use std::fmt;

use crate::message::{Message, say};

/// What to do instead, in Python.
pub(crate) const SAVE: &str = "torch.save(model.state_dict(), \"model.pth\")";

/// The reason why a checkpoint isn't read. `E` is the source's error.
#[derive(Debug)]
pub enum Error<E> {
    /// The source couldn't be read.
    Source(E),
    /// The file can't be used: a sentence that says what was found, what was expected and what to do.
    Refused(Message),
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => error.fmt(f),
            Self::Refused(message) => message.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for Error<E> {}

/// The reason why bytes in memory aren't read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// They end too early: more bytes of the file may help.
    Short,
    /// More bytes don't help.
    Refused(Message),
}

impl From<Message> for Trouble {
    fn from(message: Message) -> Self {
        Self::Refused(message)
    }
}

impl<E> From<Trouble> for Error<E> {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Short => {
                Self::Refused(cut_off(say!("ends-in-pickle", "the checkpoint ends before its pickle does")))
            }
            Trouble::Refused(message) => Self::Refused(message),
        }
    }
}

/// The sentence for a file whose end is missing; `shows` says how that is noticed.
pub(crate) fn cut_off(shows: Message) -> Message {
    say!(
        "checkpoint-cut-off",
        "{shows}; it was probably cut off while it was copied or downloaded. Fetch it again",
        shows
    )
}

/// Text from the file for a message: in quotes, escaped and shortened.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
