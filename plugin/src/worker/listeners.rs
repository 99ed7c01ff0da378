//! Who hears what: a decoder for each sound that the encoder can be made to hear. Pool threads.
//!
//! All of them hear every frame, so that a switch finds a whole window and is exact to the frame. Only those that a frame of the
//! stride asks for are decoded; the others cost a copy of each frame, and no memory for what is decoded until they are used.
//!
//! All go through the [stages of a stride](super::stride) together.

use netbend_dsp::DspError;
use netbend_dsp::voice::magnitudes;
use netbend_models::{Bender, ModelError};

use super::batches::{Batches, FixedBends};
use super::latent::LatentState;
use super::listening::Listening;
use super::stride::{Emitting, Prepared, Sent, StrideDecoder, Wants};
use super::voicing::Decoded;
use crate::exchange::{Frame, MAX_CHANNELS};
use crate::stream::controls::Controls;

/// The places of the decoders; mono has the first two.
const LINKED: usize = 0;
const SIDECHAIN: usize = 1;
const LEFT: usize = 2;
const RIGHT: usize = 3;
/// Places there are.
const PLACES: usize = 4;

/// The decoder of each channel.
fn places(listening: Listening) -> [usize; MAX_CHANNELS] {
    match listening {
        Listening::Linked => [LINKED; MAX_CHANNELS],
        Listening::Dual => [LEFT, RIGHT],
        Listening::Sidechain => [SIDECHAIN; MAX_CHANNELS],
    }
}

/// The decoders of one stream, each of them a `D`.
pub(super) struct Listeners<D = StrideDecoder> {
    channels: usize,
    decoders: [Option<D>; PLACES],
    /// What the newest frame asks for.
    newest: Listening,
    /// One channel's.
    magnitudes: Vec<f32>,
}

/// A decoder during a stride.
pub(super) enum InStride<S> {
    /// The stride asks for it: it is at stage `S`.
    Asked(S),
    /// No frame of the stride asks for it.
    PassedOver(StrideDecoder),
}

impl<S> InStride<S> {
    fn asked(&mut self) -> Option<&mut S> {
        match self {
            Self::Asked(stage) => Some(stage),
            Self::PassedOver(_) => None,
        }
    }
}

impl<D> Listeners<D> {
    /// Takes every decoder to what `step` makes of it.
    fn map<E>(self, mut step: impl FnMut(D) -> E) -> Listeners<E> {
        Listeners {
            channels: self.channels,
            decoders: self.decoders.map(|decoder| decoder.map(&mut step)),
            newest: self.newest,
            magnitudes: self.magnitudes,
        }
    }
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
        let mut decoders = [const { None }; PLACES];
        let count = if channels > 1 { RIGHT } else { SIDECHAIN } + 1;
        for place in decoders.iter_mut().take(count) {
            let decoder = StrideDecoder::new(bender, stride_frames, overlap_frames, frame_seconds);
            *place = Some(decoder?);
        }
        Ok(Self {
            channels,
            decoders,
            newest: Listening::default(),
            magnitudes: vec![0.0; bins],
        })
    }

    /// All decoders, to be told the same.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut StrideDecoder> {
        self.decoders.iter_mut().flatten()
    }

    /// The latent of the newest window that is heard, both channels as one; `None` where it is silent.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        let [linked, sidechain, ..] = &mut self.decoders;
        let decoder = match self.newest {
            Listening::Sidechain => sidechain,
            Listening::Linked | Listening::Dual => linked,
        };
        match decoder {
            Some(decoder) => decoder.latent(bender),
            None => Ok(None),
        }
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.all().for_each(StrideDecoder::reset);
        self.newest = Listening::default();
    }

    /// Adds a frame, whose linked magnitudes are `mid`, to the windows. Returns what latent play does at it; see
    /// [`StrideDecoder::push`].
    pub(super) fn push(&mut self, frame: &Frame, mid: &[f32]) -> LatentState {
        self.newest = Listening::of(&frame.controls, self.channels);
        let mut state = LatentState::default();
        for (place, decoder) in self.decoders.iter_mut().enumerate() {
            let Some(decoder) = decoder else { continue };
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

    /// Prepares to decode the windows that the frames ask for whose controls are given; see [`StrideDecoder::prepare`]. Of the first of them
    /// pictures are taken, where it `is_watched`.
    ///
    /// # Errors
    /// What inference reports; the decoders go with what they have heard.
    pub(super) fn prepare<'a>(
        self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
        bender: &mut Bender,
        is_watched: bool,
    ) -> Result<Listeners<InStride<Prepared>>, ModelError> {
        let mut asked = [false; PLACES];
        for (controls, _) in controls.clone() {
            for place in places(Listening::of(controls, self.channels)) {
                asked[place] = true; // it is one of the constants
            }
        }
        let first = asked.iter().position(|asked| *asked);
        let mut prepared = [const { None }; PLACES];
        let decoders = self.decoders.into_iter().zip(asked);
        for (index, (prepared, (decoder, asked))) in prepared.iter_mut().zip(decoders).enumerate() {
            let Some(mut decoder) = decoder else { continue };
            decoder.set_watched(is_watched && first == Some(index));
            *prepared = Some(if asked {
                InStride::Asked(decoder.prepare(newest, controls.clone(), fixed, bender)?)
            } else {
                decoder.pass_over(controls.clone());
                InStride::PassedOver(decoder)
            });
        }
        Ok(Listeners {
            channels: self.channels,
            decoders: prepared,
            newest: self.newest,
            magnitudes: self.magnitudes,
        })
    }
}

