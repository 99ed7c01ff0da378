//! Who hears what: a decoder for each sound that the encoder can be made to hear. Worker thread.
//!
//! All of them hear every frame, so that a switch finds a whole window and is exact to the frame. Only those that a frame of the
//! stride asks for are decoded; the others cost a copy of each frame, and no memory for what is decoded until they are used.

use netbend_dsp::DspError;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::batches::{Batches, FixedBends};
use super::latent::LatentState;
use super::stride::StrideDecoder;
use super::voicing::Decoded;
use crate::exchange::{Frame, MAX_CHANNELS};
use crate::report::effort::Effort;
use crate::stream::channels::magnitudes;
use crate::stream::controls::{Controls, StereoMode};

/// The places of the decoders; mono has the first two.
const LINKED: usize = 0;
const SIDECHAIN: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;

/// What the encoder hears at a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Listening {
    /// All channels of the input as one.
    #[default]
    Linked,
    /// Each channel of the input by itself.
    Dual,
    /// All channels of the sidechain as one.
    Sidechain,
}

impl Listening {
    /// What `controls` ask for in a stream of `channels` channels.
    pub(super) fn of(controls: &Controls, channels: usize) -> Self {
        match controls.stereo {
            _ if controls.sidechain => Self::Sidechain,
            StereoMode::Dual if channels > 1 => Self::Dual,
            _ => Self::Linked,
        }
    }

    /// The decoder of each channel.
    fn places(self) -> [usize; MAX_CHANNELS] {
        match self {
            Self::Linked => [LINKED; MAX_CHANNELS],
            Self::Dual => [LEFT, RIGHT],
            Self::Sidechain => [SIDECHAIN; MAX_CHANNELS],
        }
    }
}

/// The decoders of one stream.
pub(super) struct Listeners {
    channels: usize,
    decoders: Vec<StrideDecoder>,
    /// Which of them the stride asks for.
    used: Vec<bool>,
    /// What the newest frame asks for.
    newest: Listening,
    /// One channel's.
    magnitudes: Vec<f32>,
}

