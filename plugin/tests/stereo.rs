//! What the encoder hears: both channels as one, each by itself, or the sidechain.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode, StereoMode};
use netbend_dsp::phase::PhaseMethod;
use netbend_dsp::signal::{drum_loop_stereo, noise};
use std::slice::from_ref;
use support::RATE;
use support::sound::{drums, null_db, rms};
use support::stream::{Sound, Streams, bent, bounce};

/// What two transforms and 32-bit floats leave of a null.
const NULL_DB: f64 = -120.0;

fn dual(voice: f32) -> Controls {
    let mut controls = bent(voice);
    controls.stereo = StereoMode::Dual;
    controls
}

fn beside(voice: f32) -> Controls {
    let mut controls = bent(voice);
    controls.sidechain = true;
    controls
}

/// With the input's phases: iterated ones remember what was before a switch.
fn in_phase(mut controls: Controls) -> Controls {
    controls.phase.method = PhaseMethod::Input;
    controls
}

fn stereo(seconds: f32) -> Sound {
    drum_loop_stereo(RATE, seconds, 3).to_vec()
}

#[test]
fn equal_channels_sound_the_same_dual_and_linked() {
    let streams = Streams::new();
    let input = vec![drums(1.5); 2];
    for mode in LatencyMode::ALL {
        let mut processor = streams.open(RATE, 2, mode);
        for voice in [0.0, 0.5, 1.0] {
            let linked = bounce(&mut processor, &input, &[], |_| bent(voice));
            let apart = bounce(&mut processor, &input, &[], |_| dual(voice));
            assert!(apart[0] == apart[1], "{mode:?}, voice {voice}");
            let null = null_db(&linked[0], &apart[0]);
            println!("{mode:?}, voice {voice}: {null:.1} dB");
            assert!(null < NULL_DB, "{mode:?}, voice {voice}: {null:.1} dB");
            assert!(null_db(&input[0], &linked[0]) > -40.0, "nothing is bent");
        }
    }
}

/// Held and drawn loops play for whoever is heard, and held ones go on over silence.
#[test]
fn latent_play_is_the_same_whoever_is_heard() {
    const FREEZE: usize = 45_001;
    let streams = Streams::new();
    let mut input = vec![drums(2.0); 2];
    for channel in &mut input {
        channel[FREEZE + 256..].fill(0.0);
    }
    let mut processor = streams.open(RATE, 2, LatencyMode::Tight);
    for (blend, freezes) in [(0.0, true), (0.7, false), (0.4, true)] {
        let mut play = |controls: Controls| {
            let heard = bounce(&mut processor, &input, &input, |sample| {
                let mut controls = controls;
                controls.latent.freeze = freezes && sample >= FREEZE;
                controls.latent.blend = blend;
                controls
            });
            heard[1].clone()
        };
        let linked = play(bent(1.0));
        for controls in [dual(1.0), beside(1.0)] {
            let null = null_db(&linked, &play(controls));
            assert!(null < NULL_DB, "blend {blend}, {controls:?}: {null:.1} dB");
        }
        let plays_on = rms(&linked[linked.len() - 10_000..]) > 1e-3;
        assert_eq!(plays_on, freezes, "blend {blend}");
    }
}

/// Dual, a channel is what it would be alone.
#[test]
fn dual_channels_know_nothing_of_each_other() {
    let streams = Streams::new();
    let input = vec![drums(1.5), noise(RATE, 1.5, 0.2, 4)];
    for mode in LatencyMode::ALL {
        for voice in [0.0, 1.0] {
            let both = bounce(&mut streams.open(RATE, 2, mode), &input, &[], |_| {
                dual(voice)
            });
            let mut mono = streams.open(RATE, 1, mode);
            for (channel, heard) in input.iter().zip(&both) {
                let alone = bounce(&mut mono, from_ref(channel), &[], |_| dual(voice));
                assert!(*heard == alone[0], "{mode:?}, voice {voice}");
            }
        }
    }
}

#[test]
fn sound_in_one_channel_leaves_the_other_untouched() {
    let streams = Streams::new();
    let input = vec![drums(1.5), vec![0.0; drums(1.5).len()]];
    let mut processor = streams.open(RATE, 2, LatencyMode::Tight);
    for voice in [0.0, 1.0] {
        for controls in [bent(voice), dual(voice)] {
            let [left, right] = &bounce(&mut processor, &input, &[], |_| controls)[..] else {
                panic!("two channels");
            };
            assert!(null_db(&input[0], left) > -40.0, "nothing is bent");
            assert!(right.iter().all(|x| *x == 0.0), "{:?}", controls.stereo);
        }
    }
}

/// Linked, the image stays: what is panned by a factor still is.
#[test]
fn linked_channels_keep_the_image() {
    let streams = Streams::new();
    // Quiet enough for the guard to leave both alone.
    let left: Vec<f32> = drums(1.5).iter().map(|x| 0.25 * x).collect();
    let input = vec![left.clone(), left.iter().map(|x| -0.25 * x).collect()];
    let mut processor = streams.open(RATE, 2, LatencyMode::Live);
    for voice in [0.0, 1.0] {
        let heard = bounce(&mut processor, &input, &[], |_| bent(voice));
        let panned: Vec<f32> = heard[0].iter().map(|x| -0.25 * x).collect();
        let null = null_db(&panned, &heard[1]);
        assert!(null < NULL_DB, "voice {voice}: {null:.1} dB");
    }
}

