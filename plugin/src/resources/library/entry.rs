//! One file of the library, as it is listed. Broken ones are, too.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use netbend_models::Preset;
use netbend_models::error::PresetError;
use netbend_models::preset::Metadata;

use crate::error::Origin;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// Whose it is.
    pub(crate) origin: Origin,
    /// The folders it lies in, from that of the library; with `/` between them, and empty at the top.
    pub(crate) folder: String,
    /// What it says of itself; its file's name stands in for a name it does not have.
    pub(crate) metadata: Metadata,
    /// The model it was made for, if it says.
    pub(crate) model: Option<String>,
    /// Why it cannot be loaded.
    pub(crate) problem: Option<String>,
    /// All that it is found by, in lower case.
    pub(super) found_by: String,
}

impl Entry {
    /// The file at `path`, which lies in the folder `folder` of its library. Reads it.
    pub(super) fn read(path: PathBuf, origin: Origin, folder: String) -> Self {
        let (metadata, model, problem) = match load(&path) {
            Ok(preset) => (preset.metadata, preset.model, None),
            Err(error) => {
                let place = if error.line == 0 {
                    String::new()
                } else {
                    format!("line {}: ", error.line)
                };
                let metadata = Metadata {
                    name: stem(&path),
                    ..Metadata::default()
                };
                (metadata, None, Some(format!("{place}{}", error.message)))
            }
        };
        let found_by = [&metadata.name, &metadata.author, &metadata.description]
            .into_iter()
            .chain(&metadata.tags)
            .chain([&folder])
            .map(|text| text.to_lowercase())
            .collect::<Vec<_>>()
            .join("\n");
        Self {
            path,
            origin,
            folder,
            metadata,
            model,
            problem,
            found_by,
        }
    }

    /// What it is called in lists.
    pub(crate) fn name(&self) -> &str {
        &self.metadata.name
    }

    /// What it is remembered by, wherever the library lies.
    pub(super) fn key(&self) -> String {
        let origin = match self.origin {
            Origin::Shipped => "factory",
            Origin::Own => "own",
        };
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        match self.folder.as_str() {
            "" => format!("{origin}/{file}"),
            folder => format!("{origin}/{folder}/{file}"),
        }
    }

    /// Factory before own, then by folder, then by name.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let by = |entry: &Self| {
            (
                entry.origin,
                entry.folder.to_lowercase(),
                entry.name().to_lowercase(),
            )
        };
        by(self)
            .cmp(&by(other))
            .then_with(|| self.path.cmp(&other.path))
    }
}

/// The preset in the file at `path`, which is called as the file is where it does not say.
///
/// # Errors
/// Where there is none.
pub(crate) fn load(path: &Path) -> Result<Preset, PresetError> {
    let mut preset = Preset::load(path)?;
    if preset.metadata.name.is_empty() {
        preset.metadata.name = stem(path);
        preset.metadata = preset.metadata.tidied();
    }
    Ok(preset)
}

/// The file's name without its ending.
fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
