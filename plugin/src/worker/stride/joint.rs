//! How a quantity goes on from stride to stride.

use netbend_dsp::DspError;
use netbend_dsp::seam::{CrossFade, SeamJoiner};

use crate::worker::reach::Reach;

/// Joins the strides of one quantity in dB: faded from what the window before said of the same frames where strides overlap, and
/// otherwise bent to a frame that was emitted.
pub(super) struct Joint {
    seam: SeamJoiner,
    fade: CrossFade,
}

impl Joint {
    /// A joint for strides of this `reach` whose frames have `bins` bins.
    ///
    /// # Errors
    /// [`DspError`] where the frames have no bins.
    pub(super) fn new(bins: usize, reach: Reach) -> Result<Self, DspError> {
        let seam_frames = match reach.overlap {
            0 => SeamJoiner::default_fade_frames(reach.before - 1 + reach.stride),
            _ => 0,
        };
        Ok(Self {
            seam: SeamJoiner::new(bins, seam_frames, reach.before)?,
            fade: CrossFade::new(bins, reach.overlap)?,
        })
    }

    /// Begins a stride with what its window says of the frame it is joined to.
    pub(super) fn begin_stride(&mut self, last_db: &[f32]) {
        self.seam.begin_stride(last_db);
    }

    /// Joins the stride's next frame.
    pub(super) fn apply(&mut self, frame_db: &mut [f32]) {
        self.fade.apply(frame_db);
        self.seam.apply(frame_db);
    }

    /// Keeps what the window says of a frame that is held back; `place` counts them.
    pub(super) fn hold(&mut self, place: usize, frame_db: &[f32]) {
        self.fade.hold(place, frame_db);
    }

    /// The next stride joins to nothing.
    pub(super) fn reset(&mut self) {
        self.seam.reset();
        self.fade.reset();
    }
}
