//! What the plugin says it has arranged, it has.

use netbend_tests::audio::Audio;
use netbend_tests::measure;
use netbend_tests::vst3::{Arrangement, Beside, Direction, Play, Plugin};

use crate::fixture::{self, assert_bent, assert_same};

const EMPTY: Arrangement = Arrangement::EMPTY;
const MONO: Arrangement = Arrangement::MONO;
const STEREO: Arrangement = Arrangement::STEREO;
const SURROUND: Arrangement = Arrangement::SURROUND;

/// What 32-bit floats leave of a null.
const NULL_DB: f64 = -100.0;

/// Asserts that what the plugin says of its arrangement is one story, and that it is this one.
fn assert_arranged(plugin: &Plugin, inputs: &[Arrangement], outputs: &[Arrangement], what: &str) {
    let arranged = plugin.arrangements();
    assert_eq!(arranged, (inputs.to_vec(), outputs.to_vec()), "{what}");
    for (direction, buses) in [(Direction::Input, inputs), (Direction::Output, outputs)] {
        for (index, arrangement) in buses.iter().enumerate() {
            let channels = plugin.bus(direction, index as i32).unwrap().channels;
            assert_eq!(
                channels,
                arrangement.channels(),
                "{what}: {direction:?} {index}"
            );
        }
    }
}

#[test]
fn mono_and_stereo_are_taken_with_a_sidechain_of_their_own_width() {
    let mut plugin = fixture::plugin();
    assert_arranged(&plugin, &[STEREO, STEREO], &[STEREO], "at first");
    for main in [MONO, STEREO, MONO] {
        assert!(plugin.set_arrangements(&[main, main], &[main]));
        assert_arranged(&plugin, &[main, main], &[main], "asked for");
    }
}

#[test]
fn whatever_is_taken_is_kept_and_what_is_not_changes_nothing() {
    let mut plugin = fixture::plugin();
    for before in [STEREO, MONO] {
        for main in [MONO, STEREO] {
            for beside in [MONO, STEREO, EMPTY] {
                assert!(plugin.set_arrangements(&[before, before], &[before]));
                let what = format!("{main:?} beside {beside:?} after {before:?}");
                if plugin.set_arrangements(&[main, beside], &[main]) {
                    assert_arranged(&plugin, &[main, beside], &[main], &what);
                } else {
                    assert_arranged(&plugin, &[before, before], &[before], &what);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_played_is_refused_and_changes_nothing() {
    let impossible: [(&[Arrangement], &[Arrangement]); 12] = [
        (&[STEREO, STEREO], &[MONO]),
        (&[MONO, MONO], &[STEREO]),
        (&[MONO, STEREO], &[STEREO]),
        (&[STEREO, MONO], &[MONO]),
        (&[SURROUND, STEREO], &[SURROUND]),
        (&[STEREO, SURROUND], &[STEREO]),
        (&[STEREO, STEREO], &[SURROUND]),
        (&[EMPTY, EMPTY], &[EMPTY]),
        (&[EMPTY, STEREO], &[STEREO]),
        (&[STEREO, STEREO], &[EMPTY]),
        (&[STEREO, STEREO, STEREO], &[STEREO]),
        (&[STEREO, STEREO], &[STEREO, STEREO]),
    ];
    let mut plugin = fixture::plugin();
    for before in [STEREO, MONO] {
        assert!(plugin.set_arrangements(&[before, before], &[before]));
        for (inputs, outputs) in impossible {
            let what = format!("{inputs:?} → {outputs:?} after {before:?}");
            assert!(!plugin.set_arrangements(inputs, outputs), "{what}");
            assert_arranged(&plugin, &[before, before], &[before], &what);
        }
    }
}

/// A host need not name buses that it does not use.
#[test]
fn fewer_buses_than_there_are_leave_one_story() {
    let mut plugin = fixture::plugin();
    for main in [STEREO, MONO] {
        assert!(plugin.set_arrangements(&[main, main], &[main]));
        for (inputs, outputs) in [(&[main][..], &[main][..]), (&[], &[]), (&[main, main], &[])] {
            plugin.set_arrangements(inputs, outputs);
            assert_arranged(&plugin, &[main, main], &[main], "as before");
        }
    }
}

/// The network hears both channels of the sidechain as one, so that twice the same is the same.
#[test]
fn a_sidechain_of_another_width_is_heard_as_one_of_the_same_width() {
    for main in [1, 2] {
        let input = fixture::drums(main, 1.0);
        let voice = {
            let mut backwards = fixture::drums(1, 1.0);
            backwards.channels[0].reverse();
            backwards.channels.remove(0)
        };
        let beside = |channels: usize| {
            let voice = Audio::same(fixture::RATE, channels, &voice);
            let mut plugin = fixture::bending(&[("sidechain", "On")]);
            let how = Play {
                beside: Beside::Sound(&voice),
                ..Play::default()
            };
            plugin.play(&input, &how)
        };
        let reference = beside(main).unwrap();
        assert_bent(&input, &reference, "beside a voice");
        // It may be refused, but not played wrong.
        if let Ok(other) = beside(3 - main) {
            let null_db = measure::null_db(&reference, &other);
            assert!(null_db <= NULL_DB, "{main} channels: {null_db:.1} dB");
        }
    }
}

#[test]
fn mono_and_stereo_follow_each_other_between_activations() {
    let mut one = fixture::bending(&[]);
    for channels in [2, 1, 2, 1] {
        let input = fixture::drums(channels, 0.7);
        let output = one.play(&input, &Play::default()).unwrap();
        assert_bent(&input, &output, "played");
        assert_same(
            &fixture::bent(&input),
            &output,
            &format!("{channels} channels"),
        );
    }
}
