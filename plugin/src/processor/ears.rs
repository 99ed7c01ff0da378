//! Everything a stream hears: the channels of the input and those of the sidechain. Audio thread; nothing here allocates or
//! panics.

use netbend_dsp::stft::sanitized;
use netbend_dsp::{Complex, DspError, StftGeometry};

use super::ear::Ear;
use crate::exchange::{Frame, MAX_CHANNELS, linked_magnitudes};

/// The ears of one stream.
pub(super) struct Ears {
    /// One for each channel.
    input: Vec<Ear>,
    sidechain: Vec<Ear>,
    /// The sidechain's, `[channel][bin]`.
    spectra: [Vec<Complex<f32>>; MAX_CHANNELS],
    /// Where frames carry samples, the ears are deaf, and a hop's samples are written down.
    hop: Option<HopSamples>,
}

/// The samples of a hop, `[channel][sample]`.
struct HopSamples {
    input: [Written; MAX_CHANNELS],
    sidechain: [Written; MAX_CHANNELS],
}

/// One channel's.
#[derive(Default)]
struct Written {
    samples: Vec<f32>,
    /// How many of them have come.
    count: usize,
}

impl Written {
    fn of(len: usize) -> Self {
        Self {
            samples: vec![0.0; len],
            count: 0,
        }
    }

    /// Takes samples, and `silence` more.
    fn write(&mut self, samples: &[f32], silence: usize) {
        let rest = self.samples.get_mut(self.count..).unwrap_or(&mut []);
        let (heard, rest) = rest.split_at_mut(samples.len().min(rest.len()));
        for (own, sample) in heard.iter_mut().zip(samples) {
            *own = sanitized(*sample);
        }
        let silent = silence.min(rest.len());
        if let Some(rest) = rest.get_mut(..silent) {
            rest.fill(0.0);
        }
        self.count += heard.len() + silent;
    }

    /// Hands the hop over. Whether all of it is silent.
    fn read(&mut self, to: &mut [f32]) -> bool {
        self.count = 0;
        for (to, sample) in to.iter_mut().zip(&self.samples) {
            *to = *sample;
        }
        self.samples.iter().all(|sample| *sample == 0.0)
    }
}

impl Ears {
    /// Ears for `channels` channels that have heard only silence.
    ///
    /// # Errors
    /// [`DspError`] where the geometry cannot be processed.
    pub(super) fn new(
        geometry: StftGeometry,
        channels: usize,
        carries_samples: bool,
    ) -> Result<Self, DspError> {
        let hop = carries_samples.then(|| {
            let written = || {
                std::array::from_fn(|channel| match channel < channels {
                    true => Written::of(geometry.hop_samples),
                    false => Written::default(),
                })
            };
            HopSamples {
                input: written(),
                sidechain: written(),
            }
        });
        let ears = || -> Result<Vec<Ear>, DspError> {
            (0..channels).map(|_| Ear::new(geometry)).collect()
        };
        Ok(Self {
            input: ears()?,
            sidechain: ears()?,
            spectra: std::array::from_fn(|_| vec![Complex::default(); geometry.bins()]),
            hop,
        })
    }

    /// Takes samples of the current hop of one channel of the input.
    pub(super) fn write_input(&mut self, channel: usize, samples: &[f32]) {
        if let Some(hop) = &mut self.hop {
            if let Some(written) = hop.input.get_mut(channel) {
                written.write(samples, 0);
            }
        } else if let Some(ear) = self.input.get_mut(channel) {
            ear.write(samples);
        }
    }

    /// Takes the samples `from..from + count` of the block of the sidechain. What it lacks is silence.
    pub(super) fn write_sidechain<S: AsRef<[f32]>>(
        &mut self,
        block: &[S],
        from: usize,
        count: usize,
    ) {
        for (channel, ear) in self.sidechain.iter_mut().enumerate() {
            let samples = block.get(channel).map_or(&[][..], AsRef::as_ref);
            let heard = samples.get(from..).unwrap_or(&[]);
            let heard = &heard[..heard.len().min(count)];
            if let Some(hop) = &mut self.hop {
                if let Some(written) = hop.sidechain.get_mut(channel) {
                    written.write(heard, count - heard.len());
                }
                continue;
            }
            ear.write(heard);
            ear.write_silence(count - heard.len());
        }
    }

    /// Writes what was heard in the last window into `frame`. Silence costs nothing.
    pub(super) fn analyze(&mut self, frame: &mut Frame) {
        if let Some(hop) = &mut self.hop {
            frame.silent = read(&mut hop.input, &mut frame.samples);
            frame.sidechain_silent = read(&mut hop.sidechain, &mut frame.sidechain_samples);
            return;
        }
        frame.silent = analyze(&mut self.input, &mut frame.spectra);
        frame.sidechain_silent = self.sidechain.iter().all(Ear::is_silent);
        if !frame.sidechain_silent {
            analyze(&mut self.sidechain, &mut self.spectra);
            let [left, right] = &self.spectra;
            linked_magnitudes(left, right, self.sidechain.len(), &mut frame.sidechain);
        }
    }

    /// Forgets everything heard.
    pub(super) fn reset(&mut self) {
        let ears = self.input.iter_mut().chain(&mut self.sidechain);
        ears.for_each(Ear::reset);
        self.pass_over();
    }

    /// Nobody takes the hop that has ended.
    pub(super) fn pass_over(&mut self) {
        for written in self.hop.iter_mut().flat_map(HopSamples::all) {
            written.count = 0;
        }
    }
}

impl HopSamples {
    fn all(&mut self) -> impl Iterator<Item = &mut Written> {
        self.input.iter_mut().chain(&mut self.sidechain)
    }
}

/// Hands a hop over. Whether all of it is silent.
fn read(written: &mut [Written], to: &mut [Vec<f32>]) -> bool {
    let pairs = written.iter_mut().zip(to);
    pairs.fold(true, |silent, (written, to)| silent & written.read(to))
}

/// Writes the spectra of the last window. Whether all of it was silent.
fn analyze(ears: &mut [Ear], spectra: &mut [Vec<Complex<f32>>]) -> bool {
    let mut silent = true;
    for (ear, spectrum) in ears.iter_mut().zip(spectra) {
        silent &= ear.is_silent();
        ear.analyze(spectrum);
    }
    silent
}
