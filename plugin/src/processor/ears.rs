//! Everything a stream hears: the channels of the input and those of the sidechain. Audio thread; nothing here allocates or
//! panics.

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
}

impl Ears {
    /// Ears for `channels` channels that have heard only silence.
    ///
    /// # Errors
    /// [`DspError`] where the geometry cannot be processed.
    pub(super) fn new(geometry: StftGeometry, channels: usize) -> Result<Self, DspError> {
        let ears = || -> Result<Vec<Ear>, DspError> {
            (0..channels).map(|_| Ear::new(geometry)).collect()
        };
        Ok(Self {
            input: ears()?,
            sidechain: ears()?,
            spectra: std::array::from_fn(|_| vec![Complex::default(); geometry.bins()]),
        })
    }

    /// Takes samples of the current hop of one channel of the input.
    pub(super) fn write_input(&mut self, channel: usize, samples: &[f32]) {
        if let Some(ear) = self.input.get_mut(channel) {
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
            ear.write(heard);
            ear.write_silence(count - heard.len());
        }
    }

    /// Writes what was heard in the last window into `frame`. Silence costs nothing.
    pub(super) fn analyze(&mut self, frame: &mut Frame) {
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
    }
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
