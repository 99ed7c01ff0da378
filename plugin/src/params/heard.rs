//! What the parameters come to at one moment, with what moves them.

use netbend_dsp::number::low_bits;
use netbend_models::bends::drift;
use netbend_models::bends::latent_play::{LatentPlay, LatentShape};
use netbend_models::bends::modulation::{Knob, MACROS};
use netbend_models::bends::part_mix::PartMix;

use super::latent_shape;
use super::moved::moved;
use super::other_side::Settings;
use super::side::{Moment, Side};
use super::{NetbendParams, StereoChoice};
use crate::modulation::Offsets;
use crate::stream::controls::{Controls, StereoMode};

impl NetbendParams {
    /// The values of this moment as they are set, as they travel with a frame; what moves by itself stands still.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn controls(&self) -> Controls {
        let parts = self.part_names.count();
        let edited = self.side(parts, &Offsets::default());
        match self.other.share(self.morph.value()) {
            Some((other, share)) => edited.towards(&other.heard(parts, None), share),
            None => edited,
        }
    }

    /// The values of the end of a hop, moved by the modulators of A and B, which `sides` are, and by what pads do.
    ///
    /// # Real-time safety
    /// As [`controls`](Self::controls).
    pub(super) fn moving_controls(&self, sides: &mut [Side; 2], moment: Moment<'_>) -> Controls {
        let parts = self.part_names.count();
        let [a, b] = sides;
        let (own, others) = match self.other.is_b_edited() {
            true => (b, a),
            false => (a, b),
        };
        let edited = self.heard(parts, Some((own, moment)));
        match self.other.share(self.morph.value()) {
            Some((other, share)) => {
                edited.towards(&other.heard(parts, Some((others, moment))), share)
            }
            None => edited,
        }
    }

    /// Where the macros stand.
    ///
    /// # Real-time safety
    /// As [`controls`](Self::controls).
    pub(super) fn macro_values(&self) -> [f32; MACROS] {
        std::array::from_fn(|index| self.macros[index].value.value())
    }

    /// The values of the setting that is edited, whose model has so many parts.
    pub(super) fn side(&self, parts: usize, offsets: &Offsets) -> Controls {
        let seed = low_bits::<u32>(self.seed.value().max(0));
        Controls {
            slots: std::array::from_fn(|index| self.slots[index].moved(seed, index, offsets)),
            weights: std::array::from_fn(|index| self.weights[index].moved(index, offsets)),
            parts: self.part_mix(parts, offsets),
            latent: LatentPlay {
                shape: self.latent_shape(),
                ..self.latent.moved(offsets)
            },
            voice: moved(&self.voice.voice, offsets.at(Knob::Voice, 0)),
            shape: self.voice.moved(offsets),
            auto_gain: self.voice.auto_gain.value(),
            transient_lock: moved(
                &self.voice.transient_lock,
                offsets.at(Knob::TransientLock, 0),
            ),
            phase: self.phase.settings(),
            stereo: match self.stereo.value() {
                StereoChoice::Linked => StereoMode::Linked,
                StereoChoice::Dual => StereoMode::Dual,
            },
            sidechain: self.sidechain.value(),
            mix: moved(&self.mix, offsets.at(Knob::Mix, 0)),
            gain: moved(&self.gain, offsets.at(Knob::Gain, 0)),
            ceiling: self.ceiling.value(),
            bypass: self.bypass.value(),
            drift_seconds: drift::step(offsets.seconds()),
        }
    }

    /// What is done to a waveform model's latent.
    pub(super) fn latent_shape(&self) -> LatentShape {
        latent_shape::shape(&self.latent_dimensions, &self.latent_noise)
    }

    /// What the faders of the model's parts come to; those beyond its parts count for nothing.
    fn part_mix(&self, parts: usize, offsets: &Offsets) -> PartMix {
        let faders = self.parts.iter().enumerate();
        let faders = faders.map(|(index, fader)| fader.moved(offsets.at(Knob::PartGain, index)));
        PartMix::of(faders.take(parts))
    }
}
