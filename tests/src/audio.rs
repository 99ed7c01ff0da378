//! Multi-channel sound and WAV files.

use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Sound in memory, indexed `[channel][sample]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    /// Samples per second.
    pub sample_rate: u32,
    /// One buffer per channel, all of one length.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    /// Silence of `samples` samples.
    pub fn silence(sample_rate: u32, channels: usize, samples: usize) -> Self {
        Self {
            sample_rate,
            channels: vec![vec![0.0; samples]; channels],
        }
    }

    /// The same samples in every channel.
    pub fn same(sample_rate: u32, channels: usize, samples: &[f32]) -> Self {
        Self {
            sample_rate,
            channels: vec![samples.to_vec(); channels],
        }
    }

    /// The length of each channel, in samples.
    pub fn samples(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// The length in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples() as f64 / f64::from(self.sample_rate)
    }

    /// The same sound without its first `count` samples.
    pub fn skip(mut self, count: usize) -> Self {
        for channel in &mut self.channels {
            channel.drain(..count.min(channel.len()));
        }
        self
    }

    /// Reads a WAV file of 32-bit floats.
    ///
    /// # Errors
    /// If the file cannot be read or holds another kind of samples.
    pub fn read_wav(path: &Path) -> Result<Self, hound::Error> {
        let reader = WavReader::open(path)?;
        let spec = reader.spec();
        let interleaved = reader
            .into_samples::<f32>()
            .collect::<Result<Vec<_>, _>>()?;
        let count = usize::from(spec.channels);
        let channels = (0..count)
            .map(|channel| {
                interleaved
                    .iter()
                    .skip(channel)
                    .step_by(count)
                    .copied()
                    .collect()
            })
            .collect();
        Ok(Self {
            sample_rate: spec.sample_rate,
            channels,
        })
    }

    /// Writes a WAV file of 32-bit floats.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<(), hound::Error> {
        let spec = WavSpec {
            channels: self.channels.len() as u16,
            sample_rate: self.sample_rate,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut writer = WavWriter::create(path, spec)?;
        for sample in 0..self.samples() {
            for channel in &self.channels {
                writer.write_sample(channel[sample])?;
            }
        }
        writer.finalize()
    }
}
