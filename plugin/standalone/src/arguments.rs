//! What the program is told on its command line, and what of it goes on to nice-plug.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Starts as if for the first time.
const FORGET: &str = "--forget";
/// What only prints and ends is nothing to remember.
const PRINTING: [&str; 4] = ["--help", "-h", "--version", "-V"];

/// The arguments behind the program's name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// For nice-plug: devices and rates.
    pub rest: Vec<String>,
    /// The sound to play.
    pub turning: Option<PathBuf>,
    /// Nothing is to be remembered.
    pub forgets: bool,
    /// Something is printed, and no more.
    pub prints: bool,
}

impl Arguments {
    /// Sorts them. The first argument that is neither an option nor an option's value is the loop; what cannot be understood goes on to
    /// nice-plug, which says so.
    pub fn new(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut sorted = Self::default();
        let mut arguments = arguments.into_iter();
        let mut has_ended = false;
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy().into_owned();
            if has_ended || !text.starts_with('-') || text == "-" {
                match sorted.turning {
                    None => sorted.turning = Some(argument.into()),
                    Some(_) => sorted.rest.push(text),
                }
            } else if text == "--" {
                has_ended = true;
            } else if text == FORGET {
                sorted.forgets = true;
            } else if PRINTING.contains(&text.as_str()) {
                sorted.prints = true;
                sorted.rest.push(text);
            } else {
                let takes_next = takes_next(&text);
                sorted.rest.push(text);
                let value = takes_next.then(|| arguments.next()).flatten();
                sorted.rest.extend(value.as_deref().map(lossy));
            }
        }
        sorted
    }
}

/// The scale that these arguments ask for; nice-plug's standalone reads it and does nothing with it.
pub fn dpi_scale(arguments: &[String]) -> Option<f64> {
    const NAME: &str = "--dpi-scale";
    let mut rest = arguments.iter();
    let mut scale = None;
    while let Some(argument) = rest.next() {
        let value = match argument.strip_prefix(NAME) {
            Some("") => rest.next().map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        scale = value.and_then(|value| value.parse().ok()).or(scale);
    }
    scale
}

/// Whether these arguments ask for no audio device at all.
pub fn wants_no_device(arguments: &[String]) -> bool {
    let values = arguments.iter().zip(arguments.iter().skip(1));
    let apart = values
        .into_iter()
        .any(|(name, value)| (name == "-b" || name == "--backend") && value == "dummy");
    let together = ["-bdummy", "-b=dummy", "--backend=dummy"];
    apart
        || arguments
            .iter()
            .any(|argument| together.contains(&argument.as_str()))
}

/// A file's name, to be shown.
pub fn name(path: &Path) -> String {
    lossy(path.file_name().unwrap_or(path.as_os_str()))
}

/// All of nice-plug's options have a value: behind `=`, right behind a letter, or in the next argument.
fn takes_next(option: &str) -> bool {
    match option.strip_prefix("--") {
        Some(long) => !long.contains('='),
        None => option.chars().count() == 2,
    }
}

fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_loop_is_what_belongs_to_no_option() {
        for (line, rest, turning) in [
            ("", "", None),
            ("loop.wav", "", Some("loop.wav")),
            ("-b dummy loop.wav", "-b dummy", Some("loop.wav")),
            ("loop.wav -b dummy", "-b dummy", Some("loop.wav")),
            ("-bdummy loop.wav", "-bdummy", Some("loop.wav")),
            ("--backend=jack a.flac", "--backend=jack", Some("a.flac")),
            ("--output-device Speakers", "--output-device Speakers", None),
            ("-r 44100 -p 64", "-r 44100 -p 64", None),
            ("-- -odd.wav", "", Some("-odd.wav")),
            ("a.wav b.wav", "b.wav", Some("a.wav")),
            ("--tempo", "--tempo", None),
        ] {
            let sorted = sorted(line);
            assert_eq!(sorted.rest.join(" "), rest, "{line}");
            assert_eq!(sorted.turning, turning.map(PathBuf::from), "{line}");
            assert!(!sorted.forgets && !sorted.prints, "{line}");
        }
    }

    #[test]
    fn forgetting_stays_here_and_printing_goes_on() {
        let forgets = sorted("--forget -b dummy");
        assert!(forgets.forgets);
        assert_eq!(forgets.rest, ["-b", "dummy"]);
        let prints = sorted("--version");
        assert!(prints.prints);
        assert_eq!(prints.rest, ["--version"]);
    }

    #[test]
    fn a_scale_is_known_however_it_is_written() {
        for (line, scale) in [
            ("", None),
            ("--dpi-scale 2", Some(2.0)),
            ("-b dummy --dpi-scale=1.5 loop.wav", Some(1.5)),
            ("--dpi-scale", None),
            ("--dpi-scale large", None),
            ("--dpi-scales 2", None),
        ] {
            assert_eq!(dpi_scale(&sorted(line).rest), scale, "{line}");
        }
    }

    #[test]
    fn no_device_is_known_however_it_is_written() {
        for line in [
            "-b dummy",
            "-bdummy",
            "--backend dummy",
            "-r 44100 --backend=dummy",
        ] {
            assert!(wants_no_device(&sorted(line).rest), "{line}");
        }
        for line in ["", "-b jack", "--output-device dummy", "dummy"] {
            assert!(!wants_no_device(&sorted(line).rest), "{line}");
        }
    }
}
