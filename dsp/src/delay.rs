//! The dry signal's delay. Audio thread.

use crate::DspError;
use crate::error::check_size;

/// The longest delay, in samples (over a minute at 192 kHz).
pub const MAX_DELAY_SAMPLES: usize = 1 << 24;

/// Delays one channel by a whole number of samples, bit for bit.
pub struct DelayLine {
    /// The last `memory.len()` samples, oldest at `next`; its length is the delay.
    memory: Vec<f32>,
    next: usize,
    delay_samples: usize,
}

impl DelayLine {
    /// A delay of `delay_samples`, filled with silence.
    ///
    /// # Errors
    /// [`DspError::Size`] if the delay is beyond [`MAX_DELAY_SAMPLES`].
    pub fn new(delay_samples: usize) -> Result<Self, DspError> {
        Self::with_max(delay_samples, delay_samples)
    }

    /// A delay of `delay_samples` that can later be set up to `max_delay_samples`.
    ///
    /// # Errors
    /// [`DspError::Size`] if the maximum is beyond [`MAX_DELAY_SAMPLES`] or below the delay.
    pub fn with_max(delay_samples: usize, max_delay_samples: usize) -> Result<Self, DspError> {
        check_size("max_delay_samples", max_delay_samples, 0, MAX_DELAY_SAMPLES)?;
        check_size("delay_samples", delay_samples, 0, max_delay_samples)?;
        Ok(Self {
            memory: vec![0.0; max_delay_samples],
            next: 0,
            delay_samples,
        })
    }

    /// The delay, in samples.
    pub fn delay_samples(&self) -> usize {
        self.delay_samples
    }

    /// Sets the delay, at most the maximum, and forgets what is on its way.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn set_delay_samples(&mut self, delay_samples: usize) {
        self.delay_samples = delay_samples.min(self.memory.len());
        self.reset();
    }

    /// Replaces every sample by the one `delay_samples` earlier.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process_in_place(&mut self, block: &mut [f32]) {
        let memory = &mut self.memory[..self.delay_samples];
        if memory.is_empty() {
            return;
        }
        let mut rest = block;
        while !rest.is_empty() {
            let count = rest.len().min(memory.len() - self.next);
            let (now, later) = rest.split_at_mut(count);
            now.swap_with_slice(&mut memory[self.next..self.next + count]);
            self.next = (self.next + count) % memory.len();
            rest = later;
        }
    }

    /// The samples on their way, the next to come out first: as many as the delay is long.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn coming(&self) -> impl Iterator<Item = f32> {
        let memory = &self.memory[..self.delay_samples];
        let (later, first) = memory.split_at(self.next.min(memory.len()));
        first.iter().chain(later).copied()
    }

    /// Writes the delayed `input` to `out`, as far as both reach.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process(&mut self, input: &[f32], out: &mut [f32]) {
        let count = input.len().min(out.len());
        out[..count].copy_from_slice(&input[..count]);
        self.process_in_place(&mut out[..count]);
    }

    /// Forgets what is on its way.
    pub fn reset(&mut self) {
        self.memory.fill(0.0);
        self.next = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_is_exact_at_any_block_size() {
        let input: Vec<f32> = (0..1_000).map(|n| (n as f32 * 0.7).sin()).collect();
        for delay in [0, 1, 7, 64, 300, 2_000] {
            for block in [1, 5, 64, 999] {
                let mut line = DelayLine::with_max(delay, 2_000).unwrap();
                let mut output = vec![9.0; input.len()];
                for (input, output) in input.chunks(block).zip(output.chunks_mut(block)) {
                    line.process(input, output);
                }
                for (n, &sample) in output.iter().enumerate() {
                    let expected = n.checked_sub(delay).map_or(0.0, |at| input[at]);
                    assert_eq!(
                        sample.to_bits(),
                        expected.to_bits(),
                        "delay {delay}, sample {n}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_new_delay_starts_silent_and_stays_within_the_maximum() {
        let mut line = DelayLine::new(4).unwrap();
        line.process_in_place(&mut [1.0; 4]);
        line.set_delay_samples(100);
        assert_eq!(line.delay_samples(), 4);
        let mut block = [2.0; 5];
        line.process_in_place(&mut block);
        assert_eq!(block, [0.0, 0.0, 0.0, 0.0, 2.0]);
        assert!(DelayLine::new(usize::MAX).is_err());
    }
}
