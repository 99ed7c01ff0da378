//! Decoded frames made to sound: voice, phases, overlap-add. Pool threads.
//!
//! Long silence is slept through ([`Sleep`]).

mod sleep;

use netbend_dsp::phase::{MethodChooser, PhaseMethod, PhaseSettings, PhaseStage};
use netbend_dsp::voice::{Voice, magnitudes};
use netbend_dsp::{Complex, DspError, StftGeometry, Synthesizer};

use super::listening::Listening;
use crate::exchange::{Frame, Hop, MAX_CHANNELS, linked_magnitudes};
use sleep::Sleep;

/// What the network says of one frame, per network bin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded<'a> {
    /// Bent over clean.
    pub(super) gain_db: &'a [f32],
    /// The bent magnitude, relative to a full-scale sine.
    pub(super) model_db: &'a [f32],
}

/// The voices, phase stages and synthesizers of one stream.
pub(super) struct Voicing {
    geometry: StftGeometry,
    channels: usize,
    /// One for each channel; the first alone while both sound alike.
    voices: Vec<Voice>,
    phases: Vec<PhaseStage>,
    /// Chooses the phase method of linked channels.
    chooser: MethodChooser,
    synthesizers: Vec<Synthesizer>,
    sleep: Sleep,
    /// Magnitudes of both channels as one before the bend, and of each channel.
    mid: Vec<f32>,
    magnitudes: [Vec<f32>; MAX_CHANNELS],
    carrier_mid: Vec<f32>,
    phased: Vec<Complex<f32>>,
    output_magnitudes: Vec<f32>,
}

impl Voicing {
    pub(super) fn new(
        geometry: StftGeometry,
        channels: usize,
        stride_frames: usize,
    ) -> Result<Self, DspError> {
        let bins = geometry.bins();
        Ok(Self {
            geometry,
            channels,
            voices: voices(channels, geometry, bins)?,
            phases: (0..channels)
                .map(|_| PhaseStage::new(geometry, stride_frames))
                .collect::<Result<_, _>>()?,
            chooser: MethodChooser::new(),
            synthesizers: (0..channels)
                .map(|_| Synthesizer::new(geometry))
                .collect::<Result<_, _>>()?,
            sleep: Sleep::new(stride_frames),
            mid: vec![0.0; bins],
            magnitudes: std::array::from_fn(|_| vec![0.0; bins]),
            carrier_mid: vec![0.0; bins],
            phased: vec![Complex::default(); bins],
            output_magnitudes: vec![0.0; bins],
        })
    }

    /// Prepares for a model whose encoder sees bins up to `top_seen_bin`.
    ///
    /// # Errors
    /// See [`Voice::new`].
    pub(super) fn set_top_seen_bin(&mut self, top_seen_bin: usize) -> Result<(), DspError> {
        self.voices = voices(self.channels, self.geometry, top_seen_bin)?;
        Ok(())
    }

    /// Begins anew: no frame came before.
    pub(super) fn reset(&mut self) {
        self.voices.iter_mut().for_each(Voice::reset);
        self.phases.iter_mut().for_each(PhaseStage::reset);
        self.chooser.reset();
        self.synthesizers.iter_mut().for_each(Synthesizer::reset);
        self.sleep.reset();
    }

