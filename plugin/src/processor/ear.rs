//! One channel's analysis, which knows when there is nothing to analyse. Audio thread; nothing here allocates or
//! panics.

use netbend_dsp::{Analyzer, Complex, DspError, StftGeometry};

/// Samples below this are silence: −240 dBFS, far below what is heard or nulls, and far above denormal numbers.
const SILENCE: f32 = 1e-12;

/// Turns samples into spectra; a silent window is not transformed.
pub(super) struct Ear {
    geometry: StftGeometry,
    analyzer: Analyzer,
    /// A hop's samples, without those that count as silence.
    audible: Vec<f32>,
    /// Samples of silence since the last sound, as far as the window goes.
    silent_samples: usize,
    /// Samples of silence, less than a hop, that the analyser has not been given because it has heard nothing else for a window.
    owed: usize,
}

impl Ear {
    /// An ear that has heard only silence.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub(super) fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        Ok(Self {
            geometry,
            analyzer: Analyzer::new(geometry)?,
            audible: vec![0.0; geometry.hop_samples],
            silent_samples: geometry.fft_size,
            owed: 0,
        })
    }

    /// Takes samples of the current hop, at most as many as it lacks.
    pub(super) fn write(&mut self, samples: &[f32]) {
        // Not a number is sound, and left for the analyser to deal with.
        let is_sound = |sample: &f32| sample.is_nan() || sample.abs() >= SILENCE;
        let count = samples.len().min(self.audible.len());
        let Some(last) = samples[..count].iter().rposition(is_sound) else {
            return self.write_silence(count);
        };
        self.audible[..self.owed].fill(0.0);
        let mut owed = &self.audible[..std::mem::take(&mut self.owed)];
        while !owed.is_empty() {
            owed = &owed[self.analyzer.write(owed)..];
        }
        for (own, sample) in self.audible.iter_mut().zip(samples) {
            *own = if is_sound(sample) { *sample } else { 0.0 };
        }
        self.analyzer.write(&self.audible[..count]);
        self.silent_samples = count - 1 - last;
    }

    /// Takes silence in place of samples.
    pub(super) fn write_silence(&mut self, count: usize) {
        let count = count.min(self.audible.len());
        if self.is_silent() {
            self.owed = (self.owed + count) % self.audible.len();
            return;
        }
        self.audible[..count].fill(0.0);
        self.analyzer.write(&self.audible[..count]);
        self.silent_samples = (self.silent_samples + count).min(self.geometry.fft_size);
    }

    /// Whether the last window is silent.
    pub(super) fn is_silent(&self) -> bool {
        self.silent_samples >= self.geometry.fft_size
    }

    /// Writes the spectrum of the last window.
    pub(super) fn analyze(&mut self, spectrum: &mut [Complex<f32>]) {
        if self.is_silent() {
            spectrum.fill(Complex::default());
        } else {
            self.analyzer.analyze(spectrum);
        }
    }

    /// Forgets everything heard.
    pub(super) fn reset(&mut self) {
        self.analyzer.reset();
        self.owed = 0;
        self.silent_samples = self.geometry.fft_size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry() -> StftGeometry {
        StftGeometry {
            fft_size: 64,
            hop_samples: 16,
            sample_rate: 48_000.0,
        }
    }

    /// A click at `at` and one later, silence around them, and a trace of noise that nobody hears.
    fn clicks(at: usize, later: usize) -> Vec<f32> {
        let mut samples: Vec<f32> = (0..480).map(|n| 1e-13 * (n as f32).sin()).collect();
        samples[at] = 0.5;
        samples[later] = 0.5;
        samples
    }

    #[test]
    fn an_ear_is_silent_only_where_the_whole_window_is_and_misses_nothing() {
        for (at, later) in [
            (0, 80),
            (15, 81),
            (16, 200),
            (40, 333),
            (100, 399),
            (101, 170),
        ] {
            let mut ear = Ear::new(geometry()).unwrap();
            let mut analyzer = Analyzer::new(geometry()).unwrap();
            let mut expected = vec![Complex::default(); geometry().bins()];
            let mut heard = vec![Complex::new(9.0, 9.0); geometry().bins()];
            for (frame, hop) in clicks(at, later).chunks(16).enumerate() {
                for part in hop.chunks(7) {
                    ear.write(part);
                }
                let exact: Vec<f32> = hop
                    .iter()
                    .map(|x| if *x < 0.1 { 0.0 } else { *x })
                    .collect();
                analyzer.write(&exact);
                analyzer.analyze(&mut expected);
                ear.analyze(&mut heard);
                assert_eq!(heard, expected);
                let end = (frame + 1) * 16;
                let hears = |click: usize| end > click && end <= click + 64;
                let silent = !hears(at) && !hears(later);
                assert_eq!(ear.is_silent(), silent, "frame {frame}, {at} and {later}");
            }
        }
    }

    #[test]
    fn silence_that_is_not_there_counts_like_silence_that_is() {
        let mut ear = Ear::new(geometry()).unwrap();
        ear.write(&[1.0; 16]);
        for _ in 0..3 {
            ear.write(&[0.0; 5]);
            ear.write_silence(11);
            assert!(!ear.is_silent());
        }
        ear.write_silence(16);
        assert!(ear.is_silent());
        ear.write(&[f32::NAN; 16]);
        assert!(!ear.is_silent());
        ear.reset();
        assert!(ear.is_silent());
    }
}
