//! What repeats with the stride though the sound stands still and the controls rest, and its removal.

use netbend_dsp::decibel::row_to_db;
use netbend_dsp::seam::{Steadiness, StrideComb};
use netbend_dsp::voice::GainLimits;

use super::super::moment::Moment;

/// Frames over which a pattern is learnt: 3 s of the shipped model's.
const MEMORY_FRAMES: usize = 512;

/// What silence is, in dB relative to a full-scale sine.
const SILENCE_DB: f32 = -140.0;

/// Learns the pattern of gain and model voice for one setting of the controls, and takes it out.
///
/// A frame sounds as if its controls had always been what they are at that frame, so what was learnt under others is not used: from the
/// frame at which they move, nothing is taken out, and learning begins anew with the first stride in which they rest.
pub(super) struct Pattern {
    bins: usize,
    stride_frames: usize,
    /// Of the difference's gain and of the model; none until they are wanted, as they are large.
    gain: Option<StrideComb>,
    model: Option<StrideComb>,
    /// Whether the model is heard in this stride.
    voiced: bool,
    steadiness: Steadiness,
    /// How much of the pattern is taken out, per bin.
    share: Vec<f32>,
    /// The newest frame, per bin.
    heard_db: Vec<f32>,
    /// What it was learnt under.
    learnt: Option<(Moment, GainLimits)>,
    /// Frames of the stride that sound alike with that.
    alike: usize,
    /// Frames of the stride so far.
    frame: usize,
}

impl Pattern {
    /// A pattern of strides of `stride_frames` frames of `bins` bins.
    pub(super) fn new(bins: usize, stride_frames: usize) -> Self {
        Self {
            bins,
            stride_frames,
            gain: None,
            model: None,
            voiced: false,
            steadiness: Steadiness::new(bins, MEMORY_FRAMES),
            share: vec![0.0; bins],
            heard_db: vec![SILENCE_DB; bins],
            learnt: None,
            alike: 0,
            frame: 0,
        }
    }

    /// Hears the next frame that comes in, as linear magnitudes; bins it lacks are silent.
    pub(super) fn hear(&mut self, magnitudes: &[f32]) {
        let (heard, lacking) = self
            .heard_db
            .split_at_mut(magnitudes.len().min(self.share.len()));
        heard.copy_from_slice(&magnitudes[..heard.len()]);
        row_to_db(heard);
        lacking.fill(SILENCE_DB);
        self.steadiness.push(&self.heard_db);
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.steadiness.reset();
        self.forget();
    }

    /// What was learnt holds no more.
    pub(super) fn forget(&mut self) {
        self.combs().for_each(StrideComb::forget);
        self.learnt = None;
    }

    /// Nobody hears the decoder for now: what was learnt holds no more, and its memory is given back.
    pub(super) fn release(&mut self) {
        self.forget();
        (self.gain, self.model) = (None, None);
    }

    fn combs(&mut self) -> impl Iterator<Item = &mut StrideComb> {
        self.gain.iter_mut().chain(&mut self.model)
    }

    /// Begins a stride with the controls of its frames. Latents that are not the sound's own have a time of their own: nothing is learnt
    /// while they play. Of the model nothing is learnt unless it is heard somewhere in the stride.
    pub(super) fn begin_stride(&mut self, moments: &[Moment], limits: &[GainLimits], voiced: bool) {
        self.frame = 0;
        self.voiced = voiced;
        self.alike = 0;
        let mut frames = moments.iter().zip(limits);
        if self.learnt.is_none() {
            let first = frames.clone().next();
            self.learnt = first.map(|(moment, limits)| (*moment, *limits));
        }
        let Some((learnt, learnt_limits)) = &self.learnt else {
            return;
        };
        let differs = |(moment, limits): (&Moment, &GainLimits)| {
            moment.latent.is_active() || !moment.same_sound(learnt) || limits != learnt_limits
        };
        self.alike = frames.position(differs).unwrap_or(moments.len());
        self.steadiness.shares(&mut self.share);
        // Fails only for sizes that no model and no mode has.
        let comb = || StrideComb::new(self.bins, self.stride_frames, MEMORY_FRAMES).ok();
        if self.gain.is_none() {
            self.gain = comb();
        }
        if voiced && self.model.is_none() {
            self.model = comb();
        }
        for comb in self.gain.iter_mut().chain(&mut self.model) {
            comb.begin_stride(&self.share);
        }
    }

