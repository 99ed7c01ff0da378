//! Decoded frames made to sound: voice, phases, overlap-add. Worker thread.

use netbend_dsp::phase::PhaseStage;
use netbend_dsp::voice::{Voice, link_magnitudes};
use netbend_dsp::{Complex, DspError, StftGeometry, Synthesizer};

use crate::exchange::{Frame, Hop, MAX_CHANNELS};

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
    channels: usize,
    voice: Voice,
    phases: Vec<PhaseStage>,
    synthesizers: Vec<Synthesizer>,
    /// Magnitudes of both channels, and of a channel alone, before the bend.
    mid: Vec<f32>,
    magnitudes: Vec<f32>,
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
            channels,
            voice: Voice::new(bins, bins)?,
            phases: (0..channels)
                .map(|_| PhaseStage::new(geometry, stride_frames))
                .collect::<Result<_, _>>()?,
            synthesizers: (0..channels)
                .map(|_| Synthesizer::new(geometry))
                .collect::<Result<_, _>>()?,
            mid: vec![0.0; bins],
            magnitudes: vec![0.0; bins],
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
        self.voice = Voice::new(self.mid.len(), top_seen_bin)?;
        Ok(())
    }

    /// Begins anew: no frame came before.
    pub(super) fn reset(&mut self) {
        self.phases.iter_mut().for_each(PhaseStage::reset);
        self.synthesizers.iter_mut().for_each(Synthesizer::reset);
    }

    /// Shapes a frame in place and queues it for its phases. `held` brings the phases and the image of a held loop.
    pub(super) fn push(
        &mut self,
        frame: &mut Frame,
        decoded: Decoded<'_>,
        held: Option<[&[Complex<f32>]; MAX_CHANNELS]>,
    ) {
        let controls = frame.controls;
        let [left, right] = &frame.spectra;
        link(left, right, self.channels, &mut self.mid);
        let Decoded { gain_db, model_db } = decoded;
        self.voice
            .set_frame(gain_db, model_db, &self.mid, controls.voice);
        if let Some([left, right]) = held {
            link(left, right, self.channels, &mut self.carrier_mid);
        }
        for channel in 0..self.channels {
            let spectrum = &mut frame.spectra[channel];
            // A held loop brings its phases, so it is what the bend moves energy away from.
            let before = held.map_or(&spectrum[..], |held| held[channel]);
            for (magnitude, x) in self.magnitudes.iter_mut().zip(before) {
                *magnitude = x.norm();
            }
            match held {
                Some(held) => self
                    .voice
                    .apply_on(spectrum, held[channel], &self.carrier_mid),
                None => self.voice.apply(spectrum),
            }
            self.phases[channel].push(spectrum, &self.magnitudes, controls.phase);
        }
    }

    /// Overlap-adds the oldest frame that waits, and writes the hop it completes. Without a hop to write to, what follows
    /// begins anew.
    pub(super) fn pop(&mut self, mut hop: Option<&mut Hop>) {
        for (channel, synthesizer) in self.synthesizers.iter_mut().enumerate() {
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

/// The linked magnitude of all channels into `mid`.
pub(super) fn link(
    left: &[Complex<f32>],
    right: &[Complex<f32>],
    channels: usize,
    mid: &mut [f32],
) {
    if channels == 1 {
        for (mid, x) in mid.iter_mut().zip(left) {
            *mid = x.norm();
        }
    } else {
        link_magnitudes(left, right, mid);
    }
}
