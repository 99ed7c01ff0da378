//! The last step of a sample: joining wet and dry without a click, the guard, transient lock, mix, gain, ceiling and bypass.
//! Audio thread; nothing here allocates or panics.

use netbend_dsp::number::{low_bits, signed};

use crate::exchange::MAX_CHANNELS;
use crate::stream::controls::Controls;

/// Samples up to this stay as they are where there is no ceiling; louder bent ones are bent towards [`LARGEST`]·knee.
const KNEE: f32 = 1.0;
/// The same where the ceiling turns down what is louder than it: +12 dB, beyond which nothing is meant.
const HIGH_KNEE: f32 = 4.0;
/// The loudest a guarded sample gets, as a multiple of the knee: +6 dB.
const LARGEST: f32 = 2.0;
/// No output is louder, whatever the gain: +12 dBFS. A dry sample that is louder already may pass.
const LOUDEST: f32 = 3.981_071_7;

/// Keeps a bent sample finite and below +6 dBFS (+18 dBFS under a ceiling), or below twice the dry sample where that is already
/// beyond the knee. A sample equal to its dry one is never changed.
pub(super) fn guard(bent: f32, dry: f32, ceiling: bool) -> f32 {
    if !bent.is_finite() {
        return dry;
    }
    let knee = if ceiling { HIGH_KNEE } else { KNEE }.max(dry.abs());
    let over = bent.abs() - knee;
    if over <= 0.0 {
        return bent;
    }
    let room = (LARGEST - 1.0) * knee;
    (knee + room * (over / room).tanh()) * bent.signum()
}

/// Joins hops that came and hops that did not.
///
/// Where sound begins to come, it fades in over a hop. Where it fails to come, the difference between
/// the last bent sample and its dry one fades out over a hop: the step at the seam is the programme's
/// own.
#[derive(Debug, Default)]
pub(super) struct Seam {
    fading_in: bool,
    /// Last joined sample minus its dry one.
    distance: [f32; MAX_CHANNELS],
    /// The distance when sound failed to come.
    residue: [f32; MAX_CHANNELS],
}

impl Seam {
    pub(super) fn begin_hop(&mut self, had_sound: bool, has_sound: bool) {
        self.fading_in = has_sound && !had_sound;
        self.residue = if has_sound {
            [0.0; MAX_CHANNELS]
        } else {
            self.distance
        };
    }

    /// Whether bent sound goes on from bent sound.
    pub(super) fn is_closed(&self) -> bool {
        !self.fading_in
    }

    /// Takes over after samples of closed sound, the last of which is so far from its dry one.
    pub(super) fn follow(&mut self, channel: usize, distance: f32) {
        self.distance[channel] = distance;
    }

    /// `share` of the hop has passed.
    pub(super) fn join(&mut self, channel: usize, dry: f32, wet: Option<f32>, share: f32) -> f32 {
        let joined = match wet {
            Some(wet) if self.fading_in => dry + share * (wet - dry),
            Some(wet) => wet,
            None => dry + self.residue[channel] * (1.0 - share),
        };
        self.distance[channel] = joined - dry;
        joined
    }
}

/// Mix, gain, bypass and transient lock, delayed to the sound they belong to and ramped from hop to hop.
#[derive(Debug)]
pub(super) struct OutputControls {
    /// Values at hop boundaries, `ring[boundary % len]`.
    ring: Vec<Levels>,
    delay_hops: i64,
    from: Levels,
    to: Levels,
    /// How loud the hop may be: full scale, or the input's peak of late.
    loudest: f32,
}

/// Dry and wet gain, how much of an attack is dry, and whether there is a ceiling.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Levels {
    dry: f32,
    wet: f32,
    lock: f32,
    /// 1 where the dry sound is all that is heard: what the ceiling does to the rest goes on meanwhile, so that it is where it would be.
    bypass: f32,
    ceiling: bool,
}

impl Levels {
    fn of(controls: &Controls) -> Self {
        let mix = controls.mix.clamp(0.0, 1.0);
        Self {
            dry: (1.0 - mix) * controls.gain,
            wet: mix * controls.gain,
            lock: match controls.bypass {
                true => 0.0,
                false => controls.transient_lock.clamp(0.0, 1.0),
            },
            bypass: if controls.bypass { 1.0 } else { 0.0 },
            ceiling: controls.ceiling,
        }
    }
}

impl OutputControls {
    pub(super) fn new(delay_hops: usize) -> Self {
        Self {
            ring: vec![Levels::default(); delay_hops + 2],
            delay_hops: signed(delay_hops),
            from: Levels::default(),
            to: Levels::default(),
            loudest: LOUDEST,
        }
    }

    /// Whether the hop has a ceiling.
    pub(super) fn has_ceiling(&self) -> bool {
        self.to.ceiling
    }

    /// Gives the hop that [began](Self::begin_hop) a ceiling.
    pub(super) fn set_ceiling(&mut self, ceiling: f32) {
        self.loudest = ceiling;
    }

    /// The values that hold before the first hop's end.
    pub(super) fn start(&mut self, controls: &Controls) {
        self.ring.fill(Levels::of(controls));
    }

