//! Audio files as commands read them: what is wrong with a file and was got over is said on stderr.

use std::path::Path;
use std::sync::Once;

use anyhow::{Context as _, Result};
use netbend_audio_file::Audio;

use crate::print::note;

/// Reads the audio file at `path`.
pub(super) fn read(path: &Path) -> Result<Audio> {
    static FFMPEG: Once = Once::new();
    let named = || path.display().to_string();
    let audio = netbend_audio_file::read(path).with_context(named)?;
    if let Some(what) = &audio.through_ffmpeg {
        FFMPEG.call_once(|| note!("netbend: {}: {what}, read through ffmpeg", named()));
    }
    for warning in &audio.warnings {
        note!("netbend: warning: {}: {warning}", named());
    }
    Ok(audio)
}
