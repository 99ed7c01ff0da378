//! `--sidechain FILE`: a second sound, heard by the encoder in place of the input.

use std::path::Path;

use anyhow::{Result, bail};

use netbend_audio_file::Audio;

use crate::audio_file;
use netbend::offline::MAX_CHANNELS;

/// Reads the sidechain of `input`, `[channel][sample]`, with as many channels.
///
/// # Errors
/// Where the file cannot be read, or has another rate or more than two channels.
pub(super) fn read(path: &Path, input: &Audio) -> Result<Vec<Vec<f32>>> {
    let audio = audio_file::read(path)?;
    fit(audio, input).map_err(|error| error.context(path.display().to_string()))
}

fn fit(mut audio: Audio, input: &Audio) -> Result<Vec<Vec<f32>>> {
    if audio.sample_rate != input.sample_rate {
        bail!(
            "{} Hz found; expected {} Hz, the rate of the input: convert the sidechain first",
            audio.sample_rate,
            input.sample_rate
        );
    }
    let channels = input.channels.len();
    if channels == 1 {
        audio = audio.mixed_to_mono();
    } else if audio.channels.len() > MAX_CHANNELS {
        bail!("{} channels found; expected 1 or 2", audio.channels.len());
    }
    Ok(audio.channels.into_iter().cycle().take(channels).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(sample_rate: u32, channels: &[&[f32]]) -> Audio {
        let channels = channels.iter().map(|channel| channel.to_vec()).collect();
        Audio::new(sample_rate, channels)
    }

    #[test]
    fn a_sidechain_takes_the_shape_of_the_input_or_says_what_is_wrong() {
        let mono = audio(48_000, &[&[0.0; 4]]);
        let stereo = audio(48_000, &[&[0.0; 4], &[0.0; 4]]);
        let one = || audio(48_000, &[&[1.0, 2.0]]);
        let two = || audio(48_000, &[&[1.0, 2.0], &[3.0; 2]]);
        let fitted = |audio, input| fit(audio, input).unwrap();
        assert_eq!(fitted(one(), &mono), [[1.0, 2.0]]);
        assert_eq!(fitted(one(), &stereo), [[1.0, 2.0]; 2]);
        assert_eq!(fitted(two(), &stereo), [[1.0, 2.0], [3.0; 2]]);
        assert_eq!(fitted(two(), &mono), [[2.0, 2.5]]);
        let three = audio(48_000, &[&[0.0], &[0.0], &[0.0]]);
        assert!(fit(three, &stereo).is_err());
        let error = fit(audio(44_100, &[&[0.0]]), &mono).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("44100") && said.contains("48000"), "{said}");
    }
}
