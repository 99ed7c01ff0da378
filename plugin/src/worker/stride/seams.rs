//! How a decoder's sound goes on from stride to stride. Pool threads.

use netbend_dsp::DspError;
use netbend_dsp::voice::GainLimits;

use super::frames::Heard;
use super::joint::Joint;
use super::pattern::Pattern;
use crate::worker::moment::Moment;
use crate::worker::reach::Reach;

/// Joins the strides of gain and model, and takes out what repeats with them.
pub(super) struct Seams {
    gain: Joint,
    model: Joint,
    pattern: Pattern,
    /// Whether there was nothing to hear in the last stride.
    silent: bool,
}

/// A frame on its way: gain and model per bin.
pub(super) struct FrameDb<'a> {
    pub(super) gain_db: &'a mut [f32],
    pub(super) model_db: &'a mut [f32],
}

impl Seams {
    /// For strides of this `reach` whose frames have `bins` bins.
    ///
    /// # Errors
    /// [`DspError`] where the frames have no bins.
    pub(super) fn new(bins: usize, reach: Reach) -> Result<Self, DspError> {
        let joint = || Joint::new(bins, reach);
        Ok(Self {
            gain: joint()?,
            model: joint()?,
            pattern: Pattern::new(bins, reach.stride),
            silent: false,
        })
    }

    /// Hears the next frame that comes in, as linear magnitudes.
    pub(super) fn hear(&mut self, magnitudes: &[f32]) {
        self.pattern.hear(magnitudes);
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.silent = false;
        self.pattern.reset();
        self.begin_anew();
    }

    /// The next stride joins to nothing.
    pub(super) fn begin_anew(&mut self) {
        self.gain.reset();
        self.model.reset();
        self.pattern.forget();
    }

    /// What repeated does so no more.
    pub(super) fn forget_pattern(&mut self) {
        self.pattern.forget();
    }

    /// Gives back the memory that only strides need.
    pub(super) fn release(&mut self) {
        self.pattern.release();
    }

    /// A stride comes, in which there is something to hear or not.
    pub(super) fn enter(&mut self, silent: bool) {
        if std::mem::replace(&mut self.silent, silent) {
            // What silence sounds like is no matter to what follows.
            self.begin_anew();
        }
        if silent {
            self.pattern.reset();
        }
    }

    /// Begins a stride of which `heard` is heard, with what its window says of the frame it is joined to. `emitted`: moments and limits of its
    /// frames.
    pub(super) fn begin_stride(
        &mut self,
        heard: Heard,
        last: FrameDb<'_>,
        emitted: Option<(&[Moment], &[GainLimits])>,
    ) {
        self.gain.begin_stride(last.gain_db);
        match heard {
            Heard::Model => self.model.begin_stride(last.model_db),
            // What is not heard joins to nothing.
            Heard::Difference | Heard::Nothing => self.model.reset(),
        }
        match (heard, emitted) {
            (Heard::Nothing, _) => self.pattern.forget(),
            (_, Some((moments, limits))) => {
                let voiced = heard == Heard::Model;
                self.pattern.begin_stride(moments, limits, voiced);
            }
            (_, None) => {}
        }
    }

    /// Joins the stride's next frame.
    pub(super) fn apply(&mut self, heard: Heard, frame: FrameDb<'_>) {
        self.gain.apply(frame.gain_db);
        if heard == Heard::Model {
            self.model.apply(frame.model_db);
        }
        if heard != Heard::Nothing {
            self.pattern.apply(frame.gain_db, frame.model_db);
        }
    }

    /// Ends the frames of a stride that are emitted.
    pub(super) fn end_stride(&mut self, heard: Heard) {
        if heard != Heard::Nothing {
            self.pattern.end_stride();
        }
    }

    /// Keeps what the window says of a frame that is held back; `place` counts them.
    pub(super) fn hold(&mut self, heard: Heard, place: usize, frame: FrameDb<'_>) {
        self.gain.hold(place, frame.gain_db);
        if heard == Heard::Model {
            self.model.hold(place, frame.model_db);
        }
    }
}
