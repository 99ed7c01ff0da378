//! What a decoder consists of, whatever stage of a stride it is at. Pool threads.

use netbend_dsp::DspError;
use netbend_models::{Bender, ModelError};

use super::decoding::{Decoding, Question};
use super::frames::{Heard, StrideFrames};
use super::read::{DecodedStride, Reader};
use super::seams::Seams;
use super::window::Window;
#[cfg(test)]
use crate::report::quality::Quality;
use crate::stream::controls::Controls;
use crate::worker::allowance::Allowance;
use crate::worker::batches::FixedBends;
use crate::worker::knots::Spacing;
use crate::worker::latent::sources::Sources;
use crate::worker::latent::{LatentState, LatentTrack};
use crate::worker::levels::{LevelDb, Levels};
use crate::worker::reach::Reach;

/// The parts of a decoder, in the order in which sound goes through them.
pub(super) struct Parts {
    pub(super) window: Window,
    /// When latent play holds and draws, and what.
    pub(super) latent: LatentTrack,
    pub(super) sources: Sources,
    pub(super) frames: StrideFrames,
    pub(super) decoding: Decoding,
    pub(super) levels: Levels,
    pub(super) reader: Reader,
    pub(super) seams: Seams,
    /// What the next stride may take.
    pub(super) allowance: Allowance,
    /// Whether every stride is encoded and decoded whole.
    #[cfg(test)]
    pub(super) whole: bool,
}

/// What is known of the stride that is worked on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stride {
    /// Its newest frame in the run.
    pub(super) newest: i64,
    pub(super) heard: Heard,
}

impl Stride {
    /// Whether the network is asked about it.
    pub(super) fn is_asked(self) -> bool {
        self.heard != Heard::Nothing
    }
}

impl Parts {
    /// See [`StrideDecoder::new`](super::StrideDecoder::new).
    pub(super) fn new(
        bender: &Bender,
        stride_frames: usize,
        overlap_frames: usize,
        frame_seconds: f64,
    ) -> Result<Self, DspError> {
        let manifest = bender.manifest();
        let reach = Reach::new(stride_frames, overlap_frames, manifest.last_seen_frame);
        Ok(Self {
            window: Window::new(manifest, stride_frames),
            latent: LatentTrack::new(manifest.last_seen_frame + 1, frame_seconds),
            sources: Sources::new(manifest),
            frames: StrideFrames::new(reach),
            decoding: Decoding::new(bender, reach),
            levels: Levels::new(manifest, reach, frame_seconds),
            reader: Reader::new(manifest.bins),
            seams: Seams::new(manifest.bins, reach)?,
            allowance: Allowance::default(),
            #[cfg(test)]
            whole: false,
        })
    }

    /// The next stride joins to nothing: sound was lost before it.
    pub(super) fn begin_anew(&mut self) {
        self.seams.begin_anew();
        self.levels.forget();
        self.frames.begin_anew();
    }

    /// Takes the controls of a stride's frames, the newest of which is `newest`. Says what of the network is heard in it.
    pub(super) fn take<'a>(
        &mut self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
    ) -> Heard {
        let always_bent = !fixed.is_empty();
        let voiced = controls.clone().any(|(controls, _)| controls.voice > 0.0);
        self.frames.take(controls, &mut self.levels, fixed.drift());
        let spacing = Spacing::of(self.decoding.quality());
        let (sources, allowance) = (&self.sources, self.allowance);
        self.frames.place_knots(always_bent, spacing, |states| {
            allowance.covers(states.len() + 1, sources.unknown(states, newest))
        });
        let silent = self.window.is_empty() && !self.frames.hold();
        self.seams.enter(silent);
        match voiced {
            _ if silent => Heard::Nothing,
            true => Heard::Model,
            false if self.frames.states().is_empty() => Heard::Nothing,
            false => Heard::Difference,
        }
    }

    /// Asks the network about a stride, where anything of it is heard.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn ask(
        &mut self,
        stride: Stride,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        if !stride.is_asked() {
            self.levels.forget();
            self.decoding.pause();
            self.decoding.look(stride.newest, &mut self.window, bender);
            return Ok(());
        }
        #[cfg(test)]
        if self.whole {
            self.window.forget_encodings();
            self.decoding.forget_loops();
            self.levels.forget();
        }
        let question = Question {
            newest: stride.newest,
            heard: stride.heard,
            window: &mut self.window,
            frames: &self.frames,
            sources: &mut self.sources,
            levels: &mut self.levels,
            fixed,
        };
        #[cfg(test)]
        let unknown = question
            .sources
            .unknown(question.frames.states(), stride.newest);
        self.decoding.ask(question, bender)?;
        #[cfg(test)]
        if self.decoding.quality() == Quality::Full {
            assert_eq!(self.sources.worked().0, unknown, "as it was told");
        }
        Ok(())
    }

    /// Takes what was decoded of a stride that the network was asked about.
    pub(super) fn answer(&mut self, stride: Stride) {
        let (window, frames, sources) = (&self.window, &self.frames, &self.sources);
        let levels = &mut self.levels;
        self.decoding
            .answer(stride.newest, window, frames, sources, levels);
    }

    /// Reads the stride's frame `frame`.
    pub(super) fn read(&mut self, stride: Stride, frame: usize) {
        if !stride.is_asked() {
            return self.reader.read_nothing();
        }
        let level = self.level(frame);
        let decoded = DecodedStride {
            newest: stride.newest,
            window: &self.window,
            frames: &self.frames,
            sources: &self.sources,
            decoding: &self.decoding,
        };
        self.reader.read(&decoded, frame, level);
    }

    /// What is added at the stride's frame `frame`.
    pub(super) fn level(&self, frame: usize) -> LevelDb {
        self.levels.at(self.frames.items_at(frame), frame)
    }

    /// Lets go of held loops that play no more after the stride.
    pub(super) fn release_holds(&mut self) {
        self.sources.retain(|at| self.frames.play_on(at));
    }
}
