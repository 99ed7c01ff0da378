//! Which files of a folder are audio: one answer for every command.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::sniff::{self, START_BYTES};

/// Endings of names that are taken for audio. `models/training` reads the same ones.
pub const ENDINGS: [&str; 30] = [
    "wav", "wave", "bwf", "rf64", "w64", "flac", "mp3", "mp2", "mp1", "mpga", "ogg", "oga", "opus",
    "spx", "aif", "aiff", "aifc", "caf", "m4a", "m4b", "mp4", "aac", "wma", "wv", "ape", "tta",
    "au", "snd", "mka", "weba",
];

/// What was found in folders.
#[derive(Debug, Default)]
pub struct Found {
    /// Audio files, in the order of their paths.
    pub files: Vec<PathBuf>,
}

/// The audio files in `folder` and everything below it: by their names, and where those say nothing by their content. Links to
/// folders are not followed, as they may lead round in a circle.
///
/// # Errors
/// Where a folder cannot be read.
pub fn find(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    collect(folder, &mut found)?;
    found.files.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Found) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, found)?;
        } else if is_audio(&path) {
            found.files.push(path);
        }
    }
    Ok(())
}

fn is_audio(path: &Path) -> bool {
    // What macOS puts beside a file on a foreign disk has that file's ending and no sound.
    let is_beside = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("._"));
    if is_beside || !path.is_file() {
        return false;
    }
    let ending = path.extension().and_then(OsStr::to_str);
    if ending.is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str())) {
        return true;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    let mut start = Vec::new();
    let length = file.metadata().map_or(0, |about| about.len());
    let read = file.take(START_BYTES as u64).read_to_end(&mut start);
    read.is_ok() && sniff::kind(&start, length).is_certainly_audio(&start)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn audio_is_found_by_name_and_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let wav = b"RIFF\x24\0\0\0WAVEfmt ";
        std::fs::create_dir(folder.path().join("sub")).unwrap();
        for (name, content) in [
            ("a.WAV", &b"anything"[..]),
            ("b.txt", b"a text"),
            ("sub/c", wav),
            ("d.opus", b""),
            ("e.png", wav),
            ("._a.wav", b"\0\x05\x16\x07"),
        ] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let found = find(folder.path()).unwrap();
        let names: Vec<_> = found
            .files
            .iter()
            .map(|path| path.strip_prefix(folder.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a.WAV", "d.opus", "e.png", "sub/c"]);
    }

    /// The training package is Python and keeps a list of its own.
    #[test]
    fn the_training_package_has_the_same_endings() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../models/training/netbend_training/audio.py");
        let text = std::fs::read_to_string(file).unwrap();
        for ending in ENDINGS {
            assert!(text.contains(&format!("\".{ending}\"")), "{ending}");
        }
    }
}
