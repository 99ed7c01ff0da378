//! How far a host in real time runs ahead of the clock. Audio thread; nothing here allocates or panics.
//!
//! Some hosts call for many blocks at once and then for none: what they ask for has not been bent yet, since it has only just come in. A
//! burst up to about the latency is covered, a longer one is heard dry from there on.

use std::time::{Duration, Instant};

use netbend_dsp::number::{cut, nearest_f64};

/// How long a burst is spoken of.
const SPOKEN_OF: Duration = Duration::from_secs(5);

/// Follows the blocks of one stream.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Samples that were asked for before their time, at the last block.
    ahead: f64,
    last: Option<Instant>,
    /// The longest burst that is spoken of, and when it was.
    burst: Option<(u32, Instant)>,
}

impl Pace {
    /// A block comes at `now`. How long the longest burst of late was, in samples: 0 where none was longer than `covered`.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub(super) fn follow(
        &mut self,
        samples: usize,
        sample_rate: f32,
        covered: usize,
        now: Instant,
    ) -> u32 {
        let passed = self.last.map_or(0.0, |last| {
            now.saturating_duration_since(last).as_secs_f64() * f64::from(sample_rate)
        });
        self.last = Some(now);
        self.ahead = (self.ahead - passed).max(0.0) + nearest_f64(samples);
        if let Some((_, when)) = self.burst
            && now.saturating_duration_since(when) > SPOKEN_OF
        {
            self.burst = None;
        }
        let longest = self.burst.map_or(0, |(samples, _)| samples);
        if self.ahead > nearest_f64(covered) {
            self.burst = Some((longest.max(cut::<u32>(self.ahead)), now));
        }
        self.burst.map_or(0, |(samples, _)| samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;
    const COVERED: usize = 9_216;

    fn run(blocks: impl IntoIterator<Item = (usize, u64)>) -> u32 {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let mut longest = 0;
        for (samples, at_ms) in blocks {
            let now = start + Duration::from_millis(at_ms);
            longest = pace.follow(samples, RATE, COVERED, now);
        }
        longest
    }

    #[test]
    fn a_host_in_time_runs_ahead_by_a_block() {
        assert_eq!(run((0..1_000).map(|n| (480, 10 * n))), 0);
        // Late blocks that are caught up with, as on a busy machine.
        assert_eq!(
            run((0..1_000).map(|n| (480, 10 * n + if n % 7 == 0 { 60 } else { 0 }))),
            0
        );
    }

    #[test]
    fn bursts_are_measured_however_they_are_cut() {
        assert_eq!(run([(16_384, 0)]), 16_384);
        assert_eq!(run([(512, 0); 64]), 32_768);
        assert_eq!(run([(8_192, 0), (8_192, 171), (8_192, 342)]), 0);
    }

    #[test]
    fn a_burst_is_forgotten_after_a_while() {
        let in_time = (1..=600).map(|n| (480, 10 * n + 400));
        assert_eq!(run([(16_384, 0)].into_iter().chain(in_time)), 0);
    }
}
