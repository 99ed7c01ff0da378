//! The last minute of what went in and out, to be kept by a button.

use std::collections::VecDeque;

use netbend_dsp::number::{cut, nearest_f64};

/// How much is remembered.
const SECONDS: f64 = 60.0;

/// What went in and came out at one moment: left, right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// What was processed.
    pub dry: [f32; 2],
    /// What was heard.
    pub bent: [f32; 2],
}

/// The last minute.
#[derive(Debug, Default)]
pub struct Keeping {
    moments: VecDeque<Moment>,
    most: usize,
}

/// Two sounds of one length, sample beside sample.
#[derive(Debug, PartialEq)]
pub struct Kept {
    /// What had been processed.
    pub dry: Vec<[f32; 2]>,
    /// What was heard.
    pub bent: Vec<[f32; 2]>,
}

impl Keeping {
    /// Forgets everything: the stream has that rate from now on.
    pub fn begin(&mut self, rate: f32) {
        self.moments.clear();
        self.most = cut((SECONDS * f64::from(rate)).round());
    }

    /// Remembers a moment, and forgets one that is too old.
    pub fn push(&mut self, moment: Moment) {
        if self.moments.len() >= self.most {
            self.moments.pop_front();
        }
        if self.most > 0 {
            self.moments.push_back(moment);
        }
    }

    /// The last `samples` that were heard, or as many as there are, and what they were made of `latency` samples before.
    pub fn last(&self, samples: usize, latency: usize) -> Kept {
        let end = self.moments.len();
        let samples = samples.min(end.saturating_sub(latency));
        let part = |end: usize| self.moments.range(end - samples..end);
        Kept {
            bent: part(end).map(|moment| moment.bent).collect(),
            dry: part(end - latency.min(end))
                .map(|moment| moment.dry)
                .collect(),
        }
    }
}

/// Samples of so many bars: of the loop, where it has a tempo, else of four beats at `bpm`.
pub fn bars(count: u32, bpm: f64, rate: f32) -> usize {
    let seconds = nearest_f64(count) * 4.0 * 60.0 / bpm;
    cut((seconds * f64::from(rate)).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(n: u32) -> Moment {
        let n = n as f32;
        Moment {
            dry: [n, -n],
            bent: [n + 0.5, -n - 0.5],
        }
    }

    #[test]
    fn what_was_heard_last_stands_beside_what_it_was_made_of() {
        let mut keeping = Keeping::default();
        keeping.push(moment(0));
        assert_eq!(keeping.last(10, 0).bent.len(), 0, "no stream yet");
        keeping.begin(100.0);
        (0..10_000).for_each(|n| keeping.push(moment(n)));
        let kept = keeping.last(3, 20);
        let expected: Vec<_> = (9_997..10_000).map(|n| moment(n).bent).collect();
        assert_eq!(kept.bent, expected);
        let expected: Vec<_> = (9_977..9_980).map(|n| moment(n).dry).collect();
        assert_eq!(kept.dry, expected);
        let all = keeping.last(usize::MAX, 20);
        assert_eq!((all.dry.len(), all.bent.len()), (5_980, 5_980), "a minute");
        assert_eq!(keeping.last(5, usize::MAX).bent.len(), 0);
        keeping.begin(200.0);
        assert_eq!(keeping.last(5, 0).bent.len(), 0);
    }

    #[test]
    fn bars_are_those_of_the_tempo() {
        assert_eq!(bars(1, 120.0, 48_000.0), 96_000);
        assert_eq!(bars(8, 174.0, 44_100.0), 486_621);
    }
}
