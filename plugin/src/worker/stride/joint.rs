//! How a quantity goes on from stride to stride.

use netbend_dsp::DspError;
use netbend_dsp::seam::{CrossFade, SeamJoiner};

/// Joins the strides of one quantity in dB: faded from what the window before said of the same frames where strides overlap, and
/// otherwise bent to the last frame emitted.
pub(super) struct Joint {
    seam: SeamJoiner,
    fade: CrossFade,
}

impl Joint {
    /// A joint for strides of `stride_frames` frames of `bins` bins that overlap by `overlap_frames`.
    ///
    /// # Errors
    /// [`DspError`] where the frames have no bins.
    pub(super) fn new(
        bins: usize,
        stride_frames: usize,
        overlap_frames: usize,
    ) -> Result<Self, DspError> {
        let seam_frames = if overlap_frames == 0 {
            SeamJoiner::default_fade_frames(stride_frames)
        } else {
            0
        };
        Ok(Self {
            seam: SeamJoiner::new(bins, seam_frames)?,
            fade: CrossFade::new(bins, overlap_frames)?,
        })
    }

    /// Begins a stride with what its window says of the last frame emitted.
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