/// A switch finds whole windows and is exact to the frame. How loud it is is measured anew, of one whole window; a window's length later it is
/// measured of the same strides as ever.
#[test]
fn a_switch_is_heard_at_once_and_all_is_as_if_it_had_always_been_so() {
    /// Not on the grid of frames, blocks or strides.
    const SWITCH: usize = 61_234;
    const HOP: usize = 256;
    const WINDOW: usize = 128;
    let streams = Streams::new();
    // No steady sound: what repeats with the stride is learnt from it for seconds.
    let (input, other) = (stereo(3.5), drum_loop_stereo(RATE, 3.5, 8).to_vec());
    for (mode, stride) in LatencyMode::ALL.into_iter().zip([2, 4, 16, 64]) {
        let mut processor = streams.open(RATE, 2, mode);
        let mut heard = |before: Controls, after: Controls| {
            bounce(&mut processor, &input, &other, |sample| {
                if sample < SWITCH { before } else { after }
            })
        };
        for levelled in [false, true] {
            let sound = |controls: Controls| {
                let mut controls = in_phase(controls);
                if !levelled {
                    // The difference alone, as it is.
                    (controls.voice, controls.auto_gain) = (0.0, false);
                }
                controls
            };
            let before = sound(bent(0.5));
            let linked = heard(before, before);
            for after in [dual(0.5), beside(0.5)].map(sound) {
                let (always, switched) = (heard(after, after), heard(before, after));
                assert!(null_db(&linked[0], &always[0]) > -60.0, "both are one");
                // A frame and a hop around the switch, and until the next stride has joined.
                let (until, from) = (SWITCH - 4 * HOP, SWITCH + (4 + 2 * stride) * HOP);
                for (channel, switched) in switched.iter().enumerate() {
                    let before = null_db(&linked[channel][..until], &switched[..until]);
                    let from = [from, from + WINDOW * HOP];
                    let [after, later] =
                        from.map(|from| null_db(&always[channel][from..], &switched[from..]));
                    let named = format!(
                        "{mode:?}: {before:.1} dB before, {after:.1} dB after, {later:.1} dB later"
                    );
                    println!("{named}");
                    let at_once_db = if levelled { -30.0 } else { -60.0 };
                    assert!(
                        before < NULL_DB && after < at_once_db && later < -60.0,
                        "{named}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_sidechain_that_is_the_input_changes_nothing() {
    let streams = Streams::new();
    for channels in [1, 2] {
        let input = stereo(1.5)[..channels].to_vec();
        for mode in LatencyMode::ALL {
            let mut processor = streams.open(RATE, channels, mode);
            for voice in [0.0, 1.0] {
                let without = bounce(&mut processor, &input, &[], |_| bent(voice));
                let with = bounce(&mut processor, &input, &input, |_| beside(voice));
                // To the bit, so it is aligned to the sample.
                assert!(
                    with == without,
                    "{channels} channels, {mode:?}, voice {voice}"
                );
                assert!(null_db(&input[0], &with[0]) > -40.0, "nothing is bent");
            }
        }
    }
}

#[test]
fn a_silent_or_missing_sidechain_changes_nothing_by_the_difference_and_is_silent_in_the_model() {
    let streams = Streams::new();
    let input = stereo(1.5);
    let silence = vec![vec![0.0; input[0].len()]; 2];
    let mut processor = streams.open(RATE, 2, LatencyMode::Tight);
    for sidechain in [&silence[..], &[]] {
        let difference = bounce(&mut processor, &input, sidechain, |_| beside(0.0));
        let null = null_db(&input[0], &difference[0]);
        assert!(null < NULL_DB, "{null:.1} dB");
        let model = bounce(&mut processor, &input, sidechain, |_| beside(1.0));
        // Bins the model never sees follow the difference.
        let left_db = 20.0 * (rms(&model[0]) / rms(&input[0])).log10();
        assert!(left_db < -20.0, "{left_db:.1} dB");
    }
}

/// The drums' phases and image with the level and the colour of another sound.
#[test]
fn the_sidechain_drives_the_model_on_the_image_of_the_input() {
    let streams = Streams::new();
    // Quiet, so that what the model never sees of it does not count.
    let left = noise(RATE, 1.5, 0.005, 4);
    let input = vec![left.clone(), left.iter().map(|x| 0.5 * x).collect()];
    let mut processor = streams.open(RATE, 2, LatencyMode::Tight);
    let mut playing = |sidechain: &Sound| {
        let heard = bounce(&mut processor, &input, sidechain, |_| {
            let mut controls = beside(1.0);
            controls.slots[0].amount = 0.0;
            controls
        });
        let ratio = rms(&heard[1]) / rms(&heard[0]);
        assert!((ratio - 0.5).abs() < 1e-3, "{ratio}");
        heard
    };
    // Quiet enough for the guard to have nothing to do.
    let drums = drums(1.5);
    let mut at = |gain: f32| {
        let quiet: Vec<f32> = drums.iter().map(|x| gain * x).collect();
        rms(&playing(&vec![quiet; 2])[0])
    };
    let change_db = 20.0 * (at(0.02) / at(0.2)).log10();
    assert!((change_db + 20.0).abs() < 3.0, "{change_db:.1} dB");
}