impl<S> Listeners<InStride<S>> {
    /// The decoders that the stride asks for.
    pub(super) fn asked(&mut self) -> impl Iterator<Item = &mut S> {
        let decoders = self.decoders.iter_mut().flatten();
        decoders.filter_map(InStride::asked)
    }

    /// Takes the decoders that the stride asks for to their next stage.
    pub(super) fn step<T>(self, mut step: impl FnMut(S) -> T) -> Listeners<InStride<T>> {
        self.map(|decoder| match decoder {
            InStride::Asked(stage) => InStride::Asked(step(stage)),
            InStride::PassedOver(decoder) => InStride::PassedOver(decoder),
        })
    }
}

impl<S: Wants> Wants for Listeners<InStride<S>> {
    fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        self.asked().flat_map(S::wanted)
    }
}

impl Listeners<InStride<Emitting>> {
    fn at(&self, place: usize) -> Option<&Emitting> {
        match self.decoders.get(place)? {
            Some(InStride::Asked(decoder)) => Some(decoder),
            _ => None,
        }
    }

    /// What the network says of each channel of the frame, whose controls are given.
    pub(super) fn decoded(&self, controls: &Controls) -> [Decoded<'_>; MAX_CHANNELS] {
        places(Listening::of(controls, self.channels)).map(|place| {
            // The stride asks for every place that one of its frames does.
            let decoder = self.at(place);
            Decoded {
                gain_db: decoder.map_or(&[], Emitting::gain_db),
                model_db: decoder.map_or(&[], Emitting::model_db),
            }
        })
    }

    /// Whether what is heard at the frame is as good as silent.
    pub(super) fn is_silent(&self, controls: &Controls) -> bool {
        let mut places = places(Listening::of(controls, self.channels)).into_iter();
        places.all(|place| self.at(place).is_none_or(Emitting::is_silent))
    }
}

impl Listeners<InStride<Prepared>> {
    /// Whether anything will be wanted once the stride is sent.
    pub(super) fn want_later(&mut self) -> bool {
        self.asked().any(|decoder| decoder.wants_later())
    }
}

impl Listeners<InStride<Sent>> {
    /// Whether the loop held at frame `at` plays on.
    pub(super) fn play_on(&self, at: i64) -> bool {
        let mut decoders = self.decoders.iter().flatten();
        decoders.any(|decoder| match decoder {
            InStride::Asked(sent) => sent.plays_on(at),
            InStride::PassedOver(decoder) => decoder.plays_on(at),
        })
    }

    /// Takes what was decoded later, and hears again.
    pub(super) fn complete(self) -> Listeners {
        self.hear_again(Sent::complete)
    }

    /// Hears again without what was wanted.
    pub(super) fn skip(self) -> Listeners {
        self.hear_again(Sent::skip)
    }

    fn hear_again(self, end: impl Fn(Sent) -> StrideDecoder) -> Listeners {
        self.map(|decoder| match decoder {
            InStride::Asked(sent) => end(sent),
            InStride::PassedOver(decoder) => decoder,
        })
    }
}
