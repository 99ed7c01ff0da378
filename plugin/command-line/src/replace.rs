//! Files that appear whole or not at all, with the file's name in what went wrong; and what may not be written or read at all.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use netbend_models::text::file::{WrongFile, refuse_no_file};

/// Writes beside the file, then replaces it: a reader finds the old one or the new one, never half of it.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    netbend_atomic_file::replace(path, content).with_context(|| path.display().to_string())
}

/// Refuses a name that is no name for what is to be written: a sound is soon lost by one word in the wrong place.
///
/// # Errors
/// What was found and what was expected.
pub(super) fn check_ending(path: &Path, endings: &[&str], what: &str) -> Result<()> {
    let ending = path.extension().and_then(OsStr::to_str);
    let is_known = |ending: &str| {
        endings
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    };
    if ending.is_some_and(is_known) {
        return Ok(());
    }
    let found = ending.map_or_else(
        || "a name without an ending".to_owned(),
        |ending| format!("`.{ending}`"),
    );
    let expected: Vec<_> = endings
        .iter()
        .map(|ending| format!("`.{ending}`"))
        .collect();
    bail!(
        "{}: {found} found; {what} is written into a file whose name ends in {}",
        path.display(),
        expected.join(" or ")
    )
}

/// Refuses a pipe before it is opened, which waits for its other end; what else is no file is told by whoever opens it.
///
/// # Errors
/// What was found.
pub(super) fn refuse_waiting(path: &Path) -> Result<()> {
    match refuse_no_file(path, "a file") {
        Err(wrong @ WrongFile::NoFile { .. }) if is_pipe(path) => {
            Err(anyhow!("{}: {wrong}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo())
}

/// Elsewhere pipes have no names among files.
#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_not_overwritten_by_a_preset() {
        let check = |name: &str| check_ending(Path::new(name), &["yaml", "yml"], "a preset");
        for name in ["a.yaml", "a.b.YML", "folder/a.yml"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for (name, found) in [
            ("song.wav", "`.wav` found"),
            ("song", "without an ending"),
            (".yaml", "without an ending"),
            ("a.yaml.bak", "`.bak` found"),
        ] {
            let said = check(name).unwrap_err().to_string();
            assert!(
                said.contains(found) && said.contains("`.yaml` or `.yml`"),
                "{said}"
            );
        }
    }
}
