//! The last moments of the input, its channels as one, for what measures on them.
//!
//! Written by the audio thread, read by any other. Who reads while it is written may find the newest samples in place of the oldest: it matters
//! to no measurement.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use netbend_dsp::number::low_bits;

/// Samples kept: 2.7 s at 48 kHz.
const SAMPLES: usize = 1 << 17;

/// A ring of samples.
#[derive(Debug)]
pub struct Recent {
    /// As bits.
    samples: Box<[AtomicU32]>,
    /// Samples ever written.
    written: AtomicU64,
    /// Their rate in Hz, as bits.
    rate: AtomicU32,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            samples: (0..SAMPLES).map(|_| AtomicU32::new(0)).collect(),
            written: AtomicU64::new(0),
            rate: AtomicU32::new(0),
        }
    }
}

impl Recent {
    /// Adds a segment of one channel or two, at `rate` Hz.
    ///
    /// # Real-time safety
    /// Atomic operations only.
    pub(crate) fn write(&self, first: &[f32], second: Option<&[f32]>, rate: f32) {
        let written = self.written.load(Ordering::Relaxed);
        let mut place = low_bits::<usize>(written) % SAMPLES;
        for (n, sample) in first.iter().enumerate() {
            let other = second.and_then(|second| second.get(n)).unwrap_or(sample);
            if let Some(kept) = self.samples.get(place) {
                kept.store((0.5 * (sample + other)).to_bits(), Ordering::Relaxed);
            }
            place = (place + 1) % SAMPLES;
        }
        self.rate.store(rate.to_bits(), Ordering::Relaxed);
        let count = u64::try_from(first.len()).unwrap_or(0);
        self.written
            .store(written.wrapping_add(count), Ordering::Release);
    }

    /// The last `seconds` at most, and their rate in Hz; nothing where nothing was heard.
    pub(crate) fn read(&self, seconds: f32) -> (Vec<f32>, f32) {
        let written = self.written.load(Ordering::Acquire);
        let rate = f32::from_bits(self.rate.load(Ordering::Relaxed));
        let wanted = netbend_dsp::number::cut::<usize>((seconds * rate).max(0.0));
        let there = usize::try_from(written).unwrap_or(usize::MAX);
        let count = wanted.min(SAMPLES).min(there);
        let first = low_bits::<usize>(written).wrapping_sub(count);
        let at = |n: usize| self.samples.get(first.wrapping_add(n) % SAMPLES);
        let bits = (0..count).filter_map(|n| Some(at(n)?.load(Ordering::Relaxed)));
        (bits.map(f32::from_bits).collect(), rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_samples_are_kept_as_one_channel() {
        let recent = Recent::default();
        assert!(recent.read(1.0).0.is_empty());
        for start in 0..600 {
            let ramp: Vec<f32> = (0..256).map(|n| (start * 256 + n) as f32).collect();
            let other: Vec<f32> = ramp.iter().map(|x| x + 2.0).collect();
            recent.write(&ramp, Some(&other), 1_000.0);
        }
        let (heard, rate) = recent.read(0.5);
        assert_eq!((heard.len(), rate), (500, 1_000.0));
        assert_eq!(
            (heard[0], heard[499]),
            (600.0 * 256.0 - 499.0, 600.0 * 256.0)
        );
        assert_eq!(recent.read(1e9).0.len(), SAMPLES);
    }
}
