//! Weight bending through the real engine: a slot is heard at its frame, goes with everything else, and
//! leaves nothing behind.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::atomic::Ordering;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::signal::noise;
use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use netbend_models::bends::{BendFrame, BendTarget};
use support::sound::{drums, null_db};
use support::{Instance, RATE, instance};

const HOP: usize = 256;
const BLOCK: usize = 480;
/// Tensors of the shipped model's decoder.
const LAYERS: u16 = 12;

fn weight(layer: u16, transform: WeightTransform, share: f32, amount: f32) -> WeightFrame {
    WeightFrame {
        layer,
        transform,
        seed: 1,
        share,
        amount,
    }
}

fn bent(weight: WeightFrame) -> Controls {
    let mut controls = Controls::default();
    controls.weights[0] = weight;
    controls
}

/// Every transform on every tensor as far as it goes: heard, finite and bounded, in both voices.
#[test]
fn every_transform_is_heard_and_none_breaks_out() {
    let input = drums(0.5);
    let mut instance = instance(LatencyMode::Studio);
    let clean = instance.bounce(&input, BLOCK, |_| Controls::default());
    for transform in WeightTransform::ALL {
        for layer in 1..=LAYERS {
            for sign in [1.0, -1.0] {
                let amount = sign * transform.amount_limit();
                let mut controls = bent(weight(layer, transform, 1.0, amount));
                controls.voice = 0.5;
                let both = instance.bounce(&input, BLOCK, |_| controls);
                let peak = both.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
                assert!(
                    peak <= 2.0 && both.iter().all(|x| x.is_finite()),
                    "{transform:?}"
                );
            }
        }
        // On a layer of many points; less than the whole way round, where a roll is itself again.
        let amount = 0.4 * transform.amount_limit();
        let heard = instance.bounce(&input, BLOCK, |_| bent(weight(5, transform, 0.5, amount)));
        let change_db = null_db(&clean, &heard);
        println!("{transform:?}: {change_db:.1} dB");
        assert!(change_db > -40.0, "{transform:?}: {change_db:.1} dB");
    }
}

/// A network whose weights are as large as they can be answers with infinities and worse.
#[test]
fn a_network_that_blows_up_stays_finite_and_is_forgotten() {
    let input = drums(1.0);
    let mut instance = instance(LatencyMode::Tight);
    let mut model = Controls {
        voice: 1.0,
        ..Controls::default()
    };
    let before = instance.bounce(&input, BLOCK, |_| model);
    let limits = [3, 5, 7, 9].map(|layer| weight(layer, WeightTransform::Multiply, 1.0, f32::MAX));
    instance.engine.set_fixed_weights(limits.repeat(3));
    let blown = instance.bounce(&input, BLOCK, |_| model);
    assert!(blown.iter().all(|x| x.is_finite() && x.abs() <= 2.0));
    assert!(blown != before);
    model.weights[1] = weight(7, WeightTransform::Multiply, 1.0, -4.0);
    let other = instance.bounce(&input, BLOCK, |_| model);
    assert!(other.iter().all(|x| x.is_finite() && x.abs() <= 2.0));
    instance.engine.set_fixed_weights(Vec::new());
    model.weights[1] = WeightFrame::default();
    assert!(instance.bounce(&input, BLOCK, |_| model) == before);
}

/// Off, an amount or a share of nothing, and tensors that do not exist: bit for bit as without, alone and
/// beside what is bent otherwise; and alone, the network is not asked.
#[test]
fn an_idle_slot_leaves_no_trace() {
    let input = drums(1.5);
    let mut instance = instance(LatencyMode::Tight);
    let idle = [
        weight(5, WeightTransform::Flip, 1.0, 0.0),
        weight(5, WeightTransform::Randomise, 0.0, 1.0),
    ];
    let without = instance.bounce(&input, BLOCK, |_| Controls::default());
    for idle in idle {
        assert!(instance.bounce(&input, BLOCK, |_| bent(idle)) == without);
    }
    assert_eq!(instance.status.decoded.load(Ordering::Relaxed), 0);
    assert!(null_db(&input, &without) < -120.0);

    let missing = [
        weight(0, WeightTransform::Flip, 1.0, 1.0),
        weight(LAYERS + 1, WeightTransform::Flip, 1.0, 1.0),
        weight(4, WeightTransform::Flip, 0.001, 1.0),
    ];
    for missing in missing {
        assert!(instance.bounce(&input, BLOCK, |_| bent(missing)) == without);
    }
    let mut controls = Controls {
        voice: 0.3,
        ..Controls::default()
    };
    controls.slots[2] = ablating();
    let without = instance.bounce(&input, BLOCK, |_| controls);
    for idle in idle.into_iter().chain(missing) {
        controls.weights = [idle, idle];
        assert!(
            instance.bounce(&input, BLOCK, |_| controls) == without,
            "{idle:?}"
        );
    }
}

fn ablating() -> BendFrame {
    BendFrame {
        target: BendTarget {
            layer: 2,
            transform: TransformKind::Ablate,
            selection: SelectionKind::Random,
            seed: 3,
            ..BendTarget::default()
        },
        share: 0.25,
        amount: 1.0,
        ..BendFrame::default()
    }
}

/// How far `moving` has come from `from` to `to` in the hop around sample `at`: 0 at `from`, 1 at `to`.
fn progress(from: &[f32], to: &[f32], moving: &[f32], at: usize) -> f64 {
    let (mut along, mut whole) = (0.0, 0.0);
    for n in at - HOP..at + HOP {
        let [from, to, moving] = [from, to, moving].map(|sound| f64::from(sound[n]));
        along += (moving - from) * (to - from);
        whole += (to - from) * (to - from);
    }
    along / whole
}

