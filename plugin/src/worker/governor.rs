//! Lowers the work of a stream while its deadlines are near, and raises it again. Pool threads.
//!
//! [`Governor`] only reckons with the figures it is given, so that the same strides always lead to the same [`Quality`]; the clock is
//! read by who calls it. It saves at once and spends late: one level less work where less than a quarter of the time is left, two where
//! a stride comes late; one level more when for [`PATIENCE_SECONDS`] there would have been room for it. What the next level costs is
//! told from what it saved when it was entered. A level that turns out too dear is tried less often each time.

#[cfg(test)]
mod tests;

use netbend_dsp::number::nearest_f32;

use crate::report::quality::Quality;

/// Below this share of the time there is, work is lowered.
const LEAST_ROOM: f32 = 0.25;
/// Work is raised where the share of the time that would be needed then is at most this: less than `1 − LEAST_ROOM`, so that raising does
/// not lead to lowering.
const MOST_LOAD: f32 = 0.6;
/// How long there must be room before work is raised, of the stream's time.
const PATIENCE_SECONDS: f32 = 2.0;
/// The longest it becomes where raising has failed again and again.
const MOST_PATIENCE_SECONDS: f32 = 32.0;
/// Strides whose largest load stands for a level: as long as the longest period of strides.
const RECENT: usize = 4;
/// As many of the newest strides in bits.
const NEAR_MASK: u8 = (1 << RECENT) - 1;
/// The load of the level before over that of each level, until it has been measured.
const USUAL_SAVING: [f32; Quality::ALL.len()] = [1.0, 1.3, 1.6, 1.6, 1.6];
/// More than that no level saves; what seems to is a queue that was worked off.
const MOST_SAVING: f32 = 2.5;
/// How much of a saving is believed after having stood in the way for so many times as long as patience lasts.
const DOUBT: f32 = 0.7;
const DOUBT_PATIENCES: f32 = 2.0;

/// What became of one stride.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StrideOutcome {
    /// The time from when its last frame had come to when its last hop was sent, over its time.
    pub(super) load: f32,
    /// Whole hops that were left then before its first one was due, over the hops of a stride; less than 0 where that one was late.
    pub(super) hops_left: f32,
    /// Whether it was given up.
    pub(super) dropped: bool,
    /// How long it lasts.
    pub(super) seconds: f32,
}

impl StrideOutcome {
    /// The share of the time that was left.
    ///
    /// A host that plays in long blocks sends several strides at once: those that wait for the others have longer than the time of a
    /// stride, which only hops tell. Those are whole ones, so that for short strides time tells more. Neither promises too much, so
    /// the larger counts.
    fn room(&self) -> f32 {
        (1.0 - self.load).max(self.hops_left)
    }

    fn is_late(&self) -> bool {
        self.dropped || (self.hops_left < 0.0 && self.load > 1.0 - LEAST_ROOM)
    }
}

/// Decides one stream's [`Quality`].
#[derive(Debug)]
pub(super) struct Governor {
    quality: Quality,
    /// Loads of the newest strides at this level, at most [`RECENT`] of them.
    recent: Vec<f32>,
    /// Which strides at this level had too little room, the newest in the lowest bit.
    near: u8,
    /// The load of the level before over that of each level.
    saving: [f32; Quality::ALL.len()],
    /// The level and load that led to this one, until its saving is known.
    before: Option<(Quality, f32)>,
    /// How long there has been room for more.
    calm_seconds: f32,
    /// How long only what is believed of the saving has stood in the way.
    doubt_seconds: f32,
    /// How long there must be room.
    patience_seconds: f32,
    /// Since work was raised.
    raised_seconds: f32,
    #[cfg(test)]
    forced: Option<Quality>,
}

impl Default for Governor {
    fn default() -> Self {
        Self {
            quality: Quality::default(),
            recent: Vec::with_capacity(RECENT),
            near: 0,
            saving: USUAL_SAVING,
            before: None,
            calm_seconds: 0.0,
            doubt_seconds: 0.0,
            patience_seconds: PATIENCE_SECONDS,
            raised_seconds: f32::INFINITY,
            #[cfg(test)]
            forced: None,
        }
    }
}