    /// Shapes a frame in place and queues it for its phases. `decoded` is what the network says of each channel: of linked ones,
    /// twice the same. `held` brings the phases and the image of a held loop.
    pub(super) fn push(
        &mut self,
        frame: &mut Frame,
        decoded: [Decoded<'_>; MAX_CHANNELS],
        held: Option<[&[Complex<f32>]; MAX_CHANNELS]>,
    ) {
        let silent = held.is_none() && is_silent(&frame.spectra[..self.channels]);
        if self.sleep.push(silent) {
            return;
        }
        let controls = frame.controls;
        let dual = Listening::of(&controls, self.channels) == Listening::Dual;
        // What nobody asks for is not measured: the linked magnitude is the model's, a channel's own is the phases'.
        let voiced = controls.voice > 0.0;
        let measured = voiced && dual || controls.phase.method == PhaseMethod::Auto;
        let [left, right] = &frame.spectra;
        if !dual {
            if voiced {
                linked_magnitudes(left, right, self.channels, &mut self.mid);
            }
            if let Some([left, right]) = held {
                linked_magnitudes(left, right, self.channels, &mut self.carrier_mid);
            }
        }
        for (channel, Decoded { gain_db, model_db }) in
            decoded.into_iter().enumerate().take(self.channels)
        {
            let spectrum = &mut frame.spectra[channel];
            let own = &mut self.magnitudes[channel];
            if measured {
                magnitudes(spectrum, own);
            }
            // Alone, a channel is its own mid.
            let (mid, carrier_mid) = if dual {
                if let Some(held) = held {
                    magnitudes(held[channel], &mut self.carrier_mid);
                }
                (&*own, &self.carrier_mid)
            } else {
                (&self.mid, &self.carrier_mid)
            };
            if dual || channel == 0 {
                self.voices[channel].set_frame(
                    gain_db,
                    model_db,
                    mid,
                    controls.voice,
                    &controls.shape,
                );
            }
            let voice = &self.voices[if dual { channel } else { 0 }];
            match held {
                Some(held) => voice.apply_on(spectrum, held[channel], carrier_mid),
                None => voice.apply(spectrum),
            }
            if let Some(held) = held {
                // A held loop brings its phases, so it is what the bend moves energy away from.
                magnitudes(held[channel], own);
            }
        }
        self.push_phases(&frame.spectra, controls.phase, dual);
    }

    /// Queues the channels of a bent frame for their phases. Linked ones change method together, or their image would wobble.
    fn push_phases(
        &mut self,
        spectra: &[Vec<Complex<f32>>; MAX_CHANNELS],
        mut settings: PhaseSettings,
        dual: bool,
    ) {
        let channels = || {
            let spectra = spectra.iter().map(Vec::as_slice);
            spectra.zip(self.magnitudes.iter().map(Vec::as_slice))
        };
        if settings.method == PhaseMethod::Auto && !dual {
            settings.method = self.chooser.choose_linked(channels().take(self.channels));
        }
        for (phase, (spectrum, before)) in self.phases.iter_mut().zip(channels()) {
            phase.push(spectrum, before, settings);
        }
    }

    /// Overlap-adds the oldest frame that waits, and writes the hop it completes. Without a hop to write to, what follows
    /// begins anew.
    pub(super) fn pop(&mut self, mut hop: Option<&mut Hop>) {
        let slept = self.sleep.pop();
        for (channel, synthesizer) in self.synthesizers.iter_mut().enumerate() {
            if slept {
                // The frame before it was silent too, and so is what waits since then.
                match &mut hop {
                    Some(hop) => hop.samples[channel].fill(0.0),
                    None => synthesizer.reset(),
                }
                continue;
            }
            if !self.phases[channel].pop(&mut self.phased) {
                continue;
            }
            match &mut hop {
                Some(hop) => synthesizer.add(&self.phased, &mut hop.samples[channel]),
                None => synthesizer.reset(),
            }
        }
    }

    /// The magnitudes of the last channel's last frame, for looking at.
    pub(super) fn output_magnitudes(&mut self) -> &[f32] {
        for (out, x) in self.output_magnitudes.iter_mut().zip(&self.phased) {
            *out = x.norm();
        }
        &self.output_magnitudes
    }
}

/// A voice for each channel.
fn voices(
    channels: usize,
    geometry: StftGeometry,
    top_seen_bin: usize,
) -> Result<Vec<Voice>, DspError> {
    (0..channels)
        .map(|_| Voice::new(geometry, top_seen_bin))
        .collect()
}

fn is_silent(spectra: &[Vec<Complex<f32>>]) -> bool {
    let mut bins = spectra.iter().flatten();
    bins.all(|x| *x == Complex::default())
}

#[cfg(test)]
mod tests {
    use netbend_dsp::phase::{PhaseMethod, PhaseSettings};
    use netbend_dsp::signal::noise;
    use netbend_dsp::spectrogram::analyze;