#[test]
fn a_step_is_half_way_within_a_hop_of_its_time_in_every_mode() {
    // Not on the grid of frames, blocks or strides.
    const STEPS: [usize; 2] = [40_123, 52_345];
    let input = noise(RATE, 1.4, 0.1, 11);
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        for layer in [1, 3, 5, 7, 9, 11] {
            let on = bent(weight(layer, WeightTransform::Invert, 0.5, 1.0));
            let off = bent(WeightFrame {
                amount: 0.0,
                ..on.weights[0]
            });
            let resting = [off, on].map(|controls| instance.bounce(&input, BLOCK, |_| controls));
            for step in STEPS {
                let switch = |sample: usize| if sample < step { off } else { on };
                let moving = instance.bounce(&input, BLOCK, switch);
                let middle = (step - 8 * HOP..step + 8 * HOP)
                    .find(|&at| progress(&resting[0], &resting[1], &moving, at) >= 0.5)
                    .unwrap();
                let lag_hops = (middle as f64 - step as f64) / HOP as f64;
                println!("{mode:?}, weights {layer}, step at {step}: {lag_hops:+.2} hops");
                assert!(
                    lag_hops.abs() <= 1.0,
                    "{mode:?}, weights {layer}: {lag_hops:+.2}"
                );
            }
        }
    }
}

/// Both slots move, and with them a slot of activations, a hold and a blend.
fn moving(sample: usize) -> Controls {
    let share = (sample / 777) as f32 / 100.0;
    let mut controls = Controls {
        voice: 0.5,
        ..Controls::default()
    };
    controls.weights = [
        weight(5, WeightTransform::Randomise, 0.5, share),
        weight(7, WeightTransform::Roll, 1.0 - share / 2.0, 0.1),
    ];
    if (20_000..30_000).contains(&sample) {
        controls.weights.swap(0, 1);
    }
    controls.slots[0] = BendFrame {
        amount: share,
        ..ablating()
    };
    controls.latent = LatentPlay {
        freeze: (60_000..70_000).contains(&sample),
        blend: if sample > 50_000 { share / 2.0 } else { 0.0 },
        ..LatentPlay::default()
    };
    controls
}

#[test]
fn a_bounce_is_the_same_at_every_block_size_and_every_time() {
    let input = drums(1.6);
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let first = instance.bounce(&input, BLOCK, moving);
        for block in [BLOCK, 100, 5_000] {
            assert!(
                instance.bounce(&input, block, moving) == first,
                "{mode:?}, {block}"
            );
        }
        let still = instance.bounce(&input, BLOCK, |sample| Controls {
            weights: Controls::default().weights,
            ..moving(sample)
        });
        assert!(
            null_db(&first, &still) > -30.0,
            "{mode:?}: weights do nothing"
        );
        // Nothing of all that is left.
        let off = instance.bounce(&input, BLOCK, |_| Controls::default());
        assert!(null_db(&input, &off) < -120.0);
    }
}

/// Weight bends go with a held loop and with slots: each of the three is heard beside the others.
#[test]
fn weights_slots_and_holds_are_heard_together() {
    let input = drums(2.5);
    let mut instance = instance(LatencyMode::Tight);
    let mut controls = bent(weight(7, WeightTransform::Invert, 0.3, 0.8));
    controls.voice = 1.0;
    controls.slots[0] = ablating();
    let play = |instance: &mut Instance, controls: Controls| {
        instance.bounce(&input, BLOCK, |sample| {
            let mut playing = controls;
            playing.latent.freeze &= sample > 50_001;
            playing
        })
    };
    controls.latent.freeze = true;
    let all = play(&mut instance, controls);
    let from = 60_000;
    let mut without = [controls; 3];
    without[0].weights = Controls::default().weights;
    without[1].slots = Controls::default().slots;
    without[2].latent.freeze = false;
    for (what, controls) in ["weights", "slots", "the hold"].into_iter().zip(without) {
        let other = play(&mut instance, controls);
        let change_db = null_db(&all[from..], &other[from..]);
        println!("without {what}: {change_db:.1} dB");
        assert!(change_db > -30.0, "without {what}: {change_db:.1} dB");
    }
}

#[test]
fn fixed_weight_bends_do_what_slots_do_and_come_after_them() {
    let input = drums(1.0);
    let mut instance = instance(LatencyMode::Tight);
    let first = weight(5, WeightTransform::Flip, 0.5, 0.6);
    let second = weight(5, WeightTransform::Roll, 0.3, 0.2);
    let both = Controls {
        weights: [first, second],
        ..Controls::default()
    };
    let by_slots = instance.bounce(&input, BLOCK, |_| both);
    let without = instance.bounce(&input, BLOCK, |_| Controls::default());
    instance.engine.set_fixed_weights(vec![second]);
    let mixed = instance.bounce(&input, BLOCK, |_| bent(first));
    assert!(mixed == by_slots);
    instance.engine.set_fixed_weights(vec![first, second]);
    let fixed = instance.bounce(&input, BLOCK, |_| Controls::default());
    assert!(fixed == by_slots && fixed != without);
    instance.engine.set_fixed_weights(vec![second, first]);
    assert!(instance.bounce(&input, BLOCK, |_| Controls::default()) != by_slots);
    instance.engine.set_fixed_weights(Vec::new());
    assert!(instance.bounce(&input, BLOCK, |_| Controls::default()) == without);
}