    /// Remembers the values at the end of hop `hop`.
    pub(super) fn record(&mut self, hop: i64, controls: &Controls) {
        let place = self.place(hop + 1);
        self.ring[place] = Levels::of(controls);
    }

    /// Prepares the ramp over the hop of sound that goes out while hop `hop` comes in.
    pub(super) fn begin_hop(&mut self, hop: i64) {
        let boundary = hop - self.delay_hops;
        self.from = self.ring[self.place(boundary)];
        self.to = self.ring[self.place(boundary + 1)];
        self.loudest = LOUDEST;
    }

    fn place(&self, boundary: i64) -> usize {
        low_bits::<usize>(boundary.rem_euclid(signed(self.ring.len())))
    }

    /// Takes the wet sample to the dry one where an attack is locked, when `share` of the hop has passed. `attack` is how
    /// much of an attack it is, 0–1. Without a lock or an attack it stays, bit for bit; a whole lock on a whole one is the dry one.
    pub(super) fn lock(&self, dry: f32, wet: f32, attack: f32, share: f32) -> f32 {
        let lock = attack * (self.from.lock + share * (self.to.lock - self.from.lock));
        if lock > 0.0 {
            (1.0 - lock) * wet + lock * dry
        } else {
            wet
        }
    }

    /// Does in one go what guard, [`lock`](Self::lock) and [`limited`](Self::limited) do sample by sample to delayed dry sound, which `wet` takes the
    /// place of: to the same bits, where nothing ramps, locks or is too loud. Otherwise it leaves the sound alone. Returns the last bent
    /// sample minus its dry one.
    pub(super) fn mix_at_rest(&self, dry: &mut [f32], wet: &[f32]) -> Option<f32> {
        let Levels {
            dry: dry_gain,
            wet: wet_gain,
            lock,
            bypass,
            ceiling: _,
        } = self.from;
        let wet = wet.get(..dry.len())?;
        // What is not a number is within nothing.
        let within = |(dry, wet): (&f32, &f32)| wet.abs() <= KNEE.max(dry.abs());
        let all_within = || {
            let samples = dry.iter().zip(wet);
            samples.fold(true, |all, sample| all & within(sample))
        };
        if self.from != self.to || lock > 0.0 || !all_within() {
            return None;
        }
        let distance = wet.last()? - dry.last()?;
        for (dry, wet) in dry.iter_mut().zip(wet) {
            let mixed = dry_gain * *dry + wet_gain * wet;
            *dry = self.bounded(if bypass > 0.0 { *dry } else { mixed }, *dry);
        }
        Some(distance)
    }

    /// Mixes a sample when `share` of the hop has passed.
    #[cfg(test)]
    fn mix(&self, dry: f32, wet: f32, share: f32) -> f32 {
        self.limited(dry, wet, share, 1.0)
    }

    /// Mixes a sample when `share` of the hop has passed, with a gain on the output.
    pub(super) fn limited(&self, dry: f32, wet: f32, share: f32, gain: f32) -> f32 {
        let mixed = gain * self.sum(dry, wet, share);
        let bypass = self.from.bypass + share * (self.to.bypass - self.from.bypass);
        let heard = match (bypass > 0.0, bypass < 1.0) {
            (false, _) => mixed,
            (true, true) => mixed + bypass * (dry - mixed),
            (true, false) => dry,
        };
        self.bounded(heard, dry)
    }

    /// What a sample is mixed to before it is limited, and but for bypass.
    pub(super) fn sum(&self, dry: f32, wet: f32, share: f32) -> f32 {
        let dry_gain = self.from.dry + share * (self.to.dry - self.from.dry);
        let wet_gain = self.from.wet + share * (self.to.wet - self.from.wet);
        dry_gain * dry + wet_gain * wet
    }

