//! Presets written to files anywhere.

use std::path::{Path, PathBuf};

use netbend_models::Preset;

use super::error::LibraryError;
use super::scan::ENDINGS;

/// Writes a preset to the file at `path`, in place of one that is there. Where it lies: a name without a preset's ending gets one.
///
/// # Errors
/// Where it cannot be written, or the name with the ending is taken, which nobody was asked about.
pub(crate) fn export(preset: &Preset, path: &Path) -> Result<PathBuf, LibraryError> {
    let ending = path.extension().unwrap_or_default();
    let has_ending = ENDINGS.iter().any(|own| ending.eq_ignore_ascii_case(own));
    let mut target = path.as_os_str().to_owned();
    if !has_ending {
        target.push(".yaml");
    }
    let target = PathBuf::from(target);
    if !has_ending && target.exists() {
        return Err(LibraryError::Exists(target.display().to_string()));
    }
    let text = preset.to_yaml();
    netbend_atomic_file::replace(&target, text.as_bytes()).map_err(LibraryError::Write)?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn a_name_without_an_ending_gets_one_and_takes_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let preset = Preset::from_yaml("mix: 0.5\n", "text").unwrap();
        let path = export(&preset, &folder.path().join("drift 1.2")).unwrap();
        assert_eq!(path, folder.path().join("drift 1.2.yaml"));
        assert!(Preset::load(&path).is_ok());
        assert!(matches!(
            export(&preset, &folder.path().join("drift 1.2")),
            Err(LibraryError::Exists(_))
        ));
        assert_eq!(
            export(&preset, &path).unwrap(),
            path,
            "that one was asked about"
        );
    }
}