    use super::sleep::FRAMES_TO_SLEEP;
    use super::*;
    use crate::stream::controls::{Controls, StereoMode};

    const STRIDE: usize = 16;

    fn geometry() -> StftGeometry {
        StftGeometry {
            fft_size: 64,
            hop_samples: 16,
            sample_rate: 48_000.0,
        }
    }

    /// The hops of noise, silence of 300 frames from within a stride to within another, and noise.
    fn heard(frames_to_sleep: usize, controls: Controls) -> (Vec<f32>, usize) {
        let bins = geometry().bins();
        let sound = analyze(&noise(48_000.0, 0.25, 0.5, 1), geometry()).unwrap();
        let sound: Vec<_> = sound.iter().copied().collect();
        let silent = 301..601;
        let mut voicing = Voicing::new(geometry(), 2, STRIDE).unwrap();
        voicing.sleep = Sleep::after(frames_to_sleep);
        let tilt: Vec<f32> = (0..bins).map(|bin| bin as f32 / 8.0).collect();
        let level: Vec<f32> = (0..bins).map(|bin| -20.0 - bin as f32).collect();
        let decoded = Decoded {
            gain_db: &tilt,
            model_db: &level,
        };
        let mut heard = Vec::new();
        let mut slept = 0;
        for stride in 0..sound.len() / bins / STRIDE {
            for index in stride * STRIDE..(stride + 1) * STRIDE {
                let mut left = sound[index * bins..][..bins].to_vec();
                if silent.contains(&index) {
                    left.fill(Complex::default());
                }
                let right = left.iter().map(|x| x * 0.3).collect();
                let mut frame = Frame {
                    epoch: 0,
                    index: index as i64,
                    controls,
                    spectra: [left, right],
                    samples: Default::default(),
                    sidechain_samples: Default::default(),
                    silent: silent.contains(&index),
                    sidechain: Vec::new(),
                    sidechain_silent: true,
                };
                voicing.push(&mut frame, [decoded; MAX_CHANNELS], None);
                slept += usize::from(voicing.sleep.is_asleep());
            }
            for _ in 0..STRIDE {
                let mut hop = Hop {
                    epoch: 0,
                    index: 0,
                    samples: [vec![9.0; 16], vec![9.0; 16]],
                };
                voicing.pop(Some(&mut hop));
                heard.extend(hop.samples.into_iter().flatten());
            }
        }
        (heard, slept)
    }

    #[test]
    fn who_sleeps_through_silence_wakes_as_if_awake_all_the_time() {
        for method in [
            PhaseMethod::Input,
            PhaseMethod::Auto,
            PhaseMethod::Rtpghi,
            PhaseMethod::Vocoder,
            PhaseMethod::GriffinLim,
        ] {
            for (stereo, voice) in [(StereoMode::Linked, 0.0), (StereoMode::Dual, 0.7)] {
                let controls = Controls {
                    stereo,
                    voice,
                    phase: PhaseSettings {
                        method,
                        ..PhaseSettings::default()
                    },
                    ..Controls::default()
                };
                let (awake, none) = heard(usize::MAX, controls);
                let (asleep, slept) = heard(FRAMES_TO_SLEEP, controls);
                assert_eq!((none, slept), (0, 300 - FRAMES_TO_SLEEP));
                let end = &awake[awake.len() - 500..];
                assert!(end.iter().any(|x| x.abs() > 0.01), "{method:?} is silent");
                assert!(awake == asleep, "{method:?} {stereo:?}");
            }
        }
    }
}
