//! The voicing stage by itself: what the worker does with a stride's decoded frames until they sound.

use anyhow::Result;
use netbend_dsp::phase::{MethodChooser, PhaseMethod, PhaseStage};
use netbend_dsp::voice::{Voice, magnitudes};
use netbend_dsp::{Complex, StftGeometry, Synthesizer};

use crate::controls::Controls;
use crate::exchange::linked_magnitudes;

/// A linked stereo stream's voice, phases and overlap-add.
pub(super) struct Voicing {
    voice: Voice,
    chooser: MethodChooser,
    phases: [PhaseStage; 2],
    synthesizers: [Synthesizer; 2],
    mid: Vec<f32>,
    magnitudes: [Vec<f32>; 2],
    phased: Vec<Complex<f32>>,
    hop: Vec<f32>,
}

impl Voicing {
    pub(super) fn new(
        geometry: StftGeometry,
        stride_frames: usize,
        top_seen_bin: usize,
    ) -> Result<Self> {
        let phase = || PhaseStage::new(geometry, stride_frames);
        let bins = geometry.bins();
        Ok(Self {
            voice: Voice::new(geometry, top_seen_bin)?,
            chooser: MethodChooser::new(),
            phases: [phase()?, phase()?],
            synthesizers: [Synthesizer::new(geometry)?, Synthesizer::new(geometry)?],
            mid: vec![0.0; bins],
            magnitudes: [vec![0.0; bins], vec![0.0; bins]],
            phased: vec![Complex::default(); bins],
            hop: vec![0.0; geometry.hop_samples],
        })
    }

    /// Makes a stride's frames sound: `spectra[frame][channel]` with the gains `gain_db[frame]`, in place.
    pub(super) fn stride(
        &mut self,
        spectra: &mut [[Vec<Complex<f32>>; 2]],
        gain_db: &[Vec<f32>],
        controls: &Controls,
    ) {
        for (channels, gain_db) in spectra.iter_mut().zip(gain_db) {
            let [left, right] = &*channels;
            linked_magnitudes(left, right, 2, &mut self.mid);
            for (spectrum, own) in channels.iter().zip(&mut self.magnitudes) {
                magnitudes(spectrum, own);
            }
            self.voice
                .set_frame(gain_db, &[], &self.mid, controls.voice, &controls.shape);
            for spectrum in channels.iter_mut() {
                self.voice.apply(spectrum);
            }
            let mut settings = controls.phase;
            let pairs = channels.iter().map(Vec::as_slice);
            let pairs = pairs.zip(self.magnitudes.iter().map(Vec::as_slice));
            if settings.method == PhaseMethod::Auto {
                settings.method = self.chooser.choose_linked(pairs.clone());
            }
            for (phase, (spectrum, before)) in self.phases.iter_mut().zip(pairs) {
                phase.push(spectrum, before, settings);
            }
        }
        for _ in 0..spectra.len() {
            for (phase, synthesizer) in self.phases.iter_mut().zip(&mut self.synthesizers) {
                if phase.pop(&mut self.phased) {
                    synthesizer.add(&self.phased, &mut self.hop);
                }
            }
        }
    }
}
