//! Controls between two settings: what is continuous moves, what is a switch changes in the middle, and a bend that becomes another one fades out
//! and the other in.

use netbend_dsp::voice::{Band, GainLimits, VoiceShape};
use netbend_models::bends::BendFrame;
use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::bends::part_mix::PartMix;
use netbend_models::bends::weights::WeightFrame;

use super::controls::Controls;

impl Controls {
    /// These, `share` of the way to `other`, 0–1. Output gain, ceiling and bypass stay.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        if share.is_nan() || share <= 0.0 {
            return *self;
        }
        let share = share.min(1.0);
        let nearer = if share < 0.5 { self } else { other };
        Self {
            slots: std::array::from_fn(|n| slot(&self.slots[n], &other.slots[n], share)),
            weights: std::array::from_fn(|n| weights(&self.weights[n], &other.weights[n], share)),
            parts: PartMix {
                gains: std::array::from_fn(|n| {
                    between(self.parts.gains[n], other.parts.gains[n], share)
                }),
            },
            latent: LatentPlay {
                blend: between(self.latent.blend, other.latent.blend, share),
                rate_hz: between(self.latent.rate_hz, other.latent.rate_hz, share),
                shape: self.latent.shape.towards(&other.latent.shape, share),
                ..nearer.latent
            },
            voice: between(self.voice, other.voice, share),
            shape: shape(&self.shape, &other.shape, share),
            transient_lock: between(self.transient_lock, other.transient_lock, share),
            mix: between(self.mix, other.mix, share),
            gain: self.gain,
            ceiling: self.ceiling,
            bypass: self.bypass,
            ..*nearer
        }
    }
}

/// From one number to another; exactly these at the ends.
fn between(from: f32, to: f32, share: f32) -> f32 {
    match share {
        1.0 => to,
        share => from + share * (to - from),
    }
}

/// On an axis of octaves.
fn octaves_between(from: f32, to: f32, share: f32) -> f32 {
    match (share, from > 0.0 && to > 0.0) {
        (1.0, _) => to,
        (share, true) => from * (to / from).powf(share),
        (share, false) => between(from, to, share),
    }
}

fn shape(from: &VoiceShape, to: &VoiceShape, share: f32) -> VoiceShape {
    VoiceShape {
        limits: GainLimits {
            floor_db: between(from.limits.floor_db, to.limits.floor_db, share),
            ceiling_db: between(from.limits.ceiling_db, to.limits.ceiling_db, share),
        },
        smoothing: between(from.smoothing, to.smoothing, share),
        band: Band {
            low_hz: octaves_between(from.band.low_hz, to.band.low_hz, share),
            high_hz: octaves_between(from.band.high_hz, to.band.high_hz, share),
        },
    }
}

/// What there is of two bends on the way from one to the other.
enum Heard {
    /// The first, with so much of its amount.
    First(f32),
    /// The second, with so much of its amount.
    Second(f32),
    /// Both as one, on its way.
    Both,
}

/// Of two bends that are there or not, and act on the same or not. One that comes or goes alone takes the whole way; of two that differ, one goes
/// before the other comes.
fn heard(is_there: (bool, bool), is_same: bool, share: f32) -> Heard {
    match is_there {
        (false, _) => Heard::Second(share),
        (true, true) if is_same => Heard::Both,
        (true, true) if share < 0.5 => Heard::First(1.0 - 2.0 * share),
        (true, true) => Heard::Second(2.0 * share - 1.0),
        (true, false) => Heard::First(1.0 - share),
    }
}

fn slot(from: &BendFrame, to: &BendFrame, share: f32) -> BendFrame {
    let is_there = (from.is_active(), to.is_active());
    match heard(is_there, from.target == to.target, share) {
        Heard::First(part) => BendFrame {
            amount: part * from.amount,
            ..*from
        },
        Heard::Second(part) => BendFrame {
            amount: part * to.amount,
            ..*to
        },
        Heard::Both => BendFrame {
            target: to.target,
            share: between(from.share, to.share, share),
            amount: between(from.amount, to.amount, share),
            parameters: std::array::from_fn(|n| {
                between(from.parameters[n], to.parameters[n], share)
            }),
        },
    }
}

fn weights(from: &WeightFrame, to: &WeightFrame, share: f32) -> WeightFrame {
    let is_there = (from.is_active(), to.is_active());
    let is_same = (from.layer, from.transform, from.seed) == (to.layer, to.transform, to.seed);
    match heard(is_there, is_same, share) {
        Heard::First(part) => WeightFrame {
            amount: part * from.amount,
            ..*from
        },
        Heard::Second(part) => WeightFrame {
            amount: part * to.amount,
            ..*to
        },
        Heard::Both => WeightFrame {
            share: between(from.share, to.share, share),
            amount: between(from.amount, to.amount, share),
            ..*to
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::BendTarget;

    fn bent(layer: u16, amount: f32) -> Controls {
        let mut controls = Controls::default();
        controls.slots[0] = BendFrame {
            target: BendTarget {
                layer,
                ..BendTarget::default()
            },
            share: 0.5,
            amount,
            ..BendFrame::default()
        };
        controls
    }

    #[test]
    fn the_ends_are_the_settings_themselves() {
        let (from, mut to) = (bent(1, 0.8), bent(2, 0.4));
        to.voice = 0.7;
        to.shape.band.low_hz = 300.0;
        to.stereo = crate::stream::controls::StereoMode::Dual;
        assert_eq!(from.towards(&to, 0.0), from);
        assert_eq!(from.towards(&to, 1.0), to);
        assert_eq!(from.towards(&to, f32::NAN), from);
    }

    #[test]
    fn a_bend_that_becomes_another_goes_before_the_other_comes() {
        let (from, to) = (bent(1, 0.8), bent(2, 0.4));
        let at = |share: f32| {
            let slot = from.towards(&to, share).slots[0];
            (slot.target.layer, slot.amount)
        };
        assert_eq!(at(0.25), (1, 0.4));
        assert_eq!(at(0.5), (2, 0.0));
        assert_eq!(at(0.75), (2, 0.2));
        let to = bent(1, 0.4);
        assert!((from.towards(&to, 0.5).slots[0].amount - 0.6).abs() < 1e-6);
        let idle = Controls::default();
        assert!((from.towards(&idle, 0.5).slots[0].amount - 0.4).abs() < 1e-6);
        assert!((idle.towards(&from, 0.5).slots[0].amount - 0.4).abs() < 1e-6);
    }
}
