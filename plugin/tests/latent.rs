//! Latent play through the real engine: what is held repeats, what is drawn obeys its seed, and what is
//! off costs nothing.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::atomic::Ordering;
use std::time::Duration;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::signal::noise;
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};
use support::sound::{drums, null_db, rms};
use support::{Instance, RATE, instance};

const HOP: usize = 256;
/// Samples a loop lasts: as many frames as reach the latent.
const LOOP: usize = 125 * HOP;
const BLOCK: usize = 480;
/// When freeze goes on, in samples: not on the grid of frames, blocks or strides.
const FREEZE: usize = 52_345;
/// From here on nothing of the time before is left in the output.
const SETTLED: usize = FREEZE + 16 * HOP;

/// As [`SETTLED`], in each mode. Strides of Direct are joined to the one before the last, so what was heard of the input just after the
/// freeze fades as slowly, and until it is below what a number holds, phases may follow it.
fn settled(mode: LatencyMode) -> usize {
    match mode {
        LatencyMode::Direct => FREEZE + 64 * HOP,
        LatencyMode::Live | LatencyMode::Tight | LatencyMode::Studio => SETTLED,
    }
}

/// Controls with the model's voice.
fn playing(latent: LatentPlay) -> Controls {
    Controls {
        latent,
        voice: 1.0,
        ..Controls::default()
    }
}

fn drawn(source: LatentSource, seed: u32) -> LatentPlay {
    LatentPlay {
        source,
        seed,
        blend: 1.0,
        rate_hz: 1.0,
        ..LatentPlay::default()
    }
}

/// The model's voice, frozen from [`FREEZE`] on.
fn frozen(instance: &mut Instance, input: &[f32]) -> Vec<f32> {
    instance.bounce(input, BLOCK, |sample| {
        playing(LatentPlay {
            freeze: sample >= FREEZE,
            ..LatentPlay::default()
        })
    })
}

#[test]
fn a_frozen_loop_repeats_and_hears_the_input_no_more() {
    /// The frame that is held ends here at the latest.
    const HEARD: usize = FREEZE + 4 * HOP;
    let input = drums(4.0);
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let (held, settled) = (frozen(&mut instance, &input), settled(mode));
        assert!(rms(&held[settled..]) > 0.01, "{mode:?} is silent");
        let round = null_db(&held[settled..held.len() - LOOP], &held[settled + LOOP..]);
        assert!(round < -40.0, "{mode:?}: a round later {round:.1} dB");

        for (what, rest) in [
            ("silence", vec![0.0; input.len() - HEARD]),
            ("noise", noise(RATE, 4.0, 0.3, 5)),
        ] {
            let mut other = [&input[..HEARD], &rest].concat();
            other.truncate(input.len());
            let heard = frozen(&mut instance, &other);
            let null = null_db(&held[settled..], &heard[settled..]);
            println!("{mode:?}: with {what} after it {null:.1} dB");
            assert!(null < -120.0, "{mode:?}: with {what} after it {null:.1} dB");
        }
    }
}

#[test]
fn a_frozen_loop_is_the_same_in_every_mode() {
    let input = drums(3.0);
    let held = |mode| frozen(&mut instance(mode), &input);
    let live = held(LatencyMode::Live);
    for mode in LatencyMode::ALL {
        let from = settled(mode);
        let null = null_db(&live[from..], &held(mode)[from..]);
        assert!(null < -40.0, "{mode:?}: {null:.1} dB");
    }
}

/// Until there is a loop to hold, the sound goes on.
#[test]
fn freeze_from_the_start_holds_the_first_loop() {
    let input = drums(3.0);
    let mut instance = instance(LatencyMode::Live);
    let freeze = LatentPlay {
        freeze: true,
        ..LatentPlay::default()
    };
    let held = instance.bounce(&input, BLOCK, |_| playing(freeze));
    let free = instance.bounce(&input, BLOCK, |_| playing(LatentPlay::default()));
    let start = LOOP - 8 * HOP;
    assert!(null_db(&free[..start], &held[..start]) < -100.0);
    let round = null_db(&held[2 * LOOP..3 * LOOP], &held[3 * LOOP..4 * LOOP]);
    assert!(round < -40.0, "{round:.1} dB");
}

#[test]
fn a_seed_is_a_sound() {
    let input = drums(2.0);
    let mut instance = instance(LatencyMode::Tight);
    for source in LatentSource::ALL {
        let [one, same, other] =
            [1, 1, 2].map(|seed| instance.bounce(&input, BLOCK, |_| playing(drawn(source, seed))));
        assert!(one == same, "{source:?}");
        assert!(null_db(&one, &other) > -20.0, "{source:?}");
        assert!(one.iter().all(|x| x.is_finite() && x.abs() <= 2.0));
        let level_db = 20.0 * (rms(&one) / rms(&input)).log10();
        println!("{source:?}: {level_db:+.1} dB");
        assert!((-20.0..6.0).contains(&level_db), "{source:?}: {level_db}");
    }
}