    /// An output that is no louder than the hop may be, or than its dry sample where that is louder; 0 where it is too small for a normal
    /// float, which what comes after Netbend would be slow with.
    fn bounded(&self, output: f32, dry: f32) -> f32 {
        let loudest = self.loudest.max(dry.abs());
        let bounded = output.max(-loudest).min(loudest);
        if bounded.is_normal() { bounded } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_leaves_unbent_and_quiet_samples_alone() {
        for sample in [0.0, 0.5, -1.0, 1.7, -30.0] {
            assert_eq!(guard(sample, sample, false), sample);
        }
        assert_eq!(guard(0.9, -0.2, false), 0.9);
    }

    #[test]
    fn the_guard_is_not_there_up_to_full_scale_and_has_no_corner_above_it() {
        for step in -1_000..=1_000 {
            let bent = step as f32 / 1_000.0;
            assert_eq!(guard(bent, 0.0, false).to_bits(), bent.to_bits());
        }
        let slope = |bent: f32| (guard(bent + 1e-3, 0.0, false) - guard(bent, 0.0, false)) / 1e-3;
        assert!((slope(1.0) - 1.0).abs() < 1e-2);
        for step in 0..3_000 {
            let bent = 1.0 + step as f32 * 1e-3;
            assert!((0.0..=1.001).contains(&slope(bent)), "at {bent}");
        }
    }

    #[test]
    fn the_guard_keeps_bent_samples_finite_and_below_6_dbfs() {
        for bent in [1.1, -3.0, 100.0, 1e30, f32::INFINITY, f32::NAN, f32::MIN] {
            let out = guard(bent, 0.1, false);
            assert!(out.is_finite() && out.abs() <= 2.0, "{bent} became {out}");
        }
    }

    #[test]
    fn no_gain_makes_an_output_louder_than_12_dbfs() {
        let mut output = OutputControls::new(3);
        output.start(&Controls {
            gain: 15.8,
            mix: 0.5,
            ..Controls::default()
        });
        output.begin_hop(0);
        assert_eq!(output.mix(0.5, 2.0, 0.0), LOUDEST);
        assert_eq!(output.mix(-0.5, -2.0, 0.5), -LOUDEST);
        assert_eq!(output.mix(6.0, 6.0, 0.0), 6.0);
        assert_eq!(output.mix(1e-40, 1e-40, 0.0), 0.0);
        let mut row = [0.5, -0.01];
        output.mix_at_rest(&mut row, &[0.9, -0.01]);
        assert_eq!(row, [LOUDEST, -0.01 * 15.8]);
    }

    #[test]
    fn a_missing_hop_takes_up_where_the_sound_stopped() {
        let mut seam = Seam::default();
        seam.begin_hop(true, true);
        let last = seam.join(0, 0.1, Some(0.8), 0.9);
        seam.begin_hop(true, false);
        let next = seam.join(0, 0.1, None, 0.0);
        assert!((last - next).abs() < 1e-6);
        assert!((seam.join(0, 0.1, None, 1.0) - 0.1).abs() < 1e-6);
    }

    #[test]
    fn the_lock_comes_as_late_as_the_sound_and_keeps_the_dry_sample_where_there_is_an_attack() {
        let mut output = OutputControls::new(3);
        let mut locked = Controls::default();
        output.start(&locked);
        locked.transient_lock = 1.0;
        for hop in 0..20 {
            output.begin_hop(hop);
            let expected = if hop - 3 < 1 { 0.4 } else { 0.1 };
            assert_eq!(output.lock(0.1, 0.4, 1.0, 0.0), expected, "hop {hop}");
            assert_eq!(output.lock(0.1, 0.4, 0.0, 0.0), 0.4);
            output.record(hop, &locked);
        }
        assert!((output.lock(0.1, 0.4, 0.5, 0.5) - 0.25).abs() < 1e-6);
        locked.bypass = true;
        output.start(&locked);
        output.begin_hop(20);
        assert_eq!(output.lock(0.1, 0.4, 1.0, 0.0), 0.4);
    }

    #[test]
    fn at_rest_a_row_is_mixed_to_the_bits_of_its_samples_or_left_alone() {
        let mut controls = Controls {
            mix: 0.7,
            gain: 1.3,
            ..Controls::default()
        };
        let mut output = OutputControls::new(3);
        output.start(&controls);
        output.begin_hop(0);
        let dry: Vec<f32> = (0..37).map(|n| (n as f32 * 0.7).sin()).collect();
        let wet: Vec<f32> = (0..40).map(|n| (n as f32 * 0.9).cos()).collect();
        let mut row = dry.clone();
        assert_eq!(output.mix_at_rest(&mut row, &wet), Some(wet[36] - dry[36]));
        for (n, mixed) in row.iter().enumerate() {
            let share = n as f32 / 256.0;
            let guarded = output.lock(dry[n], guard(wet[n], dry[n], false), 1.0, share);
            assert_eq!(
                mixed.to_bits(),
                output.mix(dry[n], guarded, share).to_bits()
            );
        }
        for loud in [1.01, f32::NAN, f32::INFINITY] {
            let mut wet = wet.clone();
            wet[9] = loud;
            let mut row = dry.clone();
            assert_eq!(output.mix_at_rest(&mut row, &wet), None);
            assert_eq!(row, dry);
        }
        controls.transient_lock = 0.1;
        output.start(&controls);
        output.begin_hop(1);
        assert_eq!(output.mix_at_rest(&mut row, &wet), None);
        controls.transient_lock = 0.0;
        output.start(&controls);
        controls.gain = 1.0;
        output.record(1, &controls);
        output.begin_hop(4);
        assert_eq!(output.mix_at_rest(&mut row, &wet), None);
    }

    #[test]
    fn levels_come_out_as_late_as_the_sound_they_belong_to() {
        let mut output = OutputControls::new(3);
        let loud = Controls::default();
        let muted = Controls { gain: 0.0, ..loud };
        output.start(&loud);
        for hop in 0..20 {
            output.begin_hop(hop);
            let expected = if hop - 3 < 5 { 1.0 } else { 0.0 };
            assert_eq!(output.mix(0.0, 1.0, 0.0), expected, "hop {hop}");
            output.record(hop, if hop < 4 { &loud } else { &muted });
        }
    }
}
