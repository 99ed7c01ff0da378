//! What is written, decided by the file's name before any work begins.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::Error;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// WAV, 16-bit integers, dithered.
    Wav16,
    /// WAV, 24-bit integers.
    Wav24,
    /// WAV, 32-bit floats: the samples as they are.
    Wav32f,
    /// FLAC, 16 bits, dithered.
    Flac16,
    /// FLAC, 24 bits.
    Flac24,
}

/// The file a format is written into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Wav,
    Flac,
}

impl Format {
    /// Every format, as `--format` names them.
    pub const ALL: [(&'static str, Self); 5] = [
        ("wav16", Self::Wav16),
        ("wav24", Self::Wav24),
        ("wav32f", Self::Wav32f),
        ("flac16", Self::Flac16),
        ("flac24", Self::Flac24),
    ];

    /// The format of a file with this name: the one asked for, if it goes with the name, else 32-bit float in WAV and 24 bits
    /// in FLAC.
    ///
    /// # Errors
    /// Where the name's ending is none that is written, or contradicts what was asked for.
    pub fn of_output(path: &Path, asked: Option<Self>) -> Result<Self, Error> {
        let ending = path.extension().and_then(OsStr::to_str);
        let named = match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("wav" | "wave") => Family::Wav,
            Some("flac") => Family::Flac,
            _ => {
                let found = ending.map_or_else(
                    || "a name without an ending".into(),
                    |ending| format!("`.{ending}`"),
                );
                return Err(Error::Output(format!(
                    "{found} found; Netbend writes `.wav` and `.flac`, and the name says which"
                )));
            }
        };
        match asked {
            None if named == Family::Wav => Ok(Self::Wav32f),
            None => Ok(Self::Flac24),
            Some(format) if format.family() == named => Ok(format),
            Some(format) => {
                let fitting: Vec<_> = Self::ALL
                    .iter()
                    .filter(|(_, other)| other.family() == named)
                    .map(|(name, _)| *name)
                    .collect();
                Err(Error::Output(format!(
                    "--format {} found, and the name ends in `.{}`; choose one of {}, or another name",
                    format.name(),
                    ending.unwrap_or_default(),
                    fitting.join(", ")
                )))
            }
        }
    }

    /// As `--format` names it.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, format)| *format == self)
            .map_or("", |(name, _)| name)
    }

    /// Bits of an integer sample, or `None` for floats.
    pub fn bits(self) -> Option<u32> {
        match self {
            Self::Wav16 | Self::Flac16 => Some(16),
            Self::Wav24 | Self::Flac24 => Some(24),
            Self::Wav32f => None,
        }
    }

    fn family(self) -> Family {
        match self {
            Self::Wav16 | Self::Wav24 | Self::Wav32f => Family::Wav,
            Self::Flac16 | Self::Flac24 => Family::Flac,
        }
    }

    pub(crate) fn is_flac(self) -> bool {
        self.family() == Family::Flac
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wanted = text.to_ascii_lowercase();
        let found = Self::ALL.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, format)| *format).ok_or_else(|| {
            let names = Self::ALL.map(|(name, _)| name);
            Error::Output(format!("expected one of {}", names.join(", ")))
        })
    }
}

/// Refuses to write onto a file that is read or also written, whatever path, link or spelling leads to it. `others` are named
/// as the user knows them.
///
/// # Errors
/// Where `output` is one of the others.
pub fn refuse_inputs(output: &Path, others: &[(&str, &Path)]) -> Result<(), Error> {
    for (name, other) in others {
        let is_same = match same_file::is_same_file(output, other) {
            Ok(is_same) => is_same,
            // One of them is not there (yet): then only the place it will have counts.
            Err(_) => place(output).is_some_and(|here| Some(here) == place(other)),
        };
        if is_same {
            return Err(Error::Output(format!(
                "{}: this is also {name}; give another name to write to",
                output.display()
            )));
        }
    }
    Ok(())
}

fn place(path: &Path) -> Option<PathBuf> {
    let path = netbend_atomic_file::target(path).ok()?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn the_name_decides_and_a_contradiction_is_refused() {
        let of = |name: &str, asked| Format::of_output(Path::new(name), asked).ok();
        assert_eq!(of("a/b.wav", None), Some(Format::Wav32f));
        assert_eq!(of("b.WAV", Some(Format::Wav16)), Some(Format::Wav16));
        assert_eq!(of("b.flac", None), Some(Format::Flac24));
        assert_eq!(of("b.flac", Some(Format::Wav16)), None);
        assert_eq!(of("b.wav", Some(Format::Flac24)), None);
        for name in ["b.mp3", "b", ".wav", "b.wav.mp3", "b.aiff"] {
            assert_eq!(of(name, None), None, "{name}");
            assert_eq!(of(name, Some(Format::Wav32f)), None, "{name}");
        }
        assert_eq!("WAV24".parse::<Format>().unwrap(), Format::Wav24);
        let said = "mp3".parse::<Format>().unwrap_err().to_string();
        assert!(said.contains("flac16"), "{said}");
    }

    #[test]
    fn an_input_is_never_an_output() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("in.wav"), "sound").unwrap();
        let input = at("in.wav");
        let refused = |output: &Path| refuse_inputs(output, &[("the input", &input)]).is_err();
        assert!(refused(&input));
        assert!(refused(&folder.path().join(".").join("in.wav")));
        assert!(!refused(&at("out.wav")));
        std::fs::hard_link(&input, at("hard.wav")).unwrap();
        assert!(refused(&at("hard.wav")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&input, at("soft.wav")).unwrap();
            assert!(refused(&at("soft.wav")));
            std::os::unix::fs::symlink("new.wav", at("dangling.wav")).unwrap();
            let both = refuse_inputs(&at("dangling.wav"), &[("--save-preset", &at("new.wav"))]);
            assert!(both.is_err());
        }
        let twice = refuse_inputs(&at("new.wav"), &[("--save-preset", &at("./new.wav"))]);
        assert!(twice.unwrap_err().to_string().contains("--save-preset"));
    }
}
