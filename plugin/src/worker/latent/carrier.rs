//! What the model's magnitudes are put on where the sound that comes in cannot carry them. Pool threads.
//!
//! A held loop brings its own phases and its own stereo image, so that it plays on when the sound stops
//! or changes. A drawn loop borrows them from the sound, and from noise where the sound is silent.

use netbend_dsp::number::{low_bits, nearest_f32, signed};
use netbend_dsp::signal::noise;
use netbend_dsp::spectrogram::analyze;
use netbend_dsp::{Complex, DspError, StftGeometry};

use super::make_room;
use crate::exchange::MAX_CHANNELS;

/// Frames of noise before it repeats.
const NOISE_FRAMES: usize = 128;
/// Seed of the noise.
const NOISE_SEED: u64 = 1;
/// Magnitude of the noise that stands in for silence: far below what is heard (−240 dB), and far above
/// what has no phase.
const TRACE: f32 = 1e-12;
/// Magnitudes below this count as silence.
const SILENCE: f32 = 1e-14;

/// Spectra of one channel, `[frame][bin]`, oldest frame first.
type Spectra = Vec<Complex<f32>>;

/// Remembers the last spectra, keeps those of held loops, and makes noise.
#[derive(Debug)]
pub(in crate::worker) struct Carrier {
    geometry: StftGeometry,
    channels: usize,
    loop_frames: usize,
    /// The last frames of each channel, a ring.
    recent: [Spectra; MAX_CHANNELS],
    /// Where the next frame goes.
    next: usize,
    /// Each with its newest frame.
    holds: Vec<(i64, [Spectra; MAX_CHANNELS])>,
    /// Empty until it is wanted.
    noise: Spectra,
}

impl Carrier {
    pub(in crate::worker) fn new(
        geometry: StftGeometry,
        channels: usize,
        loop_frames: usize,
    ) -> Self {
        let len = loop_frames * geometry.bins();
        let used = |channel: usize| if channel < channels { len } else { 0 };
        Self {
            geometry,
            channels: channels.min(MAX_CHANNELS),
            loop_frames,
            recent: std::array::from_fn(|channel| vec![Complex::default(); used(channel)]),
            next: 0,
            holds: Vec::new(),
            noise: Vec::new(),
        }
    }

    pub(in crate::worker) fn reset(&mut self) {
        for spectra in &mut self.recent {
            spectra.fill(Complex::default());
        }
        self.next = 0;
        self.holds.clear();
    }

    /// Adds a frame, `[channel][bin]`.
    pub(in crate::worker) fn push(&mut self, spectra: &[Vec<Complex<f32>>; MAX_CHANNELS]) {
        let bins = self.geometry.bins();
        let place = self.next * bins..(self.next + 1) * bins;
        let channels = self.recent.iter_mut().zip(spectra).take(self.channels);
        for (recent, spectrum) in channels {
            for (own, x) in recent[place.clone()].iter_mut().zip(spectrum) {
                *own = *x;
            }
        }
        self.next = (self.next + 1) % self.loop_frames;
    }

    /// Stands in for `frames` frames that were lost: silence.
    pub(in crate::worker) fn bridge(&mut self, frames: usize) {
        let bins = self.geometry.bins();
        for _ in 0..frames.min(self.loop_frames) {
            let place = self.next * bins..(self.next + 1) * bins;
            for recent in self.recent.iter_mut().take(self.channels) {
                recent[place.clone()].fill(Complex::default());
            }
            self.next = (self.next + 1) % self.loop_frames;
        }
    }

    /// Holds the last frames; the newest is frame `at`.
    pub(in crate::worker) fn hold(&mut self, at: i64) {
        let split = self.next * self.geometry.bins();
        let spectra = std::array::from_fn(|channel| {
            let recent: &Spectra = &self.recent[channel];
            let (newest, oldest) = recent.split_at(split.min(recent.len()));
            [oldest, newest].concat()
        });
        make_room(&mut self.holds);
        self.holds.push((at, spectra));
    }

    /// Lets go of every loop but those held at frames that `plays_on` names.
    pub(in crate::worker) fn retain(&mut self, plays_on: impl Fn(i64) -> bool) {
        self.holds.retain(|(held, _)| plays_on(*held));
    }

