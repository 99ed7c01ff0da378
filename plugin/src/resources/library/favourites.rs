//! Which presets are starred: a text file in the user's folder, a line each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use netbend_models::text::read_text;

use super::error::LibraryError;

/// The keys of those that are starred, also of those that are not there at the moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Favourites(BTreeSet<String>);

impl Favourites {
    /// Those kept in `folder`; none where there is no such file.
    pub(super) fn load(folder: &Path) -> Self {
        let text = read_text(&file(folder)).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        Self(lines.map(str::to_owned).collect())
    }

    /// Keeps them in `folder`.
    pub(super) fn save(&self, folder: &Path) -> Result<(), LibraryError> {
        let mut text = String::new();
        for key in &self.0 {
            text.push_str(key);
            text.push('\n');
        }
        std::fs::create_dir_all(folder)
            .and_then(|()| netbend_atomic_file::replace(&file(folder), text.as_bytes()))
            .map_err(LibraryError::Write)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    pub(super) fn set(&mut self, key: &str, is_one: bool) {
        if is_one {
            self.0.insert(key.to_owned());
        } else {
            self.0.remove(key);
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("favourites.txt")
}
