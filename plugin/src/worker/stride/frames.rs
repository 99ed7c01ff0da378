//! The frames of one stride: what their controls ask for, and at which of them the network is asked. Pool threads.

use std::ops::Range;

use netbend_dsp::voice::GainLimits;

use super::frame_controls::FrameControls;
use crate::stream::controls::Controls;
use crate::worker::knots::{Knots, Spacing};
use crate::worker::latent::LatentState;
use crate::worker::levels::Levels;
use crate::worker::moment::Moment;
use crate::worker::reach::Reach;

/// What of the network is heard in a stride.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing: it is not asked.
    Nothing,
    /// The difference between bent and clean, as a gain.
    Difference,
    /// The model itself, too.
    Model,
}

/// The frames of a stride, those before it that it is joined to, and those held back behind it. They are counted from the one that it is
/// joined to, which is frame 0.
pub(super) struct StrideFrames {
    reach: Reach,
    /// Of the last frames emitted, if the sound goes on from there.
    last: Vec<FrameControls>,
    /// Of every frame.
    moments: Vec<Moment>,
    /// The gain limits at each of them.
    limits: Vec<GainLimits>,
    knots: Knots,
}

impl StrideFrames {
    /// Room for strides of this reach.
    pub(super) fn new(reach: Reach) -> Self {
        let moments = reach.frames();
        Self {
            reach,
            last: Vec::with_capacity(2 * moments),
            moments: Vec::with_capacity(moments),
            limits: Vec::with_capacity(moments),
            knots: Knots::default(),
        }
    }

    /// Nothing comes before the next stride.
    pub(super) fn begin_anew(&mut self) {
        self.last.clear();
    }

    /// Takes the controls of the stride's frames and of those held back, behind those of the last frame emitted; `levels` takes its part. `drifts`: the draw of a
    /// fixed bend does.
    pub(super) fn take<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        levels: &mut Levels,
        drifts: bool,
    ) {
        let frames =
            controls.map(|(controls, latent)| FrameControls::new(controls, latent, drifts));
        if self.last.is_empty() {
            // What comes first has always been.
            let first = frames.clone().next();
            let before = std::iter::repeat_n(first, self.reach.before).flatten();
            self.last.extend(before);
        }
        self.last.extend(frames);
        self.moments.clear();
        self.limits.clear();
        for frame in &self.last {
            self.moments.push(frame.moment);
            self.limits.push(frame.shape.limits);
        }
        levels.begin_stride(self.last.iter().map(|frame| (frame.auto_gain, frame.shape)));
        let (emitted, before) = (self.emitted(), self.reach.before);
        self.last.drain(..emitted.min(self.last.len()));
        self.last.truncate(before);
    }

    /// Places the knots, as close as `fits` has it of what is decoded then. `always_bent`: there are bends beside the slots.
    pub(super) fn place_knots(
        &mut self,
        always_bent: bool,
        mut spacing: Spacing,
        fits: impl Fn(&[Moment]) -> bool,
    ) {
        self.knots.place(&self.moments, always_bent, spacing);
        while !fits(self.knots.states())
            && let Some(wider) = spacing.wider()
        {
            spacing = wider;
            self.knots.place(&self.moments, always_bent, spacing);
        }
    }

    /// How many frames the stride has, those held back included.
    pub(super) fn count(&self) -> usize {
        self.moments.len().saturating_sub(self.reach.before)
    }

    /// The number of the newest frame.
    pub(super) fn newest(&self) -> usize {
        self.moments.len().saturating_sub(1)
    }

    /// The number of the last frame before the stride.
    pub(super) fn last_before(&self) -> usize {
        self.reach.before - 1
    }

    /// How many of them are emitted now.
    pub(super) fn emitted(&self) -> usize {
        self.count().saturating_sub(self.reach.overlap)
    }

    /// How many of them are held back.
    pub(super) fn held_back(&self) -> usize {
        self.reach.overlap.min(self.count())
    }

    /// Which frames of a window they are whose newest one is `last_seen_frame`.
    pub(super) fn in_window(&self, last_seen_frame: usize) -> Range<usize> {
        last_seen_frame + 1 - self.count()..last_seen_frame + 1
    }

    /// Whether a loop is held at any frame.
    pub(super) fn hold(&self) -> bool {
        self.moments.iter().any(|m| m.latent.hold.is_some())
    }

    /// Whether the loop held at frame `at` of the run plays on after the frames that are emitted.
    pub(super) fn play_on(&self, at: i64) -> bool {
        let playing = self.moments.get(self.emitted()..).unwrap_or(&[]);
        playing.iter().any(|moment| moment.latent.hold == Some(at))
    }

    /// Moments and limits of the frames that are emitted; `None` where controls are lacking.
    pub(super) fn to_emit(&self) -> Option<(&[Moment], &[GainLimits])> {
        let first = self.reach.before;
        let emitted = first..first + self.emitted();
        self.moments
            .get(emitted.clone())
            .zip(self.limits.get(emitted))
    }

    /// The gain limits at `frame`.
    pub(super) fn limits(&self, frame: usize) -> GainLimits {
        self.limits.get(frame).copied().unwrap_or_default()
    }

    /// The states of the items beyond the clean one.
    pub(super) fn states(&self) -> &[Moment] {
        self.knots.states()
    }

    /// The state of item `item`; none for the clean one.
    pub(super) fn state(&self, item: usize) -> Option<&Moment> {
        let place = item.checked_sub(1)?;
        self.knots.states().get(place)
    }

    /// The items on either side of `frame`, and the share of the second.
    pub(super) fn items_at(&self, frame: usize) -> (usize, usize, f32) {
        self.knots.at(frame)
    }

    /// Whether the clean item is heard at any frame.
    pub(super) fn hear_clean(&self) -> bool {
        self.knots.have_clean()
    }
}
