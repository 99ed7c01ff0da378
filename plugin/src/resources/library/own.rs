//! The user's own presets: saved, renamed, removed. Nothing is ever lost by it: no file is written over unless that is asked for, and what is
//! removed goes to a folder beside.

use std::io;
use std::path::{Path, PathBuf};

use netbend_models::Preset;

use super::Library;
use super::entry::Entry;
use super::error::{LibraryError, Wanted};
use crate::error::Origin;

/// Longest file name that is made of a preset's name, in characters.
const LONGEST_FILE_NAME: usize = 80;
/// Names that are tried for what is removed.
const MOST_NAMES: usize = 1_000;

impl Library {
    /// Saves a preset under the name it gives itself, in a folder of the user's own presets (with `/`; empty for the top). Where it lies now.
    ///
    /// # Errors
    /// [`LibraryError::Exists`] where one of that name is there and `wanted` does not give it up; nothing is written then.
    pub(crate) fn save(
        &self,
        preset: &Preset,
        folder: &str,
        wanted: Wanted,
    ) -> Result<PathBuf, LibraryError> {
        let folder = beneath(self.own_folder().ok_or(LibraryError::NoFolder)?, folder);
        let path = folder.join(file_name(&preset.metadata.name).ok_or(LibraryError::NoName)?);
        std::fs::create_dir_all(&folder).map_err(LibraryError::Write)?;
        if path.exists() {
            match wanted {
                Wanted::New => return Err(LibraryError::Exists(preset.metadata.name.clone())),
                Wanted::InPlaceOf => self.put_away(&path)?,
            };
        }
        let text = preset.to_yaml();
        netbend_atomic_file::replace(&path, text.as_bytes()).map_err(LibraryError::Write)?;
        Ok(path)
    }

    /// Gives one of the user's presets another name, in the file and as a file. Where it lies now.
    ///
    /// # Errors
    /// [`LibraryError`]: as [`save`](Self::save), and where it is broken or not the user's.
    pub(crate) fn rename(&self, entry: &Entry, name: &str) -> Result<PathBuf, LibraryError> {
        if entry.origin != Origin::Own {
            return Err(LibraryError::Factory);
        }
        let mut preset = Preset::load(&entry.path)?;
        preset.metadata.name = name.to_owned();
        preset.metadata = preset.metadata.tidied();
        let name = file_name(&preset.metadata.name).ok_or(LibraryError::NoName)?;
        let path = entry.path.with_file_name(name);
        // Where letters of either case are the same, it may be the very file.
        let is_same = || match (path.canonicalize(), entry.path.canonicalize()) {
            (Ok(one), Ok(other)) => one == other,
            _ => false,
        };
        if path.exists() && !is_same() {
            return Err(LibraryError::Exists(preset.metadata.name));
        }
        let text = preset.to_yaml();
        netbend_atomic_file::replace(&entry.path, text.as_bytes()).map_err(LibraryError::Write)?;
        std::fs::rename(&entry.path, &path).map_err(LibraryError::Write)?;
        Ok(path)
    }

    /// Moves one of the user's presets to those that were removed. Where it lies now.
    ///
    /// # Errors
    /// [`LibraryError`] where it is not the user's, or cannot be moved.
    pub(crate) fn remove(&self, entry: &Entry) -> Result<PathBuf, LibraryError> {
        if entry.origin != Origin::Own {
            return Err(LibraryError::Factory);
        }
        self.put_away(&entry.path)
    }

    /// Moves a file to the folder `removed` beside the presets, where it gets a number if there is one of its name.
    fn put_away(&self, path: &Path) -> Result<PathBuf, LibraryError> {
        let own = self.own_folder().ok_or(LibraryError::NoFolder)?;
        let folder = own.with_file_name("removed");
        std::fs::create_dir_all(&folder).map_err(LibraryError::Write)?;
        let name = path.file_name().unwrap_or_default();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let numbered = (2..MOST_NAMES).map(|number| folder.join(format!("{stem} {number}.yaml")));
        let free = std::iter::once(folder.join(name))
            .chain(numbered)
            .find(|path| !path.exists());
        let free = free.ok_or_else(|| LibraryError::Write(io::ErrorKind::AlreadyExists.into()))?;
        std::fs::rename(path, &free).map_err(LibraryError::Write)?;
        Ok(free)
    }
}

/// The folder that `names` lead to from `root`, and never out of it.
fn beneath(root: PathBuf, names: &str) -> PathBuf {
    let plain = names.split(['/', '\\']).filter_map(plain);
    plain.fold(root, |folder, name| folder.join(name))
}

/// The file that a preset of that name lies in; `None` where nothing is left of it.
fn file_name(name: &str) -> Option<String> {
    Some(format!("{}.yaml", plain(name)?))
}

/// A name that every file system takes; `None` where nothing is left of it.
pub(crate) fn plain(name: &str) -> Option<String> {
    /// Which Windows keeps for itself.
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let letters = name.chars().map(|letter| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        letter if letter.is_control() => '-',
        letter => letter,
    });
    let letters: String = letters.take(LONGEST_FILE_NAME).collect();
    let plain = letters.trim_matches(|letter: char| letter.is_whitespace() || letter == '.');
    let is_port = |name: &str| {
        let number = name.strip_prefix("com").or(name.strip_prefix("lpt"));
        number.is_some_and(|number| number.len() == 1)
    };
    let lower = plain.to_lowercase();
    match plain {
        "" => None,
        _ if DEVICES.contains(&lower.as_str()) || is_port(&lower) => Some(format!("{plain}-")),
        plain => Some(plain.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_a_file_and_none_leads_elsewhere() {
        for (name, expected) in [
            ("Wet Cardboard", Some("Wet Cardboard.yaml")),
            ("../../etc/passwd", Some("-..-etc-passwd.yaml")),
            ("a/b:c?", Some("a-b-c-.yaml")),
            (" . ", None),
            ("", None),
            ("NUL", Some("NUL-.yaml")),
            ("com1", Some("com1-.yaml")),
            ("größe 𝄞", Some("größe 𝄞.yaml")),
        ] {
            assert_eq!(file_name(name).as_deref(), expected, "{name}");
        }
        let long = file_name(&"x".repeat(500)).unwrap_or_default();
        assert_eq!(long.len(), LONGEST_FILE_NAME + ".yaml".len());
        let root = PathBuf::from("/presets");
        assert_eq!(beneath(root.clone(), ""), root);
        assert_eq!(beneath(root.clone(), "a/b"), root.join("a").join("b"));
        assert_eq!(beneath(root.clone(), "../.././x"), root.join("x"));
    }
}
