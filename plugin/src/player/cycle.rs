//! A loop, and its tempo.

use netbend_dsp::number::nearest_f64;

/// Tempos that a loop is taken to have, in beats per minute.
const TEMPOS: (f64, f64) = (70.0, 180.0);
/// Of several tempos the one nearest to this.
const USUAL: f64 = 120.0;
const BEATS_A_BAR: f64 = 4.0;
/// Loops of this many bars at most have a tempo.
const MOST_BARS: u32 = 256;

/// A loop at the stream's rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Loop {
    left: Box<[f32]>,
    right: Box<[f32]>,
}

impl Loop {
    /// A loop of these samples, left and right. `None` where there are none, or more on one side.
    pub fn new([left, right]: [Vec<f32>; 2]) -> Option<Self> {
        let is_one = !left.is_empty() && left.len() == right.len();
        is_one.then(|| Self {
            left: left.into(),
            right: right.into(),
        })
    }

    /// Frames of one round; never none.
    pub(super) fn len(&self) -> usize {
        self.left.len()
    }

    /// The frame at a place; silence beyond the end.
    pub(super) fn frame(&self, place: usize) -> [f32; 2] {
        match (self.left.get(place), self.right.get(place)) {
            (Some(&left), Some(&right)) => [left, right],
            _ => [0.0; 2],
        }
    }
}

/// How fast a loop is that consists of whole bars of four beats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tempo {
    /// How many bars.
    pub bars: u32,
    /// Beats per minute.
    pub bpm: f64,
}

impl Tempo {
    /// The tempo of a loop that lasts so many seconds: 1, 2, 4, 8 … bars, as near to 120 beats per minute as between 70 and 180 they come.
    pub fn of(seconds: f64) -> Option<Self> {
        let bars = std::iter::successors(Some(1u32), |bars| bars.checked_mul(2));
        let tempos = bars.take_while(|&bars| bars <= MOST_BARS).map(|bars| Self {
            bars,
            bpm: f64::from(bars) * BEATS_A_BAR * 60.0 / seconds,
        });
        let distance = |tempo: &Self| (tempo.bpm / USUAL).ln().abs();
        tempos
            .filter(|tempo| (TEMPOS.0..=TEMPOS.1).contains(&tempo.bpm))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The tempo of so many samples at that rate.
    pub fn of_samples(samples: usize, sample_rate: f64) -> Option<Self> {
        Self::of(nearest_f64(samples) / sample_rate)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn the_tempo_is_that_of_whole_bars() {
        for (seconds, bars, bpm) in [
            (2.0, 1, 120.0),
            (4.0, 2, 120.0),
            (8.0, 4, 120.0),
            (240.0 / 174.0, 1, 174.0),
            (2.0 * 240.0 / 93.0, 2, 93.0),
            (3.2, 2, 150.0),
        ] {
            let tempo = Tempo::of(seconds).unwrap();
            assert_eq!(tempo.bars, bars, "{seconds} s");
            assert!((tempo.bpm - bpm).abs() < 1e-9, "{seconds} s: {tempo:?}");
        }
    }

    #[test]
    fn what_is_shorter_than_a_bar_has_no_tempo() {
        for seconds in [0.0, 0.5, 1.3, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Tempo::of(seconds), None, "{seconds} s");
        }
    }

    #[test]
    fn a_loop_has_two_sides_of_one_length() {
        assert!(Loop::new([vec![], vec![]]).is_none());
        assert!(Loop::new([vec![0.0], vec![]]).is_none());
        let turning = Loop::new([vec![0.5], vec![-0.5]]).unwrap();
        assert_eq!((turning.len(), turning.frame(0)), (1, [0.5, -0.5]));
        assert_eq!(turning.frame(1), [0.0; 2]);
    }
}
