//! Audio files: everything symphonia reads in, 32-bit float WAV out.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// A whole audio file, decoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Audio {
    /// Samples per second.
    pub(super) sample_rate: u32,
    /// `[channel][sample]`, all of the same length.
    pub(super) channels: Vec<Vec<f32>>,
}

impl Audio {
    /// Number of samples per channel.
    pub(super) fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// The mean of all channels.
    pub(super) fn mixed_to_mono(&self) -> Self {
        let scale = 1.0 / self.channels.len().max(1) as f32;
        let mixed = (0..self.len())
            .map(|n| self.channels.iter().map(|channel| channel[n]).sum::<f32>() * scale)
            .collect();
        Self {
            sample_rate: self.sample_rate,
            channels: vec![mixed],
        }
    }

    /// Decodes the file at `path`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        Self::decode(path).with_context(|| path.display().to_string())
    }

    fn decode(path: &Path) -> Result<Self> {
        let file = File::open(path)?;
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let source = MediaSourceStream::new(Box::new(file), Default::default());
        let mut format = symphonia::default::get_probe()
            .probe(
                &hint,
                source,
                FormatOptions::default(),
                MetadataOptions::default(),
            )
            .map_err(|error| anyhow!("not an audio file Netbend reads ({error})"))?;
        let track = format
            .default_track(TrackType::Audio)
            .context("the file holds no audio track")?;
        let track_id = track.id;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .context("the file does not say how its audio is coded")?;
        let mut decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| anyhow!("this kind of audio is not supported ({error})"))?;
        let mut audio = Self {
            sample_rate: 0,
            channels: Vec::new(),
        };
        let mut interleaved: Vec<f32> = Vec::new();
        while let Some(packet) = format.next_packet().or_else(end_of_file)? {
            if packet.track_id != track_id {
                continue;
            }
            let decoded = match decoder.decode(&packet) {
                Ok(decoded) => decoded,
                // A damaged packet is skipped, as players do.
                Err(Error::DecodeError(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            let (rate, count) = (decoded.spec().rate(), decoded.spec().channels().count());
            if audio.channels.is_empty() {
                audio = Self {
                    sample_rate: rate,
                    channels: vec![Vec::new(); count],
                };
            }
            if rate != audio.sample_rate || count != audio.channels.len() || count == 0 {
                bail!("the file changes its rate or channels on the way");
            }
            decoded.copy_to_vec_interleaved(&mut interleaved);
            for frame in interleaved.chunks_exact(count) {
                for (channel, sample) in audio.channels.iter_mut().zip(frame) {
                    channel.push(*sample);
                }
            }
        }
        if audio.len() == 0 {
            bail!("the file holds no sound");
        }
        Ok(audio)
    }

    /// Writes a 32-bit float WAV file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        self.encode(path)
            .with_context(|| path.display().to_string())
    }

    fn encode(&self, path: &Path) -> Result<()> {
        let spec = hound::WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.sample_rate,
            bits_per_sample: 32,
            sample_format: hound::SampleFormat::Float,
        };
        let mut writer = hound::WavWriter::create(path, spec)?;
        for n in 0..self.len() {
            for channel in &self.channels {
                writer.write_sample(channel[n])?;
            }
        }
        Ok(writer.finalize()?)
    }
}

/// Some readers report the end of a file as an error.
fn end_of_file<T>(error: Error) -> symphonia::core::errors::Result<Option<T>> {
    match error {
        Error::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        other => Err(other),
    }
}
