//! A whole audio file, decoded.

use crate::error::Error;
use crate::limits::{MAX_CHANNELS, MAX_SAMPLES, RATES};
use crate::marks::Marks;
use netbend_dsp::number::{nearest_f32, nearest_f64};

/// A whole audio file, decoded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Audio {
    /// Samples per second.
    pub sample_rate: u32,
    /// `[channel][sample]`, all of the same length.
    pub channels: Vec<Vec<f32>>,
    /// Loop points, markers and the like.
    pub marks: Marks,
    /// What was wrong with the file and was got over, a sentence each.
    pub warnings: Vec<String>,
    /// Whether `ffmpeg` read it, and why.
    pub through_ffmpeg: Option<String>,
}

impl Audio {
    /// Audio of samples alone.
    pub fn new(sample_rate: u32, channels: Vec<Vec<f32>>) -> Self {
        Self {
            sample_rate,
            channels,
            ..Self::default()
        }
    }

    /// Nothing yet, of a shape that a header states.
    ///
    /// # Errors
    /// Where no such shape can be.
    pub(crate) fn with_shape(sample_rate: u32, channels: usize) -> Result<Self, Error> {
        if !RATES.contains(&sample_rate) {
            return Err(Error::damaged(format!(
                "the header says {sample_rate} samples per second; expected {} to {}",
                RATES.start(),
                RATES.end()
            )));
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(Error::damaged(format!(
                "the header says {channels} channels; expected 1 to {MAX_CHANNELS}"
            )));
        }
        Ok(Self::new(sample_rate, vec![Vec::new(); channels]))
    }

    /// Number of samples per channel.
    pub fn len(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The mean of all channels.
    pub fn mixed_to_mono(&self) -> Self {
        let scale = 1.0 / nearest_f32(self.channels.len().max(1));
        let mixed = (0..self.len())
            .map(|n| self.channels.iter().map(|channel| channel[n]).sum::<f32>() * scale)
            .collect();
        Self {
            channels: vec![mixed],
            marks: self.marks.clone(),
            ..Self::new(self.sample_rate, Vec::new())
        }
    }

    /// Room for `samples` more per channel, as far as the limit allows.
    pub(crate) fn reserve(&mut self, samples: usize) -> Result<(), Error> {
        self.check_room(samples)?;
        for channel in &mut self.channels {
            channel
                .try_reserve_exact(samples)
                .map_err(|_| Error::TooLong)?;
        }
        Ok(())
    }

    /// Whether `samples` more per channel are allowed.
    pub(crate) fn check_room(&self, samples: usize) -> Result<(), Error> {
        let total = self.len().saturating_add(samples);
        match total.saturating_mul(self.channels.len().max(1)) {
            total if total <= MAX_SAMPLES => Ok(()),
            _ => Err(Error::TooLong),
        }
    }

    /// Adds interleaved frames. Where their channels are others than the file began with, one is heard everywhere and the
    /// ones too many are left out.
    pub(crate) fn push(&mut self, interleaved: &[f32], channels: usize) -> Result<(), Error> {
        self.check_room(interleaved.len() / channels.max(1))?;
        let ours = self.channels.len();
        for frame in interleaved.chunks_exact(channels.max(1)) {
            for (number, channel) in self.channels.iter_mut().enumerate() {
                let from = if channels < ours {
                    number % channels
                } else {
                    number
                };
                channel.push(frame[from]);
            }
        }
        Ok(())
    }

    /// All samples, frame by frame.
    pub(crate) fn interleaved(&self) -> Vec<f32> {
        (0..self.len())
            .flat_map(|n| self.channels.iter().map(move |channel| channel[n]))
            .collect()
    }

    /// Adds silence.
    pub(crate) fn push_silence(&mut self, samples: usize) -> Result<(), Error> {
        self.check_room(samples)?;
        let length = self.len() + samples;
        for channel in &mut self.channels {
            channel.resize(length, 0.0);
        }
        Ok(())
    }

    /// Keeps `range` of every channel.
    pub(crate) fn keep(&mut self, range: std::ops::Range<usize>) {
        let end = range.end.min(self.len());
        let start = range.start.min(end);
        for channel in &mut self.channels {
            channel.truncate(end);
            channel.drain(..start);
        }
    }

    /// Puts silence where a sample is no number, and says so.
    pub(crate) fn silence_non_finite(&mut self) {
        let mut first = usize::MAX;
        let mut count = 0_usize;
        for channel in &mut self.channels {
            for (n, sample) in channel.iter_mut().enumerate() {
                if !sample.is_finite() {
                    *sample = 0.0;
                    count += 1;
                    first = first.min(n);
                }
            }
        }
        if count > 0 {
            self.warnings.push(format!(
                "{count} samples are not finite numbers, the first at {:.3} s; silence was put in their place",
                nearest_f64(first) / f64::from(self.sample_rate.max(1))
            ));
        }
    }
}