    /// The spectra due at frame `index`, `[channel][bin]`, of the loop held at frame `at`.
    pub(in crate::worker) fn held(
        &self,
        at: i64,
        index: i64,
    ) -> Option<[&[Complex<f32>]; MAX_CHANNELS]> {
        let (_, spectra) = self.holds.iter().find(|(held, _)| *held == at)?;
        let frames = signed(self.loop_frames);
        let place = low_bits::<usize>((frames - 1 + index - at).rem_euclid(frames));
        let bins = self.geometry.bins();
        Some(std::array::from_fn(|channel| {
            spectra[channel]
                .get(place * bins..(place + 1) * bins)
                .unwrap_or(&[])
        }))
    }

    /// Puts a trace of noise where all channels of frame `index` are silent.
    ///
    /// # Errors
    /// [`DspError`] where the stream's geometry cannot be analysed.
    pub(in crate::worker) fn fill(
        &mut self,
        spectra: &mut [Vec<Complex<f32>>; MAX_CHANNELS],
        index: i64,
    ) -> Result<(), DspError> {
        if self.noise.is_empty() {
            self.noise = noise_spectra(self.geometry)?;
        }
        let bins = self.geometry.bins();
        let place = low_bits::<usize>(index.rem_euclid(signed(NOISE_FRAMES)));
        let noise = self.noise.get(place * bins..).unwrap_or(&[]);
        let spectra = &mut spectra[..self.channels];
        for (bin, noise) in noise.iter().enumerate().take(bins) {
            let mut channels = spectra.iter().filter_map(|spectrum| spectrum.get(bin));
            if channels.all(|x| x.norm() < SILENCE) {
                for x in spectra
                    .iter_mut()
                    .filter_map(|spectrum| spectrum.get_mut(bin))
                {
                    *x = *noise;
                }
            }
        }
        Ok(())
    }
}

/// [`NOISE_FRAMES`] frames of noise whose every bin has the magnitude [`TRACE`]: phases that suit each other from
/// frame to frame, as random ones would not.
fn noise_spectra(geometry: StftGeometry) -> Result<Spectra, DspError> {
    let overlap = geometry.overlap();
    let samples = (NOISE_FRAMES + overlap) * geometry.hop_samples;
    let seconds = nearest_f32(samples) / geometry.sample_rate;
    let spectra = analyze(
        &noise(geometry.sample_rate, seconds, 1.0, NOISE_SEED),
        geometry,
    )?;
    // The first frames begin with silence.
    Ok(spectra
        .iter()
        .skip(overlap * geometry.bins())
        .take(NOISE_FRAMES * geometry.bins())
        .map(|x| {
            let norm = x.norm();
            if norm > 0.0 {
                x * (TRACE / norm)
            } else {
                Complex::new(TRACE, 0.0)
            }
        })
        .collect())
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

    fn frame(value: f32) -> [Vec<Complex<f32>>; MAX_CHANNELS] {
        [value, -value].map(|x| vec![Complex::new(x, 0.0); geometry().bins()])
    }

    #[test]
    fn a_held_loop_is_read_round_and_round_from_its_newest_frame() {
        let mut carrier = Carrier::new(geometry(), 2, 5);
        for index in 0..13 {
            carrier.push(&frame(index as f32));
            if index == 7 {
                carrier.hold(7);
            }
        }
        let expected = [7.0, 3.0, 4.0, 5.0, 6.0, 7.0, 3.0];
        for (index, expected) in (7..).zip(expected) {
            let [left, right] = carrier.held(7, index).unwrap();
            assert_eq!((left[9].re, right[32].re), (expected, -expected));
        }
        assert!(carrier.held(8, 9).is_none());
        carrier.retain(|at| at == 8);
        assert!(carrier.held(7, 9).is_none());
    }

    #[test]
    fn noise_fills_silence_only_where_all_channels_are_silent() {
        let mut carrier = Carrier::new(geometry(), 2, 5);
        let mut spectra = frame(0.0);
        spectra[0][3] = Complex::new(0.5, 0.0);
        carrier.fill(&mut spectra, 1_000).unwrap();
        for bin in 0..geometry().bins() {
            let norms = [0, 1].map(|channel: usize| spectra[channel][bin].norm());
            if bin == 3 {
                assert_eq!(norms, [0.5, 0.0]);
            } else {
                assert!(norms.iter().all(|norm| (norm - TRACE).abs() < 1e-15));
                assert_eq!(spectra[0][bin], spectra[1][bin]);
            }
        }
    }
}