/// Drawn loops are as loud as the sound of the last 0.7 s; held ones stay as loud as they were.
#[test]
fn in_silence_drawn_loops_end_and_held_ones_go_on() {
    let mut input = drums(4.0);
    input[FREEZE + HOP..].fill(0.0);
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let held = frozen(&mut instance, &input);
        let after = FREEZE + LOOP + 80 * HOP;
        assert!(rms(&held[after..]) > 0.01, "{mode:?}: held");
        let drawn = drawn(LatentSource::Random, 1);
        let drawn = instance.bounce(&input, BLOCK, |_| playing(drawn));
        assert!(rms(&drawn[..FREEZE]) > 1e-3, "{mode:?}: drawn");
        // Sound that stopped does not stop the loop at once.
        let still = &drawn[FREEZE + 16 * HOP..FREEZE + 40 * HOP];
        assert!(rms(still) > 1e-3, "{mode:?}: drawn, just after");
        assert!(rms(&drawn[after..]) < 1e-5, "{mode:?}: drawn, long after");
    }
}

#[test]
fn what_is_off_nulls_and_costs_nothing() {
    const STRIDE: u64 = 16;
    let input = drums(2.0);
    let mut instance = instance(LatencyMode::Tight);
    let status = instance.status.clone();
    let mut cost = |controls: Controls| {
        let windows =
            || [&status.encoded, &status.decoded].map(|windows| windows.load(Ordering::Relaxed));
        let before = windows();
        let output = instance.bounce(&input, BLOCK, |_| controls);
        let mut after = windows();
        loop {
            // A last stride that nobody waits for may still be under way.
            std::thread::sleep(Duration::from_millis(200));
            let now = windows();
            if now == after {
                break;
            }
            after = now;
        }
        (output, after[0] - before[0], after[1] - before[1])
    };
    let off = LatentPlay {
        source: LatentSource::Walk,
        seed: 77,
        rate_hz: 3.0,
        ..LatentPlay::default()
    };
    let (output, encoded, decoded) = cost(Controls {
        latent: off,
        ..Controls::default()
    });
    assert_eq!((encoded, decoded), (0, 0));
    assert!(null_db(&input, &output) < -120.0);

    let (model, strides, decoded) = cost(playing(LatentPlay::default()));
    assert_eq!(decoded, strides);
    let frames = (input.len() / HOP) as u64;
    assert!(strides >= frames / STRIDE);
    let (same, encoded, decoded) = cost(playing(off));
    assert!(same == model);
    // Whether the last stride is rendered before all ends is a matter of chance.
    let expected = strides - 1..=strides + 1;
    assert!(encoded == decoded && expected.contains(&encoded));

    // A draw is decoded once, and encoded with every window.
    let (_, encoded, decoded) = cost(playing(drawn(LatentSource::Random, 1)));
    assert!(encoded % 2 == 0 && expected.contains(&(encoded / 2)));
    assert_eq!(decoded, encoded + 1);
    // A held loop is encoded once, and decoded once for as long as it and its bends stay.
    let freeze = LatentPlay {
        freeze: true,
        ..LatentPlay::default()
    };
    let (_, encoded, decoded) = cost(playing(freeze));
    assert!(expected.contains(&(encoded - 1)));
    assert_eq!(decoded, encoded);
}

/// A walk whose rate moves: the same at any block size, and each time.
#[test]
fn a_walk_is_a_matter_of_its_seed_and_rate_alone() {
    let input = drums(2.5);
    let end = input.len() as f32;
    let moves = |sample: usize| {
        let share = (sample / 777) as f32 * 777.0 / end;
        playing(LatentPlay {
            rate_hz: 0.5 + 3.0 * share,
            blend: share,
            freeze: (70_000..80_000).contains(&sample),
            ..drawn(LatentSource::Walk, 9)
        })
    };
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let first = instance.bounce(&input, BLOCK, moves);
        for block in [BLOCK, 100, 5_000] {
            let again = instance.bounce(&input, block, moves);
            assert!(first == again, "{mode:?}, blocks of {block}");
        }
        let steady = instance.bounce(&input, BLOCK, |sample| {
            let mut controls = moves(sample);
            controls.latent.rate_hz = 0.5;
            controls
        });
        assert!(null_db(&first, &steady) > -40.0, "the rate does nothing");
    }
}
