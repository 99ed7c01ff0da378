//! `--sidechain FILE`: a second sound, heard by the encoder in place of the input.

use std::path::Path;

use anyhow::{Result, bail};

use super::audio_file::Audio;
use crate::exchange::MAX_CHANNELS;

/// Reads the sidechain of `input`, `[channel][sample]`, with as many channels and its first `samples` samples: a shorter one is
/// padded with silence.
///
/// # Errors
/// Where the file cannot be read, or has another rate or more than two channels.
pub(super) fn read(path: &Path, input: &Audio, samples: usize) -> Result<Vec<Vec<f32>>> {
    let audio = Audio::read(path)?;
    fit(audio, input, samples).map_err(|error| error.context(path.display().to_string()))
}

fn fit(mut audio: Audio, input: &Audio, samples: usize) -> Result<Vec<Vec<f32>>> {
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
    let mut fitted: Vec<_> = audio.channels.into_iter().cycle().take(channels).collect();
    for channel in &mut fitted {
        channel.resize(samples, 0.0);
    }
    Ok(fitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(sample_rate: u32, channels: &[&[f32]]) -> Audio {
        Audio {
            sample_rate,
            channels: channels.iter().map(|channel| channel.to_vec()).collect(),
        }
    }

    #[test]
    fn a_sidechain_takes_the_shape_of_the_input_or_says_what_is_wrong() {
        let mono = audio(48_000, &[&[0.0; 4]]);
        let stereo = audio(48_000, &[&[0.0; 4], &[0.0; 4]]);
        let one = || audio(48_000, &[&[1.0, 2.0]]);
        let two = || audio(48_000, &[&[1.0, 2.0, 3.0, 4.0, 5.0], &[3.0; 5]]);
        let fitted = |audio, input| fit(audio, input, 4).unwrap();
        assert_eq!(fitted(one(), &mono), [[1.0, 2.0, 0.0, 0.0]]);
        assert_eq!(fitted(one(), &stereo), [[1.0, 2.0, 0.0, 0.0]; 2]);
        assert_eq!(fitted(two(), &stereo), [[1.0, 2.0, 3.0, 4.0], [3.0; 4]]);
        assert_eq!(fitted(two(), &mono), [[2.0, 2.5, 3.0, 3.5]]);
        let three = audio(48_000, &[&[0.0], &[0.0], &[0.0]]);
        assert!(fit(three, &stereo, 4).is_err());
        let error = fit(audio(44_100, &[&[0.0]]), &mono, 4).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("44100") && said.contains("48000"), "{said}");
    }
}
