//! Prints a command's output.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process;

use c3lrp::{Error, Result};

/// Prints a text. If nobody reads it any more, as when `head` has seen enough, the command ends quietly: nothing went
/// wrong.
///
/// # Errors
/// [`Error::File`] if it can't be written.
pub fn print(text: Arguments<'_>) -> Result<()> {
    let mut out = stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(0),
        Err(error) => Err(Error::File(format!("the output can't be written: {error}").into())),
    }
}

/// Prints a line, like `println!`, with [`print`].
macro_rules! line {
    ($($what:tt)*) => { $crate::cli::print::print(format_args!("{}\n", format_args!($($what)*))) };
}
pub(crate) use line;
