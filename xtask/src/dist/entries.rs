//! What an archive holds: files by their paths in it, and how they become a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::files;

/// Name of the list of checksums, in an archive and beside it.
pub const CHECKSUMS: &str = "SHA256SUMS";

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its contents.
    pub bytes: Vec<u8>,
    /// Whether it is a program.
    pub is_program: bool,
}

/// Files by their paths, parted by `/`, in the order of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(BTreeMap<String, Entry>);

impl Entries {
    /// Adds a text.
    pub fn add_text(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        let bytes = text.into();
        // Scripts are run.
        let is_program = bytes.starts_with(b"#!");
        self.0.insert(path.to_owned(), Entry { bytes, is_program });
    }

    /// Adds the file or folder `from` as `path`.
    ///
    /// # Errors
    /// Where something cannot be read, or has a name that is no text.
    pub fn add(&mut self, path: &str, from: &Path) -> Result<()> {
        if from.is_dir() {
            for inside in files::read_folder(from)? {
                let name = inside.file_name();
                let name = name.to_str().with_context(|| {
                    format!("{} has a name that is no text", inside.path().display())
                })?;
                self.add(&format!("{path}/{name}"), &inside.path())?;
            }
            return Ok(());
        }
        let context = || format!("could not read {}", from.display());
        let bytes = fs::read(from).with_context(context)?;
        let is_program = is_program(&fs::metadata(from).with_context(context)?);
        self.0.insert(path.to_owned(), Entry { bytes, is_program });
        Ok(())
    }

    /// Adds the checksums of all that is there, as `sha256sum --check` reads them.
    pub fn add_checksums(&mut self) {
        let lines: String = self
            .iter()
            .map(|(path, entry)| checksum_line(&entry.bytes, path))
            .collect();
        self.add_text(CHECKSUMS, lines);
    }

    /// All files, in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Writes all files into a folder, which is emptied before.
    ///
    /// # Errors
    /// Where the folder or a file cannot be written.
    pub fn write_folder(&self, folder: &Path) -> Result<()> {
        files::remove(folder)?;
        for (path, entry) in self.iter() {
            let to = folder.join(path);
            if let Some(above) = to.parent() {
                files::create_folder(above)?;
            }
            fs::write(&to, &entry.bytes)
                .and_then(|()| make_program(&to, entry.is_program))
                .with_context(|| format!("could not write {}", to.display()))?;
        }
        Ok(())
    }
}

/// A line of a list of checksums.
pub fn checksum_line(bytes: &[u8], path: &str) -> String {
    format!("{}  {path}\n", files::sha256_of(bytes))
}

#[cfg(unix)]
fn is_program(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_program(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn make_program(path: &Path, is_program: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if is_program { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_program(_: &Path, _: bool) -> std::io::Result<()> {
    Ok(())
}
