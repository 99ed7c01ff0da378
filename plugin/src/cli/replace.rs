//! Files that appear whole or not at all.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};

/// Writes beside the file, then replaces it: a reader finds the old one or the new one, never half of it.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| anyhow!("{}: not a file's name", path.display()))?;
    let mut beside = name.to_owned();
    beside.push(".part");
    let beside = path.with_file_name(beside);
    let written = std::fs::write(&beside, content).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.with_context(|| path.display().to_string())
}
