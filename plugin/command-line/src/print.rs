//! The one place where the command line prints. Results go to standard output, and where they cannot be written the command fails; what is
//! said beside them goes to standard error, and where that cannot be written the work goes on.

use std::fmt;
use std::io::{self, Write as _};

use anyhow::{Context as _, Result};

/// Prints a line of the result.
macro_rules! say {
    ($($part:tt)*) => {
        $crate::print::line(format_args!($($part)*))
    };
}

/// Says something beside the result: a line on standard error.
macro_rules! note {
    ($($part:tt)*) => {
        $crate::print::aside(format_args!($($part)*))
    };
}

pub(super) use {note, say};

/// Prints a line to standard output.
///
/// # Errors
/// Where it cannot be written, as on a full disk.
pub(super) fn line(text: fmt::Arguments<'_>) -> Result<()> {
    written(format_args!("{text}\n"))
}

/// Prints a text of whole lines to standard output.
///
/// # Errors
/// Where it cannot be written, as on a full disk.
pub(super) fn lines(text: &str) -> Result<()> {
    written(format_args!("{text}"))
}

fn written(text: fmt::Arguments<'_>) -> Result<()> {
    let mut output = io::stdout().lock();
    output
        .write_fmt(text)
        .and_then(|()| output.flush())
        .context("standard output cannot be written")
}

/// Prints a line to standard error, if that can be.
pub(super) fn aside(text: fmt::Arguments<'_>) {
    // In one piece, so that lines of two threads stay apart. There is nobody left to be told where it fails.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// An error and its causes in one line, each said once: some errors say their cause themselves.
pub(super) fn told(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.ends_with(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says its cause and gives it, too.
    #[derive(Debug)]
    struct Read(io::Error);

    impl fmt::Display for Read {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "m.onnx: {}", self.0)
        }
    }

    impl std::error::Error for Read {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::Error::new(Read(io::Error::other("no such file"))).context("m");
        assert_eq!(told(&error), "m: m.onnx: no such file");
        assert_eq!(told(&anyhow::anyhow!("b").context("a")), "a: b");
    }
}