impl Listeners {
    /// Decoders with the model of `bender` for a stream of `channels` channels and spectra of `bins` bins; see
    /// [`StrideDecoder::new`].
    ///
    /// # Errors
    /// [`DspError`] where the model's frames have no bins.
    pub(super) fn new(
        bender: &Bender,
        (stride_frames, overlap_frames): (usize, usize),
        frame_seconds: f64,
        channels: usize,
        bins: usize,
    ) -> Result<Self, DspError> {
        let count = if channels > 1 { RIGHT } else { SIDECHAIN } + 1;
        let decoders: Vec<_> = (0..count)
            .map(|_| StrideDecoder::new(bender, stride_frames, overlap_frames, frame_seconds))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            channels,
            used: vec![false; count],
            decoders,
            newest: Listening::default(),
            magnitudes: vec![0.0; bins],
        })
    }

    /// See [`StrideDecoder::set_sound_clusters`].
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        for decoder in &mut self.decoders {
            decoder.set_sound_clusters(groups);
        }
    }

    /// The latent of the newest window that is heard, both channels as one; `None` where it is silent.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        let place = match self.newest {
            Listening::Sidechain => SIDECHAIN,
            Listening::Linked | Listening::Dual => LINKED,
        };
        self.decoders[place].latent(bender)
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.decoders.iter_mut().for_each(StrideDecoder::reset);
        self.newest = Listening::default();
    }

    /// Stands in for `frames` frames that were lost.
    pub(super) fn bridge(&mut self, frames: usize) {
        for decoder in &mut self.decoders {
            decoder.bridge(frames);
        }
    }

    /// The next stride joins to nothing: sound was lost before it.
    pub(super) fn begin_anew(&mut self) {
        self.decoders.iter_mut().for_each(StrideDecoder::begin_anew);
    }

    /// Adds a frame, whose linked magnitudes are `mid`, to the windows. Returns what latent play does at it; see
    /// [`StrideDecoder::push`].
    pub(super) fn push(&mut self, frame: &Frame, mid: &[f32]) -> LatentState {
        self.newest = Listening::of(&frame.controls, self.channels);
        let mut state = LatentState::default();
        for (place, decoder) in self.decoders.iter_mut().enumerate() {
            let heard = match place {
                SIDECHAIN => frame.sidechain_magnitudes(),
                _ if frame.silent => &[],
                LINKED => mid,
                _ => {
                    magnitudes(&frame.spectra[place - LEFT], &mut self.magnitudes);
                    &self.magnitudes
                }
            };
            // Latent play is a matter of time and controls alone, so that all agree.
            state = decoder.push(frame.index, heard, &frame.controls);
        }
        state
    }

    /// Prepares to decode the windows that the frames ask for whose controls are given; see [`StrideDecoder::prepare`].
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn prepare<'a>(
        &mut self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        self.used.fill(false);
        for (controls, _) in controls.clone() {
            for place in Listening::of(controls, self.channels).places() {
                self.used[place] = true;
            }
        }
        for (decoder, used) in self.decoders.iter_mut().zip(&self.used) {
            if *used {
                decoder.prepare(newest, controls.clone(), fixed, bender)?;
            } else {
                decoder.pass_over(controls.clone());
            }
        }
        Ok(())
    }

    /// What the next strides are worth.
    pub(super) fn set_effort(&mut self, effort: Effort) {
        for decoder in &mut self.decoders {
            decoder.set_effort(effort);
        }
    }

    /// What the stride wants decoded after it was sent.
    pub(super) fn wanted_later(&mut self) -> impl Iterator<Item = &mut Batches> {
        let used = self.decoders.iter_mut().zip(&self.used);
        used.filter_map(|(decoder, used)| decoder.wanted_later().filter(|_| *used))
    }

    /// Takes that.
    pub(super) fn complete_later(&mut self) {
        for (decoder, used) in self.decoders.iter_mut().zip(&self.used) {
            if *used {
                decoder.complete_later();
            }
        }
    }

    /// What the stride wants decoded.
    pub(super) fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let decoders = self.decoders.iter_mut().zip(&self.used);
        let used = decoders.filter(|(_, used)| **used);
        used.flat_map(|(decoder, _)| decoder.wanted())
    }

    /// Takes what was decoded; see [`StrideDecoder::complete`].
    pub(super) fn complete(&mut self) {
        for (decoder, used) in self.decoders.iter_mut().zip(&self.used) {
            if *used {
                decoder.complete();
            }
        }
    }

    /// Moves on to the stride's next frame.
    pub(super) fn next_frame(&mut self) {
        for (decoder, used) in self.decoders.iter_mut().zip(&self.used) {
            if *used {
                decoder.next_frame();
            }
        }
    }

    /// What the network says of each channel of the frame, whose controls are given.
    pub(super) fn decoded(&self, controls: &Controls) -> [Decoded<'_>; MAX_CHANNELS] {
        let places = Listening::of(controls, self.channels).places();
        places.map(|place| Decoded {
            gain_db: self.decoders[place].gain_db(),
            model_db: self.decoders[place].model_db(),
        })
    }

    /// Whether what is heard at the frame is as good as silent.
    pub(super) fn is_silent(&self, controls: &Controls) -> bool {
        let mut places = Listening::of(controls, self.channels).places().into_iter();
        places.all(|place| self.decoders[place].is_silent())
    }

    /// Ends the stride; see [`StrideDecoder::end_stride`].
    pub(super) fn end_stride(&mut self) {
        for (decoder, used) in self.decoders.iter_mut().zip(&self.used) {
            if *used {
                decoder.end_stride();
            } else {
                decoder.release_holds();
            }
        }
    }

    /// Whether the loop held at frame `at` plays on after the stride.
    pub(super) fn plays_on(&self, at: i64) -> bool {
        self.decoders.iter().any(|decoder| decoder.plays_on(at))
    }

    /// What bends beside the slots has changed.
    pub(super) fn forget_pattern(&mut self) {
        self.decoders
            .iter_mut()
            .for_each(StrideDecoder::forget_pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_heard_as_its_controls_say() {
        let mut controls = Controls::default();
        assert_eq!(Listening::of(&controls, 2), Listening::Linked);
        controls.stereo = StereoMode::Dual;
        assert_eq!(Listening::of(&controls, 2), Listening::Dual);
        assert_eq!(Listening::of(&controls, 1), Listening::Linked);
        controls.sidechain = true;
        for channels in [1, 2] {
            assert_eq!(Listening::of(&controls, channels), Listening::Sidechain);
        }
    }
}