impl Governor {
    /// What the next stride is worth.
    pub(super) fn quality(&self) -> Quality {
        #[cfg(test)]
        if let Some(forced) = self.forced {
            return forced;
        }
        self.quality
    }

    /// Every stride is worth that much from now on.
    #[cfg(test)]
    pub(super) fn force(&mut self, quality: Quality) {
        self.forced = Some(quality);
    }

    /// Nobody waits for deadlines any more, or they begin anew.
    pub(super) fn rest(&mut self) {
        if self.quality != Quality::Full {
            self.go_to(Quality::Full);
        }
    }

    /// Takes what became of a stride.
    pub(super) fn stride_done(&mut self, outcome: StrideOutcome) {
        self.raised_seconds += outcome.seconds;
        if self.recent.len() == RECENT {
            self.recent.rotate_left(1);
            self.recent.pop();
        }
        self.recent.push(outcome.load);
        let near = outcome.room() < LEAST_ROOM;
        self.near = self.near << 1 | u8::from(near);
        // Where the clean item is decoded now and then, a stride after it may have had to wait once.
        let twice = (self.near & NEAR_MASK).count_ones() > 1 || self.quality.decodes_clean();
        let levels = match outcome {
            _ if outcome.is_late() => 2,
            _ if near && twice => 1,
            _ => 0,
        };
        if levels > 0 {
            self.lower(levels);
        } else {
            self.consider_raising(outcome.seconds);
        }
    }

    /// Lowers the work by so many levels.
    fn lower(&mut self, levels: usize) {
        if self.raised_seconds < 2.0 * self.patience_seconds {
            // It was raised too soon.
            self.patience_seconds = (2.0 * self.patience_seconds).min(MOST_PATIENCE_SECONDS);
            self.raised_seconds = f32::INFINITY;
        }
        self.calm_seconds = 0.0;
        let quality = Quality::at(self.quality.index() + levels);
        if quality != self.quality {
            let before = (self.quality, self.peak());
            self.go_to(quality);
            self.before = Some(before);
        }
    }

    fn consider_raising(&mut self, seconds: f32) {
        if self.raised_seconds.is_finite() && self.raised_seconds > 2.0 * self.patience_seconds {
            self.patience_seconds = PATIENCE_SECONDS;
            self.raised_seconds = f32::INFINITY;
        }
        if self.quality == Quality::Full || self.recent.len() < RECENT {
            return;
        }
        self.learn_saving();
        let peak = self.peak();
        let saving = &mut self.saving[self.quality.index()];
        if peak * *saving <= MOST_LOAD {
            self.calm_seconds += seconds;
        } else {
            self.calm_seconds = 0.0;
            self.doubt_seconds = match peak <= MOST_LOAD {
                true => self.doubt_seconds + seconds,
                false => 0.0,
            };
            if self.doubt_seconds >= DOUBT_PATIENCES * self.patience_seconds {
                self.doubt_seconds = 0.0;
                *saving = 1.0 + DOUBT * (*saving - 1.0);
            }
        }
        if self.calm_seconds >= self.patience_seconds {
            self.go_to(Quality::at(self.quality.index() - 1));
            self.raised_seconds = 0.0;
        }
    }

    /// Once a level has shown what it costs: what it saves.
    fn learn_saving(&mut self) {
        let Some((before, load)) = self.before.take() else {
            return;
        };
        let levels = before.index() + 1..=self.quality.index();
        let steps = nearest_f32(levels.clone().count().max(1));
        let saving = (load / self.peak().max(f32::EPSILON)).powf(1.0 / steps);
        for level in levels {
            self.saving[level] = saving.clamp(1.0, MOST_SAVING);
        }
    }

    fn go_to(&mut self, quality: Quality) {
        self.quality = quality;
        self.recent.clear();
        self.near = 0;
        self.before = None;
        self.calm_seconds = 0.0;
        self.doubt_seconds = 0.0;
    }

    /// The largest load of late.
    fn peak(&self) -> f32 {
        self.recent.iter().copied().fold(0.0, f32::max)
    }
}
