//! The transient lock's ears: where attacks are, as an envelope that lies on them. Audio thread.
//!
//! Onsets are found in what comes in, long before its sound goes out, so the envelope can be up before the attack: it covers
//! the frame's length before it, over which a stroke bent frame by frame is smeared, and the attack itself.

mod envelope;
mod onsets;

use crate::error::check_size;
use crate::{DspError, StftGeometry};
use envelope::Envelope;
pub use onsets::OnsetDetector;

/// Finds attacks and says where they go out. Fixed memory; every sample is treated alike, so that blocks of any size give the
/// same.
#[derive(Debug)]
pub struct TransientLock {
    /// The last sample of each channel.
    before: Vec<f32>,
    detector: OnsetDetector,
    envelope: Envelope,
}

impl TransientLock {
    /// A lock for `channels` channels of `geometry` whose sound goes out `delay_samples` after it came in. Where the delay is shorter
    /// than the frame and the 10 ms of rise and detection, the envelope begins as early as it can.
    ///
    /// # Errors
    /// [`DspError::Size`] for more than 64 channels or a delay above [`MAX_DELAY_SAMPLES`](crate::delay::MAX_DELAY_SAMPLES), and
    /// what [`StftGeometry::check`] says.
    pub fn new(
        geometry: StftGeometry,
        channels: usize,
        delay_samples: usize,
    ) -> Result<Self, DspError> {
        geometry.check()?;
        check_size("channels", channels, 0, 64)?;
        check_size(
            "delay_samples",
            delay_samples,
            0,
            crate::delay::MAX_DELAY_SAMPLES,
        )?;
        let detector = OnsetDetector::new(geometry.sample_rate);
        let envelope = Envelope::new(geometry, delay_samples, &detector);
        Ok(Self {
            before: vec![0.0; channels],
            detector,
            envelope,
        })
    }

    /// Hears the next samples of `channels`, each as long as `envelope`, and writes for each how much of the sound that goes out
    /// with it (`delay_samples` older) is an attack, 0–1.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process<'a>(
        &mut self,
        channels: impl IntoIterator<Item = &'a [f32]>,
        envelope: &mut [f32],
    ) {
        // First as each sample's energy, of all channels together. The difference of neighbours stands for the high end: in the
        // sound itself the tail of a kick drum would hide every hat.
        envelope.fill(0.0);
        for (channel, before) in channels.into_iter().zip(&mut self.before) {
            for (energy, &x) in envelope.iter_mut().zip(channel) {
                let x = if x.is_finite() { x } else { 0.0 };
                let step = x - *before;
                *energy += step * step;
                *before = x;
            }
        }
        for sample in envelope {
            let onset = self.detector.push(*sample);
            *sample = self.envelope.next(onset);
        }
    }

    /// Forgets everything heard.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.before.fill(0.0);
        self.detector.reset();
        self.envelope.reset();
    }
}

#[cfg(test)]
mod tests;
