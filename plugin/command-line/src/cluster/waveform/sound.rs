//! The sound that a waveform model's features are measured on.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use netbend::offline::Converter;
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::package::waveform::WaveformManifest;

use crate::audio_file::read;
use crate::cluster::arguments::Arguments;
use crate::print::{note, told};
use crate::windows::audio_files;

/// Seconds for each of `--samples`.
const WINDOW_SECONDS: f64 = 0.25;
/// Seconds at most.
const MOST_SECONDS: f64 = 16.0;
/// Seconds of one loop, and at most of one file, so that a long one does not drown the others.
const PART_SECONDS: f64 = 4.0;
/// Samples that are brought to another rate at once.
const CHUNK: usize = 1_024;

/// Sound at the model's rate, `[channel, sample]`, of the files in `folders` or, without any, of drum loops.
pub(super) fn sound(
    arguments: &Arguments,
    manifest: &WaveformManifest,
    folders: &[PathBuf],
) -> Result<Vec<Vec<f32>>> {
    let seconds = (f64::from(arguments.samples) * WINDOW_SECONDS).min(MOST_SECONDS);
    let rate = f64::from(manifest.sample_rate);
    let wanted = cut::<usize>(seconds * rate);
    let mut sound = vec![Vec::new(); manifest.channels_in];
    let has_all = |sound: &[Vec<f32>]| sound.iter().all(|channel| channel.len() >= wanted);
    if folders.is_empty() {
        let mut seed = arguments.seed;
        while !has_all(&sound) {
            let rate = nearest_f32(manifest.sample_rate);
            let [left, right] = drum_loop_stereo(rate, nearest_f32(PART_SECONDS), seed);
            append(&mut sound, vec![left, right]);
            seed = seed.wrapping_add(1);
        }
    } else {
        let mut skipped = 0_usize;
        for file in audio_files(folders, arguments.seed)? {
            match part(&file, rate) {
                Ok(part) => append(&mut sound, part),
                Err(error) => {
                    note!("skipped {}", told(&error));
                    skipped += 1;
                }
            }
            if has_all(&sound) {
                break;
            }
        }
        if skipped > 0 {
            note!("{skipped} files skipped, for the reasons above");
        }
    }
    if sound.iter().flatten().all(|x| *x == 0.0) {
        bail!("no file in the folders given holds a sound");
    }
    sound
        .iter_mut()
        .for_each(|channel| channel.truncate(wanted));
    Ok(sound)
}

/// The beginning of a file, behind the silence it begins with.
fn part(file: &Path, rate: f64) -> Result<Vec<Vec<f32>>> {
    let audio = read(file)?;
    let own_rate = f64::from(audio.sample_rate);
    let sounds = |channel: &Vec<f32>| channel.iter().position(|x| *x != 0.0);
    let first = audio.channels.iter().filter_map(sounds).min();
    let first = first.with_context(|| format!("{}: silent", file.display()))?;
    let count = cut::<usize>(PART_SECONDS * own_rate);
    let channels = audio.channels.iter().take(2);
    let brought = channels.map(|channel| {
        let converter = Converter::new(rate / own_rate, CHUNK);
        let mut converter = converter.with_context(|| {
            format!(
                "{}: {own_rate} Hz cannot be brought to {rate} Hz",
                file.display()
            )
        })?;
        let end = channel.len().min(first + count);
        let mut made = Vec::new();
        for chunk in channel[first.min(end)..end].chunks(CHUNK) {
            converter.push(chunk, &mut made);
        }
        let length = nearest_f64(end - first.min(end)) * rate / own_rate;
        made.truncate(cut::<usize>(length));
        Ok(made)
    });
    brought.collect()
}

/// Appends what is heard of a part: a model of one channel hears the middle, one of two hears one channel twice.
fn append(sound: &mut [Vec<f32>], part: Vec<Vec<f32>>) {
    let (Some(left), Some(right)) = (part.first(), part.last()) else {
        return;
    };
    match sound {
        [mono] => mono.extend(left.iter().zip(right).map(|(l, r)| 0.5 * (l + r))),
        channels => {
            for (channel, part) in channels.iter_mut().zip([left, right]) {
                channel.extend_from_slice(part);
            }
        }
    }
}
