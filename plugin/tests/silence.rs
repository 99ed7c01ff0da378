//! Silence is slept through, and sound wakes as if nobody had slept.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::slice::from_ref;
use std::sync::atomic::Ordering;
use std::time::Duration;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::phase::PhaseMethod;
use netbend_models::bends::latent_play::LatentPlay;
use support::RATE;
use support::sound::{drums, null_db, rms};
use support::stream::{Streams, bent, bounce};

/// A window of the shipped model, in samples.
const WINDOW: usize = 125 * 256;

/// Drums, silence of `silence` samples with dither of this amplitude, and drums again.
fn gap(silence: usize, dither: f32) -> Vec<f32> {
    let drums = drums(1.0);
    let rest: Vec<f32> = (0..silence)
        .map(|n| dither * if n % 3 == 0 { 1.0 } else { -0.5 })
        .collect();
    [&drums[..], &rest, &drums].concat()
}

/// Nobody sleeps at −200 dBFS, and nobody hears it.
#[test]
fn sound_after_silence_is_what_it_is_after_dither_that_keeps_all_awake() {
    const SILENCE: usize = 3 * WINDOW + 77;
    let streams = Streams::new();
    let (silent, dithered) = (gap(SILENCE, 0.0), gap(SILENCE, 1e-10));
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 1, mode);
        // Iterated phases remember what the model put on the dither.
        for (method, voice, bound_db) in [
            (PhaseMethod::Input, 0.0, -120.0),
            (PhaseMethod::Input, 1.0, -120.0),
            (PhaseMethod::Auto, 0.0, -60.0),
        ] {
            let mut controls = bent(voice);
            controls.phase.method = method;
            let slept = bounce(&mut processor, from_ref(&silent), &[], |_| controls);
            let awake = bounce(&mut processor, from_ref(&dithered), &[], |_| controls);
            // Before that, the model has dither to put its voice on.
            let woken = silent.len() - drums(1.0).len();
            let null = null_db(&awake[0][woken..], &slept[0][woken..]);
            let what = format!("{mode:?}, {method:?}, voice {voice}: {null:.1} dB");
            println!("{what}");
            assert!(null < bound_db, "{what}");
            let quiet = &slept[0][drums(1.0).len() + WINDOW..woken - 1_024];
            assert!(quiet.iter().all(|x| *x == 0.0), "{what}");
        }
    }
}

/// However long the silence: what comes after it is the same to the bit, in the same place of a stride.
#[test]
fn it_is_no_matter_how_long_the_sleep_was() {
    const STUDIO_STRIDE: usize = 64 * 256;
    let streams = Streams::new();
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 1, mode);
        let mut after = |strides: usize| {
            let input = gap(strides * STUDIO_STRIDE, 0.0);
            let heard = bounce(&mut processor, from_ref(&input), &[], |_| bent(0.3));
            heard[0][input.len() - drums(1.0).len()..].to_vec()
        };
        let short = after(5);
        assert!(rms(&short) > 0.01);
        assert!(after(6) == short && after(15) == short, "{mode:?}");
    }
}

#[test]
fn silence_is_not_inferred_unless_a_loop_is_held() {
    let streams = Streams::new();
    let status = &streams.status;
    let decoded = || {
        let mut before = status.decoded.load(Ordering::Relaxed);
        loop {
            // A last stride that nobody waits for may still be under way.
            std::thread::sleep(Duration::from_millis(100));
            let now = status.decoded.load(Ordering::Relaxed);
            if now == before {
                return now;
            }
            before = now;
        }
    };
    let drums = drums(1.0);
    let mut processor = streams.open(RATE, 1, LatencyMode::Tight);
    let mut cost = |silence: usize, controls: Controls| {
        let input = [&drums[..], &vec![0.0; silence]].concat();
        let before = decoded();
        bounce(&mut processor, &[input], &[], |_| controls);
        decoded() - before
    };
    let (short, long) = (cost(2 * WINDOW, bent(1.0)), cost(20 * WINDOW, bent(1.0)));
    assert!(short > 20, "{short} windows");
    assert_eq!(short, long);
    let mut frozen = bent(1.0);
    frozen.latent = LatentPlay {
        freeze: true,
        ..LatentPlay::default()
    };
    assert!(cost(20 * WINDOW, frozen) > 2 * long);
}

#[test]
fn what_plays_on_is_a_loop_that_is_heard() {
    let mut controls = bent(1.0);
    assert!(!controls.plays_on());
    controls.latent.blend = 0.1;
    assert!(controls.plays_on());
    controls.latent.blend = 0.0;
    controls.latent.freeze = true;
    assert!(controls.plays_on());
    for muted in [
        Controls {
            voice: 0.0,
            ..controls
        },
        Controls {
            mix: 0.0,
            ..controls
        },
        Controls {
            bypass: true,
            ..controls
        },
    ] {
        assert!(!muted.plays_on());
    }
}
