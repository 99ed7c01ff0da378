//! Files that appear whole or not at all, with the file's name in what went wrong.

use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes beside the file, then replaces it: a reader finds the old one or the new one, never half of it.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    netbend_audio_file::replace::replace(path, content).with_context(|| path.display().to_string())
}
