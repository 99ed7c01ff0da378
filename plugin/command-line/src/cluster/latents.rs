//! Latents of folders of audio.

use std::path::PathBuf;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use netbend_models::Bender;

use crate::print::{note, told};
use crate::windows::{audio_files, windows};

/// Latents of at most `samples` windows of the audio in `folders`, in an order drawn with `seed`; each file led by
/// `lead_step` more frames of silence than the one before, less whole windows.
pub(super) fn encoded(
    folders: &[PathBuf],
    samples: usize,
    seed: u64,
    lead_step: usize,
    bender: &mut Bender,
) -> Result<Vec<f32>> {
    let manifest = bender.manifest().clone();
    let wanted = samples * manifest.latent_size;
    let (mut latents, mut latent) = (Vec::new(), Vec::new());
    let bar = progress("encoding", samples);
    let mut skipped = 0_usize;
    'files: for (number, file) in audio_files(folders, seed)?.into_iter().enumerate() {
        let lead = number * lead_step % (manifest.last_seen_frame + 1);
        let windows = match windows(&file, &manifest, lead) {
            Ok(windows) => windows,
            Err(error) => {
                bar.suspend(|| note!("skipped {}", told(&error)));
                skipped += 1;
                continue;
            }
        };
        for window in windows {
            bender.encode(&window, &mut latent)?;
            latents.extend_from_slice(&latent);
            bar.inc(1);
            if latents.len() >= wanted {
                break 'files;
            }
        }
    }
    bar.finish_and_clear();
    if skipped > 0 {
        note!("{skipped} files skipped, for the reasons above");
    }
    if latents.is_empty() {
        bail!("no file in the folders given holds a sound");
    }
    Ok(latents)
}

/// A bar over `windows` windows.
pub(super) fn progress(doing: &'static str, windows: usize) -> ProgressBar {
    progress_over(doing, windows, "windows")
}

/// A bar over `count` of something.
pub(super) fn progress_over(doing: &'static str, count: usize, what: &'static str) -> ProgressBar {
    ProgressBar::new(count as u64)
        .with_style(
            ProgressStyle::with_template(
                "{msg} {bar:40} {pos} of {len} {prefix}  {elapsed} elapsed, {eta} left",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
        )
        .with_message(doing)
        .with_prefix(what)
}
