//! Windows as the network would see them, cut from folders of audio.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use netbend_dsp::StftGeometry;
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_models::Manifest;
use netbend_models::bends::selection::permutation;

use crate::audio_file::read;
use netbend::offline::History;

/// Windows taken from one file, so that one long file does not drown a hundred short ones.
const MOST_WINDOWS_PER_FILE: usize = 16;
/// The seeded draw's stream, apart from those of bends.
const ORDER_STREAM: u64 = u64::MAX;

/// The audio files in `folders` and everything below them, in a seeded order.
pub(super) fn audio_files(folders: &[PathBuf], seed: u64) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in folders {
        if !folder.is_dir() {
            bail!(
                "{}: not a folder; expected one that holds audio files",
                folder.display()
            );
        }
        let found = netbend_audio_file::find(folder);
        files.extend(found.with_context(|| folder.display().to_string())?.files);
    }
    if files.is_empty() {
        bail!("no audio files found in the folders given");
    }
    files.sort();
    let mut order = Vec::new();
    permutation(files.len(), seed, ORDER_STREAM, &mut order);
    Ok(order
        .into_iter()
        .map(|place| files[place].clone())
        .collect())
}

/// Windows `[frames, bins]` in network units of one file, one after the other, the last one filled up with silence.
/// Silent windows are left out: they would only measure what the network does with nothing.
///
/// `lead` frames of silence come before the file: what begins with it is not always at the beginning of a window, as it is not
/// when the plugin runs.
pub(super) fn windows(path: &Path, manifest: &Manifest, lead: usize) -> Result<Vec<Vec<f32>>> {
    let silence = std::iter::repeat_n(Vec::new(), lead);
    let frames: Vec<_> = silence.chain(frames(path, manifest)?.0).collect();
    let seen = manifest.last_seen_frame + 1;
    let starts = (0..frames.len()).step_by(seen).take(MOST_WINDOWS_PER_FILE);
    Ok(starts
        .filter_map(|first| window(&frames[first..], manifest))
        .collect())
}

/// The window of a file that begins at `seconds`, filled up with silence.
pub(super) fn window_at(path: &Path, seconds: f64, manifest: &Manifest) -> Result<Vec<f32>> {
    let (frames, frame_rate) = frames(path, manifest)?;
    let first = cut::<usize>((seconds * f64::from(frame_rate)).round());
    let named = path.display();
    if first >= frames.len() {
        let length = nearest_f64(frames.len()) / f64::from(frame_rate);
        bail!("{named}: --at {seconds} found; the file is {length:.1} s long");
    }
    window(&frames[first..], manifest).with_context(|| {
        format!("{named}: silent at {seconds} s; choose another moment with --at SECONDS")
    })
}

/// The magnitudes of a file's frames as the model wants them, and frames per second.
fn frames(path: &Path, manifest: &Manifest) -> Result<(Vec<Vec<f32>>, f32)> {
    let audio = read(path)?.mixed_to_mono();
    let named = || path.display().to_string();
    let rate = nearest_f32(audio.sample_rate);
    let geometry = StftGeometry::for_model(rate, manifest.fft_size, manifest.sample_rate)
        .with_context(named)?;
    let spectra = analyze(&audio.channels[0], geometry).with_context(named)?;
    let spectrogram = magnitudes(&spectra);
    let frames = (0..spectrogram.nrows())
        .map(|frame| spectrogram.row(frame).to_vec())
        .collect();
    Ok((frames, geometry.frame_rate()))
}

/// The window of the first frames, or `None` where it is silent.
fn window(frames: &[Vec<f32>], manifest: &Manifest) -> Option<Vec<f32>> {
    let mut history = History::new(manifest);
    for frame in 0..=manifest.last_seen_frame {
        history.push(frames.get(frame).map_or(&[], Vec::as_slice));
    }
    let level_db = history.update_level();
    let window = history.window(level_db);
    window
        .iter()
        .any(|&unit| unit > 0.0)
        .then(|| window.to_vec())
}