    /// Learns the stride's next frame and takes the pattern out of it.
    pub(super) fn apply(&mut self, gain_db: &mut [f32], model_db: &mut [f32]) {
        let corrects = self.frame < self.alike;
        if let Some(gain) = &mut self.gain {
            gain.apply(gain_db, corrects);
        }
        if let (true, Some(model)) = (self.voiced, &mut self.model) {
            model.apply(model_db, corrects);
        }
        self.frame += 1;
    }

    /// Ends a stride.
    pub(super) fn end_stride(&mut self) {
        if self.alike < self.frame {
            self.forget();
            return;
        }
        // The model's forgets a stride of which it heard nothing.
        self.combs().for_each(StrideComb::end_stride);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_dsp::decibel::db_to_amplitude;

    const STRIDE: usize = 64;
    /// Strides it remembers.
    const STRIDES: usize = MEMORY_FRAMES / STRIDE;

    fn bent(amount: f32) -> Moment {
        let mut moment = Moment::default();
        moment.slots[0].target.layer = 2;
        moment.slots[0].amount = amount;
        moment
    }

    /// The gain before it: 1 dB more in the second half of every stride.
    fn raw(place: usize) -> f32 {
        if place < STRIDE / 2 { -0.5 } else { 0.5 }
    }

    /// Plays one stride of a sound at `level_db` under `moments`; returns its gain.
    fn play(
        pattern: &mut Pattern,
        moments: &[Moment],
        level_db: impl Fn(usize) -> f32,
    ) -> Vec<f32> {
        (0..STRIDE).for_each(|place| pattern.hear(&[db_to_amplitude(level_db(place))]));
        pattern.begin_stride(moments, &[GainLimits::default(); STRIDE], true);
        let gains = (0..STRIDE).map(|place| {
            let (mut gain, mut model) = ([raw(place)], [raw(place)]);
            pattern.apply(&mut gain, &mut model);
            assert_eq!(gain, model);
            gain[0]
        });
        let gains = gains.collect();
        pattern.end_stride();
        gains
    }

    fn learnt() -> Pattern {
        let mut pattern = Pattern::new(1, STRIDE);
        for _ in 0..STRIDES {
            play(&mut pattern, &[bent(1.0); STRIDE], |_| -20.0);
        }
        pattern
    }

    #[test]
    fn a_resting_bend_of_a_steady_sound_loses_its_pattern() {
        let gains = play(&mut learnt(), &[bent(1.0); STRIDE], |_| -20.0);
        assert!(gains.iter().all(|gain| gain.abs() < 1e-4), "{gains:?}");
    }

    #[test]
    fn a_step_takes_nothing_from_before_with_it() {
        let mut pattern = learnt();
        let mut moments = [bent(1.0); STRIDE];
        moments[40..].fill(bent(0.5));
        let gains = play(&mut pattern, &moments, |_| -20.0);
        for (place, gain) in gains.into_iter().enumerate() {
            let expected = if place < 40 { 0.0 } else { raw(place) };
            assert!((gain - expected).abs() < 1e-4, "frame {place}: {gain}");
        }
        let gains = play(&mut pattern, &[bent(0.5); STRIDE], |_| -20.0);
        assert_eq!(gains, (0..STRIDE).map(raw).collect::<Vec<_>>());
    }

    #[test]
    fn a_sound_that_moves_keeps_its_gain() {
        let mut pattern = learnt();
        let stroke = |place: usize| -(place as f32);
        for _ in 0..STRIDES {
            play(&mut pattern, &[bent(1.0); STRIDE], stroke);
        }
        let gains = play(&mut pattern, &[bent(1.0); STRIDE], stroke);
        assert_eq!(gains, (0..STRIDE).map(raw).collect::<Vec<_>>());
    }

    #[test]
    fn a_held_loop_keeps_its_gain() {
        let mut pattern = Pattern::new(1, STRIDE);
        let mut held = bent(1.0);
        held.latent.hold = Some(9);
        for _ in 0..2 * STRIDES {
            let gains = play(&mut pattern, &[held; STRIDE], |_| -20.0);
            assert_eq!(gains, (0..STRIDE).map(raw).collect::<Vec<_>>());
        }
    }
}
