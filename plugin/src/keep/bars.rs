//! How long bars are.

use netbend_dsp::number::{cut, nearest_f64};

/// Beats per minute and beats of a bar that are believed.
const TEMPI: std::ops::RangeInclusive<f64> = 1.0..=10_000.0;
const BEATS: std::ops::RangeInclusive<f64> = 0.25..=64.0;

/// How long a bar is: tempo in quarter notes per minute, and quarter notes of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bars {
    /// Beats per minute.
    pub tempo: f64,
    /// Beats of a bar.
    pub beats: f64,
}

impl Default for Bars {
    fn default() -> Self {
        Self {
            tempo: 120.0,
            beats: 4.0,
        }
    }
}

impl Bars {
    /// What a host says, as far as it can be believed: tempo, and time signature. The rest is as usual.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn told(tempo: Option<f64>, signature: Option<(i32, i32)>) -> Self {
        let usual = Self::default();
        let beats = signature.map(|(count, unit)| 4.0 * f64::from(count) / f64::from(unit));
        Self {
            tempo: tempo
                .filter(|tempo| TEMPI.contains(tempo))
                .unwrap_or(usual.tempo),
            beats: beats
                .filter(|beats| BEATS.contains(beats))
                .unwrap_or(usual.beats),
        }
    }

    /// Frames of so many bars.
    pub fn frames(self, count: u32, sample_rate: f32) -> usize {
        let seconds = nearest_f64(count) * self.beats * 60.0 / self.tempo;
        cut((seconds * f64::from(sample_rate)).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_the_hosts_where_they_can_be_believed() {
        let usual = Bars::default();
        assert_eq!(Bars::told(None, None), usual);
        for tempo in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Bars::told(Some(tempo), None), usual);
        }
        for signature in [(4, 0), (0, 4), (-3, 4), (i32::MAX, 1)] {
            assert_eq!(Bars::told(None, Some(signature)), usual);
        }
        let found = Bars::told(Some(174.0), Some((7, 8)));
        assert_eq!((found.tempo, found.beats), (174.0, 3.5));
    }

    #[test]
    fn frames_are_those_of_the_tempo_and_the_time_signature() {
        assert_eq!(Bars::default().frames(1, 48_000.0), 96_000);
        let of = |tempo: f64, beats: f64| Bars { tempo, beats };
        assert_eq!(of(174.0, 4.0).frames(8, 44_100.0), 486_621);
        assert_eq!(of(120.0, 3.0).frames(2, 48_000.0), 144_000);
    }
}
