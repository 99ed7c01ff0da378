//! Dry and wet are one in time: the mix of both is the input where nothing is bent, and bypass crosses over without a click.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode};
use std::slice::from_ref;
use support::RATE;
use support::sound::{drums, null_db};
use support::stream::{Streams, bent, bounce};

const HOP: usize = 256;
/// What two transforms and 32-bit floats leave of a null.
const NULL_DB: f64 = -120.0;

#[test]
fn any_mix_of_an_unbent_sound_is_the_sound() {
    let streams = Streams::new();
    let input = drums(1.0);
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 1, mode);
        let moving = |sample: usize| (sample / 1_000 % 11) as f32 / 10.0;
        let mixes: [&dyn Fn(usize) -> f32; 3] = [&|_| 0.5, &|_| 0.1, &moving];
        for mix in mixes {
            let heard = bounce(&mut processor, from_ref(&input), &[], |sample| Controls {
                mix: mix(sample),
                ..Controls::default()
            });
            let null = null_db(&input, &heard[0]);
            assert!(null <= NULL_DB, "{mode:?}: {null:.1} dB");
        }
    }
}

/// From the wet sound to the dry one in a straight line over one hop, and back.
#[test]
fn bypass_crosses_over_within_a_hop() {
    let streams = Streams::new();
    let input = drums(1.5);
    let (on, off) = (30_123, 50_777);
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 1, mode);
        let wet = bounce(&mut processor, from_ref(&input), &[], |_| bent(0.0)).remove(0);
        let heard = bounce(&mut processor, from_ref(&input), &[], |sample| {
            let mut controls = bent(0.0);
            controls.bypass = (on..off).contains(&sample);
            controls
        });
        // The hop in which the switch lies is the one that crosses over.
        let (on, off) = (on / HOP * HOP, off / HOP * HOP);
        for (n, &heard) in heard[0].iter().enumerate() {
            let since = |start: usize| n.saturating_sub(start).min(HOP) as f32 / HOP as f32;
            let dry = since(on) - since(off);
            let expected = wet[n] + dry * (input[n] - wet[n]);
            assert!(
                (heard - expected).abs() < 1e-5,
                "{mode:?}, sample {n}: {heard} instead of {expected}"
            );
        }
        assert!(null_db(&input, &wet) > -40.0, "nothing is bent");
    }
}

/// Toggled a thousand times at a latency that stays: the dry sound is the input, and no toggle is a larger step than the sounds' own.
#[test]
fn bypass_toggled_a_thousand_times_neither_clicks_nor_moves() {
    const TOGGLES: usize = 1_000;
    const EVERY: usize = 777;
    let streams = Streams::new();
    let input = drums((TOGGLES * EVERY) as f32 / RATE);
    let mut processor = streams.open(RATE, 1, LatencyMode::Tight);
    let mut play = |controls: Controls, toggled: bool| {
        let controls = |sample: usize| {
            let mut now = controls;
            now.bypass = toggled && (sample / EVERY).is_multiple_of(2);
            now
        };
        bounce(&mut processor, from_ref(&input), &[], controls).remove(0)
    };
    let unbent = play(Controls::default(), true);
    let null = null_db(&input, &unbent);
    println!("unbent, toggled: {null:.1} dB");
    assert!(null <= NULL_DB, "{null:.1} dB");

    let (wet, toggled) = (play(bent(0.0), false), play(bent(0.0), true));
    // Where no hop crosses over, one or the other is heard: those in which no toggle lies.
    let settled = |n: usize| {
        let begin = n / HOP * HOP;
        begin.saturating_sub(1) / EVERY == (begin + HOP) / EVERY
    };
    for n in (0..input.len()).filter(|&n| settled(n)) {
        let expected = if (n / EVERY).is_multiple_of(2) {
            input[n]
        } else {
            wet[n]
        };
        assert!((toggled[n] - expected).abs() < 1e-6, "sample {n}");
    }
    let step = |sound: &[f32]| {
        let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        steps.fold(0.0, f32::max)
    };
    // A toggle adds no more than the slope of its fade.
    let apart = wet.iter().zip(&input).map(|(wet, dry)| (wet - dry).abs());
    let slope = apart.fold(0.0, f32::max) / HOP as f32;
    let own = step(&input).max(step(&wet));
    println!(
        "largest step {}, the sounds' own {own}, slope {slope}",
        step(&toggled)
    );
    assert!(step(&toggled) <= 1.001 * own + slope, "{}", step(&toggled));
}
